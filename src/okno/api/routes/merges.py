"""Two contacts or organizations become one, and two again within thirty days."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from ninja import Router
from pydantic import Field

from okno.api.answers.base import Answer, Named
from okno.api.callers import ApiRequest
from okno.api.inputs import Given, Id, PathId
from okno.api.lookups import find_contact, find_organization
from okno.api.rights import needs
from okno.lib.errors import NotFound
from okno.people.commands.merge import merge_people, part_people
from okno.people.models import Contact, MergeRecord, Organization
from okno.people.queries import contacts, organizations
from okno.team.policy import PEOPLE_WRITE

router = Router(tags=["merges"])


class MergeBody(Given):
    """What is to go up in the one that the address names."""

    absorbed: Id = Field(description="The id of another one of the same kind.")


class MergeAnswer(Answer):
    """One that went up in another of its kind."""

    id: int
    kind: str = Field(description="contact or organization.")
    survivor: Named
    absorbed: Named
    state: str = Field(description="moving, done, parting or parted; a worker moves what is much.")
    created_at: datetime


@router.post("/contacts/{id}/merges", response={201: MergeAnswer}, auth=needs(PEOPLE_WRITE))
def merge_contacts(request: ApiRequest, id: PathId, body: MergeBody) -> MergeAnswer:  # noqa: A002 (the path's name)
    """Let another contact go up in this one, with tickets, addresses and all else; can be undone for thirty days."""
    survivor: Contact | None = contacts().filter(pk=id).first()
    if survivor is None:
        raise NotFound(_("There is no such contact."))
    absorbed = find_contact(body.absorbed, field="absorbed")
    return _answer(merge_people(actor=request.actor, survivor=survivor, absorbed=absorbed, now=request.now))


@router.post("/organizations/{id}/merges", response={201: MergeAnswer}, auth=needs(PEOPLE_WRITE))
def merge_organizations(request: ApiRequest, id: PathId, body: MergeBody) -> MergeAnswer:  # noqa: A002
    """Let another organization go up in this one, with people, domains and all else."""
    survivor: Organization | None = organizations().filter(pk=id).first()
    if survivor is None:
        raise NotFound(_("There is no such organization."))
    absorbed = find_organization(body.absorbed, field="absorbed")
    return _answer(merge_people(actor=request.actor, survivor=survivor, absorbed=absorbed, now=request.now))


@router.delete("/merges/{id}", response=MergeAnswer, auth=needs(PEOPLE_WRITE))
def undo_merge(request: ApiRequest, id: PathId) -> MergeAnswer:  # noqa: A002
    """Make two of them again; what still belongs to the survivor goes back to where it was."""
    return _answer(part_people(actor=request.actor, merge_id=id, now=request.now))


def _answer(record: MergeRecord) -> MergeAnswer:
    return MergeAnswer(
        id=record.pk,
        kind=record.kind,
        survivor=Named(id=record.survivor_id, name=record.survivor_name),
        absorbed=Named(id=record.absorbed_id, name=record.absorbed_name),
        state=record.state,
        created_at=record.created_at,
    )

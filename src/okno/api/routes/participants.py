"""Who takes part in a ticket."""

from __future__ import annotations

from typing import Literal, Self

from django.utils.translation import gettext as _
from ninja import Router
from pydantic import Field, model_validator

from okno.api.answers.base import Listed
from okno.api.answers.messages import ParticipantAnswer, participant_answer
from okno.api.callers import ApiRequest
from okno.api.inputs import Given, Id, PathId
from okno.api.lookups import GivenMember, GivenPerson, find_contact, find_member
from okno.api.rights import needs
from okno.lib.errors import NotFound
from okno.people.commands import contact_for_address
from okno.people.models import Contact
from okno.spine.unit import unit_of_work
from okno.team.models import Member
from okno.team.policy import TICKETS_READ, TICKETS_WRITE
from okno.tickets.access import find_ticket
from okno.tickets.commands.participants import add_participant, remove_participant
from okno.tickets.models import Participant
from okno.tickets.queries.whole import participants_of

router = Router(tags=["participants"])


class NewParticipantBody(Given):
    """A person, who is either a contact or a member, and his role."""

    role: Literal["copied", "approver", "co_assignee", "watcher", "controller", "hidden"]
    contact: GivenPerson | Id | None = Field(None, description="For `copied` and `approver`.")
    member: GivenMember | None = Field(None, description="For all roles but `copied`; by id or mail address.")

    @model_validator(mode="after")
    def _is_one_person(self) -> Self:
        if (self.contact is None) == (self.member is None):
            raise ValueError("name a contact or a member")
        return self


@router.get("/tickets/{number}/participants", response=Listed[ParticipantAnswer], auth=needs(TICKETS_READ))
def list_participants(request: ApiRequest, number: PathId) -> Listed[ParticipantAnswer]:
    """Return everybody who takes part in a ticket, requester and assignee included."""
    ticket = find_ticket(request.actor, number=number)
    return Listed[ParticipantAnswer](
        items=[participant_answer(row) for row in participants_of(ticket)], next=None
    )


@router.post("/tickets/{number}/participants", response={201: ParticipantAnswer}, auth=needs(TICKETS_WRITE))
def create_participant(request: ApiRequest, number: PathId, body: NewParticipantBody) -> ParticipantAnswer:
    """Let somebody take part; whoever does already stays as he is."""
    ticket = find_ticket(request.actor, number=number)
    with unit_of_work():
        added = add_participant(
            actor=request.actor,
            ticket_id=ticket.pk,
            role=body.role,
            person=_person(request, body),
            now=request.now,
        )
    return participant_answer(participants_of(ticket).get(pk=added.pk))


@router.delete("/tickets/{number}/participants/{id}", response={204: None}, auth=needs(TICKETS_WRITE))
def delete_participant(request: ApiRequest, number: PathId, id: PathId) -> None:  # noqa: A002 (the path's name)
    """Take somebody out. Requester and assignee are changed on the ticket."""
    ticket = find_ticket(request.actor, number=number)
    if not Participant.objects.filter(ticket=ticket, pk=id).exists():
        raise NotFound(_("There is no such participant."))
    remove_participant(actor=request.actor, ticket_id=ticket.pk, participant_id=id, now=request.now)


def _person(request: ApiRequest, body: NewParticipantBody) -> Contact | Member:
    if body.member is not None:
        return find_member(body.member, field="member")
    if isinstance(body.contact, GivenPerson):
        return contact_for_address(
            address=body.contact.email, name=body.contact.name, now=request.now, source="api"
        )
    return find_contact(body.contact or 0, field="contact")

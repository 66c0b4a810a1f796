"""The tags that the workspace knows: their colour, what they are for, and changing one on all tickets."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from django.utils.translation import gettext as _
from ninja import Router
from pydantic import Field

from okno.api.answers.base import Answer, Listed
from okno.api.callers import ApiRequest
from okno.api.inputs import Given, PathId, Plain
from okno.api.rights import INSIGHT, needs
from okno.lib.errors import NotFound
from okno.team.policy import SETTINGS_WRITE
from okno.tickets.commands.tagging import PURPOSE_LENGTH, describe_tag, replace_tag
from okno.tickets.commands.tags import TAG_LENGTH
from okno.tickets.models import Tag, TagWork

router = Router(tags=["tags"])

CONFIGURATORS = needs(SETTINGS_WRITE, everywhere=True)
TagName = Annotated[Plain, Field(min_length=1, max_length=TAG_LENGTH)]
Colour = Literal["", "red", "orange", "yellow", "green", "teal", "blue", "violet", "pink"]


class TagBody(Given):
    """What the workspace is to know of a tag."""

    name: TagName
    colour: Colour = Field("", description="Empty: grey.")
    purpose: Annotated[Plain, Field(max_length=PURPOSE_LENGTH)] = ""


class TagReplacementBody(Given):
    """What a tag is to become."""

    old: TagName
    new: Annotated[Plain, Field(max_length=TAG_LENGTH)] = Field("", description="Empty: it goes.")


class TagAnswer(Answer):
    """A tag that the workspace knows."""

    name: str
    colour: str
    purpose: str


class TagReplacementAnswer(Answer):
    """A change of a tag on all tickets, which a worker makes."""

    id: int
    old: str
    new: str
    done: int = Field(description="On how many tickets it has been made so far.")
    is_done: bool
    finished_at: datetime | None


@router.get("/tags", response=Listed[TagAnswer], auth=needs(*INSIGHT))
def list_tags(request: ApiRequest) -> Listed[TagAnswer]:
    """Return the tags that the workspace knows, by name. Tickets may have others."""
    return Listed[TagAnswer](items=[_answer(row) for row in Tag.objects.order_by("name")], next=None)


@router.post("/tags", response={201: TagAnswer}, auth=CONFIGURATORS)
def describe_a_tag(request: ApiRequest, body: TagBody) -> TagAnswer:
    """Say of which colour a tag is and what it is for; one that is not known yet becomes known."""
    return _answer(
        describe_tag(
            actor=request.actor, name=body.name, colour=body.colour, purpose=body.purpose, now=request.now
        )
    )


@router.post("/tags/replacements", response={202: TagReplacementAnswer}, auth=CONFIGURATORS)
def replace_a_tag(request: ApiRequest, body: TagReplacementBody) -> tuple[int, TagReplacementAnswer]:
    """Have a tag become another one on all tickets, or go; a worker does it, a few at a time."""
    return 202, _work(replace_tag(actor=request.actor, old=body.old, new=body.new, now=request.now))


@router.get("/tags/replacements/{id}", response=TagReplacementAnswer, auth=CONFIGURATORS)
def read_tag_replacement(request: ApiRequest, id: PathId) -> TagReplacementAnswer:  # noqa: A002 (the path's name)
    """Return how far the change of a tag is."""
    found: TagWork | None = TagWork.objects.filter(pk=id).first()
    if found is None:
        raise NotFound(_("There is no such entry."))
    return _work(found)


def _answer(row: Tag) -> TagAnswer:
    return TagAnswer(name=row.name, colour=row.colour, purpose=row.purpose)


def _work(row: TagWork) -> TagReplacementAnswer:
    return TagReplacementAnswer(
        id=row.pk,
        old=row.old,
        new=row.new,
        done=row.done,
        is_done=row.finished_at is not None,
        finished_at=row.finished_at,
    )

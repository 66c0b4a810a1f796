"""Events as callers get them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from okno.api.answers.base import Answer
from okno.spine.models import Event


class ActorAnswer(Answer):
    """Who did it."""

    kind: str = Field(description="member, contact, rule or system.")
    id: int | None
    name: str


class SubjectAnswer(Answer):
    """What it was done to."""

    kind: str = Field(description="ticket, contact, organization, …")
    id: int
    number: int | None = Field(description="Of a ticket: its number.")


class EventAnswer(Answer):
    """Something that happened; it never changes."""

    id: UUID
    type: str = Field(description="In the past tense, such as `ticket.assigned`.")
    version: int
    created_at: datetime
    actor: ActorAnswer
    subject: SubjectAnswer
    payload: dict[str, Any] = Field(
        description="Ids and small values before and after; its form goes with type."
    )
    is_internal: bool = Field(description="Whether the client's side may not know of it.")
    cause: UUID | None = Field(description="The event because of which it happened.")
    root: UUID = Field(description="The first event of the chain.")


class EventFeed(Answer):
    """A part of all events, oldest first."""

    items: list[EventAnswer]
    next: str | None = Field(description="The cursor of the next part; null when there is no more for now.")
    resume: str = Field(description="The cursor to come back with later, for what will have happened since.")


def event_answer(event: Event) -> EventAnswer:
    """Return an event."""
    return EventAnswer(
        id=event.uid,
        type=event.type,
        version=event.version,
        created_at=event.created_at,
        actor=ActorAnswer(kind=event.actor_kind, id=event.actor_id, name=event.actor_name),
        subject=SubjectAnswer(
            kind=event.subject_kind, id=event.subject_id, number=event.snapshot.get("number")
        ),
        payload=event.payload,
        is_internal=event.is_internal,
        cause=event.cause,
        root=event.root,
    )

"""What the requester has answered to the question whether his ticket is solved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from okno.spine.events import typed
from okno.spine.queries import events_of
from okno.tickets.events import StatusChanged
from okno.tickets.models import StatusCategory, Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer that still stands: nobody has changed the status since."""

    is_solved: bool
    given_at: datetime


def answer_given(ticket: Ticket) -> Answer | None:
    """Return the requester's answer that stands, or None if there is none, or others have changed the status since."""
    newest = events_of("ticket", ticket.pk).filter(type=StatusChanged.name).order_by("-id").first()
    if newest is None or newest.actor_kind != "contact":
        return None
    event = typed(newest.type, newest.payload)
    if not isinstance(event, StatusChanged):
        return None
    new, old = StatusCategory(event.new_category), StatusCategory(event.old_category)
    if new is StatusCategory.CLOSED:
        return Answer(is_solved=True, given_at=newest.created_at)
    if new.is_active and not old.is_active:
        return Answer(is_solved=False, given_at=newest.created_at)
    return None

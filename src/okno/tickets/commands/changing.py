"""What all commands on tickets do the same way: save, tell, and refuse nonsense."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from okno.lib.errors import Invalid
from okno.lib.html_text import without_unusable
from okno.spine.actor import Actor
from okno.spine.events import EventType
from okno.spine.unit import emit
from okno.tickets.models import Ticket
from okno.tickets.snapshot import ticket_snapshot

SUBJECT_LENGTH = 500
TEXT_LENGTH = 1_000_000
LAST_WORDS_LENGTH = 200


def announce(actor: Actor, ticket: Ticket, event: EventType, *, now: datetime) -> None:
    """Emit an event of a ticket."""
    emit(actor, event, kind="ticket", subject=ticket, now=now, snapshot=ticket_snapshot(ticket))


def save_changes(ticket: Ticket, *, now: datetime, **values: Any) -> None:
    """Set and save some columns, and the moment of the change."""
    for name, value in values.items():
        setattr(ticket, name, value)
    ticket.updated_at = now
    ticket.save(update_fields=[*values, "updated_at"])


def clean_subject(subject: str) -> str:
    """Return a subject as one printable line. Raises Invalid if nothing is left."""
    line = " ".join(without_unusable(subject).split())[:SUBJECT_LENGTH]
    if not line:
        raise Invalid(_("A ticket needs a subject."), fields={"subject": [_("Write what it is about.")]})
    return line


def clean_text(text: str) -> str:
    """Return a text that can be stored. Raises Invalid if it is too long."""
    cleaned = without_unusable(text.replace("\r\n", "\n")).strip()
    if len(cleaned) > TEXT_LENGTH:
        raise Invalid(_("The text is too long."), fields={"body": [_("At most a million characters.")]})
    return cleaned


def last_words(text: str) -> str:
    """Return the beginning of a message in one line, for lists."""
    return " ".join(text[: LAST_WORDS_LENGTH * 2].split())[:LAST_WORDS_LENGTH]

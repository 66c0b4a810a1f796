"""What requesters may read of their tickets: the list, the public conversation and nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from okno.lib.errors import NotFound
from okno.lib.html_text import without_unusable
from okno.spine.actor import Actor
from okno.tickets import policy
from okno.tickets.models import Attachment, Message, MessageKind, Ticket

MESSAGES_LIMIT = 200
TICKETS_PER_PAGE = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicMessage:
    """A public message with its files."""

    message: Message
    files: Sequence[Attachment]


class Whose(StrEnum):
    """Whose tickets a requester looks at."""

    OWN = "own"
    ORGANIZATION = "organization"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicPage:
    """A page of a requester's tickets, the newest first."""

    tickets: Sequence[Ticket]
    next_before: int | None
    """The id before which the next page begins; None if this is the last."""


def public_tickets(
    actor: Actor, *, whose: Whose, is_open: bool, words: str = "", before: int | None = None
) -> PublicPage:
    """Return what a contact may see, open or done, with all words in the subject or with this number (one query)."""
    found = Ticket.objects.filter(_shown_to(actor), is_open=is_open)
    if whose is Whose.OWN or actor.organization_id is None:
        found = found.filter(requester_id=actor.contact_id)
    else:
        found = found.filter(organization_id=actor.organization_id)
    text = without_unusable(words).strip()
    if text.isdecimal() and len(text) < 19:
        found = found.filter(number=int(text))
    else:
        for word in text.split()[:8]:
            found = found.filter(subject__icontains=word)
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found.select_related("status", "requester").order_by("-pk")[: TICKETS_PER_PAGE + 1])
    page = rows[:TICKETS_PER_PAGE]
    return PublicPage(tickets=page, next_before=page[-1].pk if len(rows) > len(page) else None)


def public_ticket(actor: Actor, number: int) -> Ticket:
    """Return a ticket that a contact may see. Raises NotFound."""
    rows = Ticket.objects.select_related("status", "type", "requester")
    found: Ticket | None = rows.filter(_shown_to(actor), number=number).first()
    if found is None:
        raise NotFound(_("There is no such request."))
    return found


def _shown_to(actor: Actor) -> Q:
    """Return the tickets that a contact is shown: unfinished calls and spam are none of them."""
    return policy.listed_to(actor) & Q(is_draft=False)


def public_conversation(
    ticket: Ticket, *, now: datetime, limit: int | None = MESSAGES_LIMIT
) -> list[PublicMessage]:
    """Return the newest public messages, oldest first, or all if there is no limit (two queries).

    What may still be taken back is not there yet.
    """
    rows = list(_public(ticket, now=now).order_by("-id")[:limit])[::-1]
    files: dict[int | None, list[Attachment]] = defaultdict(list)
    for file in Attachment.objects.filter(message_id__in=[row.pk for row in rows]).order_by("id"):
        files[file.message_id].append(file)
    return [PublicMessage(message=row, files=files[row.pk]) for row in rows]


def public_message(ticket: Ticket, message_id: int, *, now: datetime) -> Message:
    """Return one public message of a ticket. Raises NotFound."""
    found = _public(ticket, now=now).filter(pk=message_id).first()
    if found is None:
        raise NotFound(_("There is no such message."))
    return found


def public_file(ticket: Ticket, key: UUID, *, now: datetime) -> Attachment:
    """Return a file of a public message of a ticket. Raises NotFound."""
    found = Attachment.objects.filter(key=key, message__in=_public(ticket, now=now)).first()
    if found is None:
        raise NotFound(_("There is no such file."))
    return found


def _public(ticket: Ticket, *, now: datetime) -> QuerySet[Message]:
    has_left = Q(leaves_at__isnull=True) | Q(leaves_at__lte=now)
    return Message.objects.filter(has_left, ticket=ticket, kind=MessageKind.REPLY, cancelled_at__isnull=True)

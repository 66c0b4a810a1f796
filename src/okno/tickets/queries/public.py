"""What the requester of a ticket may read of it: the public conversation and nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from okno.lib.errors import NotFound
from okno.tickets.models import Attachment, Message, MessageKind, Ticket

MESSAGES_LIMIT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicMessage:
    """A public message with its files."""

    message: Message
    files: Sequence[Attachment]


def public_conversation(ticket: Ticket, *, now: datetime) -> list[PublicMessage]:
    """Return the newest public messages, oldest first; what may still be taken back is not there yet (two queries)."""
    rows = list(_public(ticket, now=now).order_by("-id")[:MESSAGES_LIMIT])[::-1]
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

"""What every mail of a ticket has in common: sender, token, Message-ID, thread."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from okno.channels.email.models import Mailbox, OutgoingMail
from okno.channels.email.threading import (
    Purpose,
    body_mark,
    make_message_id,
    make_token,
    reply_address,
    thread_key,
)
from okno.tickets.models import Message, Ticket

REFERENCES_LIMIT = 20


def mailbox_of(ticket: Ticket) -> Mailbox | None:
    """Return the mailbox that mail of a ticket leaves from: the one it came by, else its desk's, else the default.

    Of several of the desk one of the ticket's team comes first, then those of no team, then the default one.
    """
    candidates = Mailbox.objects.filter(is_active=True).filter(
        Q(pk=ticket.mailbox_id) | Q(desk_id=ticket.desk_id) | Q(is_default=True)
    )
    ranked = sorted(
        candidates,
        key=lambda box: (
            box.pk != ticket.mailbox_id,
            box.desk_id != ticket.desk_id,
            _strangeness(box, ticket),
            not box.is_default,
            box.pk,
        ),
    )
    return ranked[0] if ranked else None


def _strangeness(box: Mailbox, ticket: Ticket) -> int:
    if box.team_id is None:
        return 1
    return 0 if box.team_id == ticket.team_id else 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """The technical half of a mail."""

    mailbox: Mailbox
    token: str
    message_id: str
    reply_to: str
    lane: str = ""
    """Mails to the client's side about one ticket overtake each other nowhere."""

    @property
    def mark(self) -> str:
        """Return the word for the body that brings an answer home when headers were lost."""
        return body_mark(self.token)


def envelope_for(ticket: Ticket, mailbox: Mailbox, *, purpose: Purpose, person_id: int) -> Envelope:
    """Return the sender, token and identifiers of a new mail about a ticket."""
    token = make_token(
        thread_key(),
        workspace_id=ticket.workspace_id,
        purpose=purpose,
        ticket_id=ticket.pk,
        person_id=person_id,
    )
    return Envelope(
        mailbox=mailbox,
        token=token,
        message_id=make_message_id(token, domain=mailbox.address.rpartition("@")[2]),
        reply_to=reply_address(mailbox.address, token),
        lane=f"ticket:{ticket.pk}" if purpose is Purpose.REPLY else "",
    )


def thread_of(ticket: Ticket, *, before: int | None = None) -> dict[str, Any]:
    """Return `in_reply_to` and `references` for the next mail of the ticket's public conversation."""
    public = Message.objects.filter(ticket=ticket, kind="reply").exclude(message_id="")
    if before is not None:
        public = public.filter(pk__lt=before)
    newest = list(public.order_by("-id").values_list("message_id", "direction")[:REFERENCES_LIMIT])
    ids = [message_id for message_id, _direction in reversed(newest)]
    incoming = [message_id for message_id, direction in newest if direction == "in"]
    return {"in_reply_to": (incoming or ids[-1:] or [""])[0], "references": ids}


def outgoing(
    envelope: Envelope,
    *,
    purpose: OutgoingMail.Purpose,
    to: list[dict[str, str]],
    subject: str,
    text: str,
    html: str,
    from_name: str = "",
    due_at: datetime | None = None,
    **values: Any,
) -> OutgoingMail:
    """Return an unsaved row of the outgoing ledger."""
    row = OutgoingMail(
        mailbox=envelope.mailbox,
        purpose=purpose,
        message_id=envelope.message_id,
        from_address=envelope.mailbox.address,
        from_name=from_name or envelope.mailbox.name,
        to=to,
        reply_to=envelope.reply_to,
        lane=envelope.lane,
        subject=subject,
        text=text,
        html=html,
        **values,
    )
    if due_at is not None:
        row.due_at = due_at
    return row

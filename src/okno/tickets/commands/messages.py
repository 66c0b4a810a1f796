"""Writing a message row and everything on the ticket that follows from it. The verbs are in the other files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from okno.channels.email.models import RawMail
from okno.people.models import Contact
from okno.spine.actor import Actor
from okno.spine.unit import collect, insert, is_written
from okno.tickets.commands.changing import announce, last_words
from okno.tickets.commands.words import Body
from okno.tickets.message_events import MessageAdded, NoteAdded
from okno.tickets.models import Attachment, Delivery, Direction, Message, MessageKind, SideThread, Ticket

__all__ = ["NewMessage", "Recipient", "add_message"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """One address that an outgoing message goes to. `role` is `to` or `cc`."""

    address: str
    name: str = ""
    role: str = Delivery.Role.TO
    contact: Contact | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """A message before it is written. Its author is the actor unless `author_contact` says otherwise."""

    kind: str
    direction: str
    channel: str
    body: Body
    author_contact: Contact | None = None
    author_name: str = ""
    from_address: str = ""
    subject: str = ""
    quoted_text: str = ""
    quoted_html: str = ""
    message_id: str = ""
    raw: RawMail | None = None
    is_automatic: bool = False
    recipients: Sequence[Recipient] = ()
    attachments: Sequence[Attachment] = ()
    """Rows with their files already in the store: new ones, or uploads of the actor."""
    client_key: UUID | None = None
    leaves_at: datetime | None = None
    side_thread: SideThread | None = None


def add_message(
    *, actor: Actor, ticket: Ticket, message: NewMessage, now: datetime, is_first: bool = False
) -> Message:
    """Write a message of a locked (or just opened) ticket, its files and recipients, and tell. Part of a command."""
    row = Message(
        ticket=ticket,
        kind=message.kind,
        direction=message.direction,
        channel=message.channel,
        author_member_id=None if message.author_contact else actor.member_id,
        author_contact=message.author_contact,
        author_name=message.author_name
        or (message.author_contact.name if message.author_contact else actor.name),
        from_address=message.from_address,
        subject=message.subject,
        text=message.body.text,
        html=message.body.html,
        quoted_text=message.quoted_text,
        quoted_html=message.quoted_html,
        message_id=message.message_id,
        raw=message.raw,
        is_automatic=message.is_automatic,
        client_key=message.client_key,
        leaves_at=message.leaves_at,
        side_thread=message.side_thread,
        created_at=now,
    )
    insert(row)
    _attach(row, message.attachments)
    collect(
        *(
            Delivery(message=row, role=to.role, address=to.address, name=to.name, contact=to.contact)
            for to in message.recipients
        )
    )
    _update_ticket(ticket, row, now=now)
    if row.kind == MessageKind.NOTE:
        announce(actor, ticket, NoteAdded(message=row.pk, channel=row.channel), now=now)
    else:
        announce(
            actor,
            ticket,
            MessageAdded(
                message=row.pk,
                direction=row.direction,
                channel=row.channel,
                is_first=is_first,
                is_automatic=row.is_automatic,
            ),
            now=now,
        )
    return row


def _attach(message: Message, attachments: Sequence[Attachment]) -> None:
    new = [attachment for attachment in attachments if attachment._state.adding]
    for attachment in attachments:
        attachment.message, attachment.ticket_id = message, message.ticket_id
    collect(*new)
    uploaded = [attachment for attachment in attachments if attachment not in new]
    if uploaded:
        Attachment.objects.bulk_update(uploaded, ["message", "ticket"])


def _update_ticket(ticket: Ticket, message: Message, *, now: datetime) -> None:
    values: dict[str, Any] = {"message_count": ticket.message_count + 1}
    if not message.is_automatic or ticket.message_count == 0:
        # What a machine adds is there to be read, but is not what the talk has come to.
        values |= {
            "last_words": last_words(message.text),
            "last_is_internal": message.is_internal,
            "last_message_at": now,
        }
    if message.direction == Direction.IN and not message.is_automatic:
        values["last_requester_at"] = now
        values["waiting_since"] = ticket.waiting_since or now
    elif message.direction == Direction.OUT and not message.is_automatic:
        values["last_agent_at"] = now
        values["waiting_since"] = None
        values["first_response_at"] = ticket.first_response_at or now
    for name, value in values.items():
        setattr(ticket, name, value)
    ticket.updated_at = now
    if is_written(ticket):
        ticket.save(update_fields=[*values, "updated_at"])

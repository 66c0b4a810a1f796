"""What a requester does on his own page of a ticket: he replies, and says whether it is solved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from okno.lib.errors import Denied, Invalid
from okno.people.models import Contact
from okno.spine.actor import SYSTEM, Actor, ActorKind
from okno.spine.unit import command
from okno.tickets import policy
from okno.tickets.access import lock_ticket
from okno.tickets.commands.messages import NewMessage
from okno.tickets.commands.receive import receive_message
from okno.tickets.commands.status import move_to_status
from okno.tickets.commands.submit import NewFile, stored_attachment
from okno.tickets.commands.words import written_body
from okno.tickets.models import Direction, Message, MessageKind, StatusCategory, Ticket
from okno.tickets.models.ticket import Channel


@command
def reply_as_requester(
    *,
    contact: Contact,
    address: str,
    ticket_id: int,
    text: str,
    files: Sequence[NewFile] = (),
    client_key: UUID | None = None,
    now: datetime,
) -> Message:
    """Add what the requester wrote on the page; sent again with its `client_key` it is the same message.

    Raises NotFound for a stranger, Denied for a colleague, Invalid for nothing to say.
    """
    actor = _contact(contact)
    ticket = lock_ticket(SYSTEM, ticket_id, policy.can_read)
    if not policy.can_write_as_client(actor, ticket):
        raise Denied(_("Only the person who asked can write here."))
    if client_key is not None:
        known = Message.objects.filter(ticket=ticket, client_key=client_key).first()
        if known is not None:
            return known
    if not text.strip() and not files:
        words = _("Write something first.")
        raise Invalid(words, fields={"text": [words]})
    message = NewMessage(
        kind=MessageKind.REPLY,
        direction=Direction.IN,
        channel=Channel.PORTAL,
        author_contact=contact,
        from_address=address,
        body=written_body(text=text.strip()),
        attachments=[stored_attachment(file, now=now) for file in files],
        client_key=client_key,
    )
    return receive_message(actor=actor, ticket_id=ticket.pk, message=message, now=now)


@command
def answer_whether_solved(
    *, contact: Contact, address: str, ticket_id: int, is_solved: bool, words: str = "", now: datetime
) -> Ticket:
    """Take the requester's answer: solved closes the ticket, otherwise it is open again with the same owner.

    What is still wrong is his message like any other. Answering again the same changes nothing.
    """
    actor = _contact(contact)
    ticket = lock_ticket(SYSTEM, ticket_id, policy.can_read)
    if is_solved:
        if ticket.category == StatusCategory.RESOLVED:
            move_to_status(actor, ticket, StatusCategory.CLOSED, now=now)
    elif words.strip() or not ticket.is_open:
        if not ticket.is_open:
            move_to_status(actor, ticket, StatusCategory.OPEN, now=now)
        message = NewMessage(
            kind=MessageKind.REPLY,
            direction=Direction.IN,
            channel=Channel.PORTAL,
            author_contact=contact,
            from_address=address,
            body=written_body(text=words.strip() or _("Still a problem.")),
        )
        receive_message(actor=actor, ticket_id=ticket.pk, message=message, now=now)
        ticket.refresh_from_db()
    return ticket


def _contact(contact: Contact) -> Actor:
    return Actor(kind=ActorKind.CONTACT, id=contact.pk, name=contact.name)

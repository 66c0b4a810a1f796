"""Turns replies into mail, and asks the requester whether it is solved."""

from __future__ import annotations

from typing import Any

from django.db.models import F

from okno.channels.email.looks import look_of
from okno.channels.email.markup import Block, Value
from okno.channels.email.models import OutgoingMail, TextKind
from okno.channels.email.sender import on_outcome
from okno.channels.email.threading import Purpose
from okno.channels.email.writing import Letter, write_letter
from okno.reactors.delivery.envelope import Envelope, envelope_for, mailbox_of, outgoing, thread_of
from okno.reactors.delivery.quoting import words_answered
from okno.reactors.delivery.receipts import ask_whether_solved, confirm_receipt
from okno.reactors.delivery.words import contact_language, no_mailbox, ticket_values
from okno.spine.actor import ActorKind
from okno.spine.events import EventType
from okno.spine.models import Event
from okno.spine.reactors import deferred_reactor, inline_reactor
from okno.spine.unit import Happened
from okno.tenancy.models import Workspace
from okno.tickets.commands.deliveries import record_delivery
from okno.tickets.events import StatusChanged, TicketCreated
from okno.tickets.message_events import MessageAdded
from okno.tickets.models import Attachment, Delivery, Direction, Message, Ticket

ORDER = 500

on_outcome(record_delivery)


@inline_reactor(MessageAdded, order=ORDER)
def mail_reply(happened: Happened) -> None:
    """Write the mail of an outgoing message into the ledger, due when its time to be taken back is over."""
    event, ticket = happened.event, happened.subject
    if not isinstance(event, MessageAdded) or event.direction != Direction.OUT:
        return
    message = Message.objects.select_related("author_member").get(pk=event.message)
    deliveries = list(Delivery.objects.filter(message=message).order_by("id"))
    mailbox = mailbox_of(ticket)
    if mailbox is None:
        Delivery.objects.filter(message=message).update(
            state=Delivery.State.FAILED, words=no_mailbox(), settled_at=happened.row.created_at
        )
        return
    envelope = envelope_for(
        ticket, mailbox, purpose=Purpose.REPLY, person_id=deliveries[0].contact_id or ticket.requester_id or 0
    )
    mail = reply_mail(ticket, message, deliveries, envelope)
    mail.save(force_insert=True)
    Delivery.objects.filter(message=message).update(mail=mail)
    Message.objects.filter(pk=message.pk).update(message_id=mail.message_id)


def _wants_receipt(event: EventType) -> bool:
    return isinstance(event, TicketCreated) and event.wants_receipt


@deferred_reactor("receipt", TicketCreated, when=_wants_receipt)
def receipt(event: Event) -> None:
    """Tell the requester the number of his ticket. Deferred: no template may stand in the way of a ticket."""
    ticket = Ticket.objects.filter(pk=event.subject_id, spam_at__isnull=True).first()
    if ticket is not None:
        confirm_receipt(ticket, now=event.created_at)


@inline_reactor(StatusChanged, order=ORDER)
def question_whether_solved(happened: Happened) -> None:
    """Ask the requester when a member has resolved his ticket."""
    event = happened.event
    if (
        isinstance(event, StatusChanged)
        and event.new_category == "resolved"
        and happened.actor.kind is not ActorKind.CONTACT
        and not happened.subject.is_draft
    ):
        ask_whether_solved(happened.subject, now=happened.row.created_at)


def reply_mail(
    ticket: Ticket, message: Message, deliveries: list[Delivery], envelope: Envelope
) -> OutgoingMail:
    """Return the unsaved mail of a message for some of its recipients."""
    letter = _letter(ticket, message, mark=envelope.mark)
    return outgoing(
        envelope,
        purpose=OutgoingMail.Purpose.REPLY,
        to=addresses_of(deliveries, Delivery.Role.TO),
        cc=addresses_of(deliveries, Delivery.Role.CC),
        from_name=message.author_name,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        attachments=[*files_of(message), *letter.attachments],
        subject_kind="message",
        subject_ref=message.pk,
        due_at=message.leaves_at,
        **thread_of(ticket, before=message.pk),
    )


def _letter(ticket: Ticket, message: Message, *, mark: str) -> Letter:
    workspace = Workspace.objects.get(pk=ticket.workspace_id)
    language = contact_language(ticket.requester, workspace.language)
    look = look_of(ticket.desk_id, workspace)
    values: dict[str, Value] = {
        **ticket_values(ticket),
        "message": Block(html=message.html, text=message.text),
        "agent": message.author_name,
        "signature": message.author_member.signature.strip() if message.author_member else "",
    }
    answered = (
        words_answered(ticket, before=message.pk, language=language, workspace=workspace)
        if look.quotes_previous
        else None
    )
    return write_letter(
        TextKind.REPLY,
        values,
        workspace=workspace,
        desk_id=ticket.desk_id,
        language=language,
        mark=mark,
        quoted=answered,
        look=look,
    )


def addresses_of(deliveries: list[Delivery], role: str) -> list[dict[str, str]]:
    """Return the recipients of a role as the ledger keeps them."""
    return [{"address": one.address, "name": one.name} for one in deliveries if one.role == role]


def files_of(message: Message) -> list[dict[str, Any]]:
    """Return the files of a message as the ledger keeps them."""
    rows = Attachment.objects.filter(message=message).order_by("id")
    values = rows.values("sha256", "filename", "content_type", "content_id", inline=F("is_inline"))
    return [dict(row) for row in values]

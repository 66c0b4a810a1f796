"""Turns replies into mail, and asks the requester whether it is solved."""

from __future__ import annotations

from typing import Any

from django.db.models import F

from okno.channels.email.models import OutgoingMail
from okno.channels.email.sender import on_outcome
from okno.channels.email.threading import Purpose
from okno.reactors.delivery.envelope import Envelope, envelope_for, mailbox_of, outgoing, thread_of
from okno.reactors.delivery.receipts import ask_whether_solved, confirm_receipt
from okno.reactors.delivery.words import no_mailbox, reply_subject, text_as_html
from okno.spine.actor import ActorKind
from okno.spine.reactors import inline_reactor
from okno.spine.unit import Happened
from okno.tickets.commands.deliveries import record_delivery
from okno.tickets.events import MessageAdded, StatusChanged, TicketCreated
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
    mail = _reply_mail(ticket, message, deliveries, envelope)
    mail.save(force_insert=True)
    Delivery.objects.filter(message=message).update(mail=mail)
    Message.objects.filter(pk=message.pk).update(message_id=mail.message_id)


@inline_reactor(TicketCreated, order=ORDER)
def receipt_of_other_channels(happened: Happened) -> None:
    """Tell a requester with a mail address the number; for mail, intake decides whether an answer is allowed."""
    event = happened.event
    if isinstance(event, TicketCreated) and event.channel in ("api", "phone"):
        confirm_receipt(happened.subject, now=happened.row.created_at)


@inline_reactor(StatusChanged, order=ORDER)
def question_whether_solved(happened: Happened) -> None:
    """Ask the requester when a member has resolved his ticket."""
    event = happened.event
    if (
        isinstance(event, StatusChanged)
        and event.new_category == "resolved"
        and happened.actor.kind is not ActorKind.CONTACT
    ):
        ask_whether_solved(happened.subject, now=happened.row.created_at)


def _reply_mail(
    ticket: Ticket, message: Message, deliveries: list[Delivery], envelope: Envelope
) -> OutgoingMail:
    signature = message.author_member.signature.strip() if message.author_member else ""
    closing = f"\n\n-- \n{signature}" if signature else ""
    html = message.html or text_as_html(message.text)
    if signature:
        html += f"<p>-- <br>{text_as_html(signature).removeprefix('<p>').removesuffix('</p>')}</p>"
    return outgoing(
        envelope,
        purpose=OutgoingMail.Purpose.REPLY,
        to=_addresses(deliveries, Delivery.Role.TO),
        cc=_addresses(deliveries, Delivery.Role.CC),
        from_name=message.author_name,
        subject=reply_subject(ticket),
        text=f"{message.text}{closing}\n\n{envelope.mark}\n",
        html=f'{html}<p style="color:#8a8a8a;font-size:11px">{envelope.mark}</p>',
        attachments=_attachments(message),
        subject_kind="message",
        subject_ref=message.pk,
        due_at=message.leaves_at,
        **thread_of(ticket, before=message.pk),
    )


def _addresses(deliveries: list[Delivery], role: str) -> list[dict[str, str]]:
    return [{"address": one.address, "name": one.name} for one in deliveries if one.role == role]


def _attachments(message: Message) -> list[dict[str, Any]]:
    rows = Attachment.objects.filter(message=message).order_by("id")
    values = rows.values("sha256", "filename", "content_type", "content_id", inline=F("is_inline"))
    return [dict(row) for row in values]

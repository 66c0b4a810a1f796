"""Turns what is written to people outside into mail, with a token of the talk and none of the client's thread."""

from __future__ import annotations

from okno.channels.email.markup import Block
from okno.channels.email.models import OutgoingMail, TextKind
from okno.channels.email.threading import Purpose
from okno.channels.email.writing import write_letter
from okno.reactors.delivery.envelope import Envelope, envelope_for, mailbox_of, outgoing
from okno.reactors.delivery.reactor import ORDER, addresses_of, files_of
from okno.reactors.delivery.words import no_mailbox
from okno.spine.reactors import inline_reactor
from okno.spine.unit import Happened
from okno.tenancy.models import Workspace
from okno.tickets.message_events import SideWritten
from okno.tickets.models import Delivery, Message, SideThread, Ticket


@inline_reactor(SideWritten, order=ORDER)
def mail_outside(happened: Happened) -> None:
    """Write the mail to people outside into the ledger."""
    event, ticket = happened.event, happened.subject
    if not isinstance(event, SideWritten):
        return
    message = Message.objects.select_related("author_member", "side_thread").get(pk=event.message)
    deliveries = Delivery.objects.filter(message=message)
    mailbox = mailbox_of(ticket)
    if mailbox is None:
        deliveries.update(state=Delivery.State.FAILED, words=no_mailbox(), settled_at=happened.row.created_at)
        return
    envelope = envelope_for(ticket, mailbox, purpose=Purpose.SIDE, person_id=event.side_thread)
    mail = side_mail(ticket, message, list(deliveries.order_by("id")), envelope)
    mail.save(force_insert=True)
    deliveries.update(mail=mail)
    Message.objects.filter(pk=message.pk).update(message_id=mail.message_id)


def side_mail(
    ticket: Ticket, message: Message, deliveries: list[Delivery], envelope: Envelope
) -> OutgoingMail:
    """Return the unsaved mail of a message to people outside, for some of them."""
    thread = message.side_thread
    if thread is None:
        raise ValueError("a message to nobody outside")
    workspace = Workspace.objects.get(pk=ticket.workspace_id)
    letter = write_letter(
        TextKind.SIDE,
        {
            "number": str(ticket.number),
            "subject": thread.subject,
            "message": Block(html=message.html, text=message.text),
            "agent": message.author_name,
            "signature": message.author_member.signature.strip() if message.author_member else "",
        },
        workspace=workspace,
        desk_id=ticket.desk_id,
        language=workspace.language,
        mark=envelope.mark,
    )
    return outgoing(
        envelope,
        purpose=OutgoingMail.Purpose.SIDE,
        to=addresses_of(deliveries, Delivery.Role.TO),
        from_name=message.author_name,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        attachments=[*files_of(message), *letter.attachments],
        subject_kind="message",
        subject_ref=message.pk,
        references=_references(thread, before=message.pk),
    )


def _references(thread: SideThread, *, before: int) -> list[str]:
    """Return the identifiers of what we wrote in this talk, and of nothing else about the ticket."""
    earlier = Message.objects.filter(side_thread=thread, pk__lt=before).exclude(message_id="").order_by("id")
    return list(earlier.values_list("message_id", flat=True))

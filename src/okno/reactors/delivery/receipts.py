"""Automatic mail to requesters. Little is said to an address that nobody has proven to read.

A forged sender would make us write to strangers: so an unproven address gets only our own words, the number and a link,
at most once a day (notes on relays: docs/develop/mail.md).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from okno.channels.email.answering import take_answer
from okno.channels.email.markup import Value
from okno.channels.email.models import OutgoingMail, TextKind
from okno.channels.email.threading import Purpose
from okno.channels.email.writing import write_letter
from okno.people.models import ContactAddress
from okno.reactors.delivery.envelope import envelope_for, mailbox_of, outgoing, thread_of
from okno.reactors.delivery.imported import is_only_imported
from okno.reactors.delivery.words import contact_language, ticket_values
from okno.spine.unit import collect, command
from okno.tenancy.hosts import public_url
from okno.tenancy.models import Workspace
from okno.tickets.links import requester_link
from okno.tickets.models import Message, Ticket
from okno.tickets.queries.people import reply_addresses

UNPROVEN_PAUSE = timedelta(days=1)
FOLLOWING = timedelta(seconds=2)


@command
def confirm_receipt(ticket: Ticket, *, now: datetime) -> None:
    """Tell the requester that the ticket is here, and its number."""
    address = _requester_address(ticket)
    if address is None:
        return
    # One statement, so that of two mails at once only one is answered.
    due = (
        Q(verified_at__isnull=False)
        | Q(receipt_sent_at__isnull=True)
        | Q(receipt_sent_at__lt=now - UNPROVEN_PAUSE)
    )
    if ContactAddress.objects.filter(due, pk=address.pk).update(receipt_sent_at=now) == 0:
        return
    _send(ticket, address, kind=TextKind.RECEIPT, purpose=OutgoingMail.Purpose.RECEIPT, now=now)


def ask_whether_solved(ticket: Ticket, *, now: datetime) -> None:
    """Ask the requester whether his ticket is solved, with a link to a page that takes the answer.

    The question follows the reply that resolved the ticket, which can still be taken back for some seconds.
    """
    address = _requester_address(ticket)
    if address is not None and not is_only_imported(ticket):
        leaving = Message.objects.filter(ticket=ticket, leaves_at__gt=now, cancelled_at__isnull=True)
        after = leaving.order_by("-leaves_at").values_list("leaves_at", flat=True).first()
        due_at = after + FOLLOWING if after is not None else None
        _send(
            ticket,
            address,
            kind=TextKind.RESOLVED,
            purpose=OutgoingMail.Purpose.RESOLVED,
            due_at=due_at,
            now=now,
        )


def _requester_address(ticket: Ticket) -> ContactAddress | None:
    addresses = reply_addresses(ticket)["to"]
    if not addresses:
        return None
    return ContactAddress.objects.select_related("contact").filter(kind="email", value=addresses[0]).first()


def _send(
    ticket: Ticket,
    address: ContactAddress,
    *,
    kind: TextKind,
    purpose: OutgoingMail.Purpose,
    due_at: datetime | None = None,
    now: datetime,
) -> None:
    mailbox = mailbox_of(ticket)
    if mailbox is None or ticket.spam_at is not None:
        return
    workspace = Workspace.objects.get(pk=ticket.workspace_id)
    envelope = envelope_for(ticket, mailbox, purpose=Purpose.REPLY, person_id=address.contact_id)
    may_quote = address.verified_at is not None or ticket.first_response_at is not None
    link = public_url(workspace, requester_link(ticket, address))
    values: dict[str, Value] = {"link": link, "solved": f"{link}solved/", "problem": f"{link}problem/"}
    # To somebody who may never have written goes nothing that a stranger has chosen, whatever the text asks for.
    values |= (
        {**ticket_values(ticket), "solution": ticket.solution}
        if may_quote
        else {"number": str(ticket.number)}
    )
    letter = write_letter(
        kind,
        values,
        workspace=workspace,
        desk_id=ticket.desk_id,
        language=contact_language(address.contact, workspace.language),
        mark=envelope.mark,
    )
    mail = outgoing(
        envelope,
        purpose=purpose,
        to=[{"address": address.value, "name": address.contact.name if may_quote else ""}],
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        attachments=letter.attachments,
        from_name=mailbox.name or workspace.name,
        is_automatic=True,
        due_at=due_at,
        subject_kind="ticket",
        subject_ref=ticket.pk,
        **thread_of(ticket),
    )
    if not take_answer(address.value, now=now):
        _keep_back(mail, language=workspace.language, now=now)
    collect(mail)


def _keep_back(mail: OutgoingMail, *, language: str, now: datetime) -> None:
    """Let a mail stand in the outbox as one that is not sent, and say why: perhaps a machine is answering us."""
    mail.state, mail.finished_at = OutgoingMail.State.CANCELLED, now
    with override(language):
        mail.last_error = _("Not sent: the address has had as many automatic mails as it may get in a day.")

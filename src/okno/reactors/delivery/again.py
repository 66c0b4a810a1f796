"""Trying once more to send what did not arrive: a whole mail that was given up, or one message to one recipient."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from okno.channels.email.models import Mailbox, OutgoingMail
from okno.channels.email.suppression import allow_address
from okno.channels.email.threading import Purpose
from okno.lib.addresses import InvalidAddress, normalise_address
from okno.lib.errors import Conflict, Denied, Invalid, NotFound
from okno.people.commands import correct_mail_address
from okno.people.models import Contact, ContactAddress
from okno.reactors.delivery.envelope import envelope_for, mailbox_of
from okno.reactors.delivery.reactor import reply_mail
from okno.reactors.delivery.side import side_mail
from okno.reactors.delivery.words import no_mailbox
from okno.spine.actor import Actor
from okno.spine.unit import command
from okno.team.policy import can_manage_settings
from okno.tickets import policy
from okno.tickets.access import lock_ticket
from okno.tickets.commands.deliveries import attempt_again, record_delivery
from okno.tickets.commands.side import admit_outsider
from okno.tickets.models import Delivery, Ticket


@command
def send_again(*, actor: Actor, mail_id: int, now: datetime) -> OutgoingMail:
    """Let the worker send a mail again to the recipients that it failed for, with the same Message-ID.

    Raises Denied, NotFound, and Conflict for a mail that is not given up or whose text is gone.
    """
    if not can_manage_settings(actor):
        raise Denied(_("You may not manage mail."))
    rows = OutgoingMail.objects.select_for_update(no_key=True, of=("self",))
    mail: OutgoingMail | None = rows.filter(pk=mail_id).first()
    if mail is None:
        raise NotFound(_("There is no such mail."))
    if mail.state != OutgoingMail.State.DEAD:
        raise Conflict(_("This mail has not been given up: there is nothing to repeat."), code="not_dead")
    if mail.purpose == OutgoingMail.Purpose.ACCOUNT:
        raise Conflict(_("The text of this letter was not kept. Let it be asked for anew."), code="not_kept")
    failed = [address for address, result in mail.results.items() if result["state"] == "failed"]
    mail.results = {address: result for address, result in mail.results.items() if address not in failed}
    mail.save(update_fields=["results"])
    for address in failed:
        # Who sends again on purpose means it, whatever was known of the address.
        allow_address(actor=actor, address=address, now=now)
    OutgoingMail.revive([mail.pk])
    record_delivery(mail=mail, results={address: {"state": "sending"} for address in failed}, now=now)
    mail.refresh_from_db()
    return mail


@command
def resend_message(
    *,
    actor: Actor,
    ticket_id: int,
    delivery_id: int,
    address: str = "",
    corrects_card: bool = False,
    now: datetime,
) -> Delivery:
    """Send a message again to a recipient who did not get it, as a mail of its own; to `address` if it is given.

    The same address once more is meant so, and is suppressed no longer. With `corrects_card` another one also takes
    the place of the wrong one on the contact's card. Returns the recipient that it goes to now.
    Raises NotFound, Denied, Invalid, Conflict.
    """
    ticket = lock_ticket(actor, ticket_id, policy.can_reply)
    failed = _failed_delivery(ticket, delivery_id)
    wanted = _clean(address or failed.address)
    if wanted == failed.address:
        allow_address(actor=actor, address=wanted, now=now)
    elif corrects_card and failed.contact is not None:
        correct_mail_address(actor=actor, contact=failed.contact, old=failed.address, new=wanted, now=now)
    again = attempt_again(
        actor=actor, failed=failed, address=wanted, contact=_contact_of(wanted) or failed.contact, now=now
    )
    again.mail = _mail_for(ticket, again, now=now)
    again.save(update_fields=["mail"])
    return again


def _failed_delivery(ticket: Ticket, delivery_id: int) -> Delivery:
    rows = Delivery.objects.select_related("message__author_member", "message__side_thread", "contact")
    failed: Delivery | None = (
        rows.select_for_update(no_key=True, of=("self",))
        .filter(pk=delivery_id, message__ticket=ticket, message__cancelled_at__isnull=True)
        .first()
    )
    if failed is None:
        raise NotFound(_("There is no such recipient."))
    if failed.state != Delivery.State.FAILED or failed.resent_to:
        raise Conflict(_("This message has been sent again by now."), code="sent_again")
    return failed


def _mail_for(ticket: Ticket, again: Delivery, *, now: datetime) -> OutgoingMail:
    mailbox = mailbox_of(ticket)
    if mailbox is None:
        raise Invalid(no_mailbox(), code="no_mailbox")
    mail = _mail_of(ticket, again, mailbox)
    # Somebody who only had a copy stands alone in this mail.
    mail.to, mail.cc = mail.to or mail.cc, []
    mail.due_at = now
    mail.save(force_insert=True)
    return mail


def _mail_of(ticket: Ticket, again: Delivery, mailbox: Mailbox) -> OutgoingMail:
    thread = again.message.side_thread
    if thread is not None:
        admit_outsider(thread=thread, address=again.address, name=again.name)
        envelope = envelope_for(ticket, mailbox, purpose=Purpose.SIDE, person_id=thread.pk)
        return side_mail(ticket, again.message, [again], envelope)
    envelope = envelope_for(
        ticket, mailbox, purpose=Purpose.REPLY, person_id=again.contact_id or ticket.requester_id or 0
    )
    return reply_mail(ticket, again.message, [again], envelope)


def _clean(address: str) -> str:
    try:
        return normalise_address(address)
    except InvalidAddress as error:
        words = _("“%(address)s” is not a mail address.") % {"address": address[:200]}
        raise Invalid(words, fields={"address": [words]}) from error


def _contact_of(address: str) -> Contact | None:
    row = ContactAddress.objects.select_related("contact").filter(kind="email", value=address).first()
    return row.contact if row else None

"""What is done with a mail that has been read: each function ends in one outcome, in the transaction of its caller."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from okno.channels.email.loops import is_unread, may_answer
from okno.channels.email.models import RawMail
from okno.lib.addresses import Address
from okno.people.commands import contact_for_address
from okno.people.models import Contact
from okno.reactors.intake.mails import Mail, Outcome, Settled
from okno.reactors.intake.reasons import Reason
from okno.reactors.intake.threads import (
    Place,
    contact_of,
    is_participant,
    mentioned_ticket,
    side_thread_of,
    tokens_of,
)
from okno.spine.actor import SYSTEM, Actor, ActorKind
from okno.spine.unit import command
from okno.team.models import Member
from okno.team.queries import actor_for
from okno.tickets import policy
from okno.tickets.commands.changing import last_words
from okno.tickets.commands.open import NewTicket, open_with_message
from okno.tickets.commands.receive import hold_message, link_tickets, receive_message
from okno.tickets.commands.reply import add_note, reply_to_ticket
from okno.tickets.commands.side import admit_outsider, receive_side_answer
from okno.tickets.models import Attachment, Direction, HeldMessage, Message, SideThread, Ticket, TicketLink

COPIED_LIMIT = 20


def duplicate_of(mail: Mail) -> Settled | None:
    """Return the outcome if the very same mail came before: the same bytes, or the same id with the same words.

    A new request that was written to two desks is none of them the other's double: each has its ticket.
    """
    before = RawMail.objects.select_related("mailbox").filter(sha256=mail.raw.sha256)
    done = before.exclude(pk=mail.raw.pk).exclude(outcome__in=["", Outcome.DUPLICATE, Outcome.QUARANTINED])
    same = next((raw for raw in done.order_by("id")[:5] if not _is_of_other_desk(raw, mail)), None)
    if same is not None:
        number = same.ticket_number
        ticket = None if number is None else Ticket.objects.filter(number=number).first()
        return Settled(outcome=Outcome.DUPLICATE, reason=Reason.SAME_BYTES, ticket=ticket)
    if not mail.parsed.message_id:
        return None
    for message in _known_as(mail.parsed.message_id):
        sender = message.raw.sender if message.raw else message.from_address
        if message.raw is not None and _is_of_other_desk(message.raw, mail):
            continue
        if message.text == mail.body().text and sender == mail.address:
            return Settled(
                outcome=Outcome.DUPLICATE,
                reason=Reason.SAME_MESSAGE,
                ticket=message.ticket,
                message=message,
            )
    held = HeldMessage.objects.select_related("ticket").filter(
        raw__message_id=mail.parsed.message_id, from_address=mail.address, text=mail.body().text
    )
    twin = held.exclude(raw=mail.raw).first()
    return (
        Settled(outcome=Outcome.DUPLICATE, reason=Reason.SAME_MESSAGE, ticket=twin.ticket) if twin else None
    )


def _requests_of_other_desks(mail: Mail) -> list[Ticket]:
    """Return the tickets that the same mail opened at other desks."""
    if not mail.parsed.message_id:
        return []
    same = RawMail.objects.filter(
        message_id=mail.parsed.message_id, sender=mail.address, outcome=Outcome.OPENED
    ).exclude(mailbox__desk=mail.mailbox.desk_id)
    numbers = same.exclude(ticket_number=None).values_list("ticket_number", flat=True)
    return list(Ticket.objects.filter(number__in=list(numbers[:5])))


def _is_of_other_desk(raw: RawMail, mail: Mail) -> bool:
    return bool(raw.outcome == Outcome.OPENED and raw.mailbox.desk_id != mail.mailbox.desk_id)


def _known_as(message_id: str) -> list[Message]:
    """Return messages with an id, given by their author or by the mail that they came by; each by its own index."""
    messages = Message.objects.select_related("ticket", "raw__mailbox")
    by_author = messages.filter(message_id=message_id, direction=Direction.IN)
    # A member's answer leaves under an id of its own; the mail that it came by knows the one it had.
    refs = (
        RawMail.objects.filter(message_id=message_id)
        .exclude(message_ref=None)
        .values_list("message_ref", flat=True)
    )
    return [*by_author[:5], *messages.filter(pk__in=list(refs[:5]))]


@command
def open_from_mail(mail: Mail, *, reason: str = "", now: datetime) -> Settled:
    """Open a ticket, link the one whose number it mentions, and ask for a receipt where that is allowed."""
    requester = _author(mail, now=now)
    is_machine = mail.parsed.is_automatic
    ticket, message = open_with_message(
        actor=_contact_actor(requester),
        ticket=NewTicket(
            subject=mail.parsed.subject.strip() or str(_("(no subject)")),
            channel="email",
            requester=requester,
            desk=mail.mailbox.desk,
            team=mail.mailbox.team,
            mailbox_id=mail.mailbox.pk,
            copied=copied_people(mail, now=now),
            wants_receipt=is_answerable(mail),
        ),
        message=mail.message(requester, is_automatic=is_machine),
        now=now,
    )
    mentioned = mentioned_ticket(mail.parsed)
    if mentioned is not None and mentioned.pk != ticket.pk:
        link_tickets(
            actor=SYSTEM,
            source_id=ticket.pk,
            target_id=mentioned.pk,
            kind=TicketLink.Kind.MENTIONS,
            now=now,
        )
        reason = reason or Reason.MENTIONS.about(mentioned.number)
    if requester is None:
        reason = reason or (Reason.OWN_ADDRESS if mail.address else Reason.NO_SENDER)
    return Settled(outcome=Outcome.OPENED, reason=reason, ticket=ticket, message=message)


@command
def open_beside_others(mail: Mail, *, now: datetime) -> Settled:
    """Open a ticket, linked to those that the same mail opened at other desks."""
    others = _requests_of_other_desks(mail)
    settled = open_from_mail(mail, now=now)
    if settled.ticket is None:
        return settled
    for other in others:
        link_tickets(
            actor=SYSTEM,
            source_id=settled.ticket.pk,
            target_id=other.pk,
            kind=TicketLink.Kind.RELATED,
            now=now,
        )
    return settled


@command
def join_ticket(mail: Mail, place: Place, contact: Contact, *, now: datetime) -> Settled:
    """Add the words of a known participant."""
    message = receive_message(
        actor=_contact_actor(contact),
        ticket_id=place.ticket.pk,
        message=mail.message(contact, is_automatic=mail.parsed.is_automatic),
        copied=copied_people(mail, now=now),
        now=now,
    )
    outcome = Outcome.AUTO_REPLY if mail.parsed.is_automatic else Outcome.REPLIED
    return Settled(outcome=outcome, ticket=message.ticket, message=message)


@command
def staff_reply(mail: Mail, place: Place, member: Member, *, now: datetime) -> Settled:
    """Make a reply of a member's answer to a notification; without the right to reply it becomes a note."""
    actor = actor_for(member)
    uploads = list(mail.files)
    for file in uploads:
        file.uploaded_by_id = member.pk
    Attachment.objects.bulk_create(uploads)
    body = mail.body()
    write = reply_to_ticket if policy.can_reply(actor, place.ticket) else add_note
    message = write(
        actor=actor,
        ticket_id=place.ticket.pk,
        text=body.text,
        html=body.html,
        attachment_keys=[file.key for file in uploads],
        channel="email",
        now=now,
    )
    Message.objects.filter(pk=message.pk).update(raw=mail.raw)
    return Settled(outcome=Outcome.REPLIED, reason=Reason.STAFF, ticket=place.ticket, message=message)


@command
def answer_from_outside(
    mail: Mail, side: SideThread, *, reason: str = Reason.OUTSIDE, now: datetime
) -> Settled:
    """Keep an answer of somebody outside where agents see it and clients don't; his Cc is not adopted."""
    message = receive_side_answer(thread=side, message=replace(mail.note(), side_thread=side), now=now)
    return Settled(outcome=Outcome.REPLIED, reason=reason, ticket=message.ticket, message=message)


@command
def keep_machine_mail(mail: Mail, place: Place, *, now: datetime) -> Settled:
    """Keep what a machine wrote about a ticket (a bounce, an absence) where agents see it and clients don't."""
    note = replace(mail.note(), is_automatic=True, side_thread=place.side)
    message = receive_message(actor=SYSTEM, ticket_id=place.ticket.pk, message=note, now=now)
    return Settled(outcome=Outcome.AUTO_REPLY, ticket=message.ticket, message=message)


@command
def hold_for_decision(mail: Mail, place: Place | None, *, reason: str, now: datetime) -> Settled:
    """Hold a mail, on the ticket that it points to if there is one; nobody is notified and its Cc is not adopted."""
    hold_message(
        ticket_id=place.ticket.pk if place else None,
        raw=mail.raw,
        from_address=mail.address,
        from_name=mail.name,
        subject=mail.parsed.subject,
        text=mail.body().text,
        reason=reason,
        now=now,
    )
    return Settled(outcome=Outcome.HELD, reason=reason, ticket=place.ticket if place else None)


@command
def carry_out(mail: Mail, held: HeldMessage, *, now: datetime) -> Settled:
    """Do what an agent decided on a held mail."""
    if held.decision == HeldMessage.Decision.SPAM:
        words = last_words(held.text)
        return Settled(outcome=Outcome.SPAM, reason=Reason.BY_AGENT, ticket=held.ticket, words=words)
    if held.decision == HeldMessage.Decision.NEW_TICKET or held.ticket is None:
        settled = open_from_mail(mail, reason=Reason.BY_AGENT, now=now)
        if settled.ticket is not None and held.ticket is not None:
            link_tickets(
                actor=SYSTEM,
                source_id=settled.ticket.pk,
                target_id=held.ticket.pk,
                kind=TicketLink.Kind.RELATED,
                now=now,
            )
        return settled
    side = side_thread_of(tokens_of(mail.raw, mail.parsed))
    if side is not None:
        admit_outsider(thread=side, address=mail.address, name=mail.name)
        return answer_from_outside(mail, side, reason=Reason.BY_AGENT, now=now)
    contact = _author(mail, now=now)
    # Who cannot be answered takes no part: that this mail may be seen says nothing of the next one.
    may_take_part = mail.parsed.sender is not None and not is_unread(mail.parsed.sender)
    joins = may_take_part and contact is not None and not is_participant(held.ticket, contact)
    message = receive_message(
        actor=_contact_actor(contact),
        ticket_id=held.ticket.pk,
        message=mail.message(contact, is_automatic=mail.parsed.is_automatic),
        copied=[contact] if joins and contact is not None else [],
        now=now,
    )
    return Settled(outcome=Outcome.REPLIED, reason=Reason.BY_AGENT, ticket=held.ticket, message=message)


def is_answerable(mail: Mail) -> bool:
    """Tell whether an automatic answer may be sent."""
    if mail.raw.is_import:
        return False
    envelope_from = mail.raw.envelope_from if mail.raw.source == RawMail.Source.SMTP else None
    return may_answer(
        mail.parsed,
        own_addresses=mail.own_addresses,
        envelope_from=envelope_from,
        has_failed_verdict=mail.verdict == "fail",
    )


def wanted_copies(mail: Mail) -> list[Address]:
    """Return who stands in Cc (and further To) and may take part; nobody if the sender's domain was forged."""
    if mail.verdict == "fail" or mail.parsed.is_automatic or mail.address in {"", *mail.own_addresses}:
        return []
    others = {address.address: address for address in (*mail.parsed.to, *mail.parsed.cc)}
    return [
        address
        for value, address in others.items()
        if value != mail.address and not _is_ours(value, mail.own_addresses)
    ][:COPIED_LIMIT]


def copied_people(mail: Mail, *, now: datetime) -> list[Contact]:
    """Return the contacts of those who are copied; new ones are made."""
    return [
        mail.people.get(address.address)
        or contact_of(address.address)
        or contact_for_address(address=address.address, name=address.name, now=now)
        for address in wanted_copies(mail)
    ]


def _is_ours(address: str, own: frozenset[str]) -> bool:
    local, _at, domain = address.rpartition("@")
    return address in own or f"{local.partition('+')[0]}@{domain}" in own


def _author(mail: Mail, *, now: datetime) -> Contact | None:
    """Return the contact who wrote a mail, made if he is new; None if it does not say who, or says that we did."""
    if not mail.address or mail.address in mail.own_addresses:
        return None
    return mail.people.get(mail.address) or contact_for_address(address=mail.address, name=mail.name, now=now)


def _contact_actor(contact: Contact | None) -> Actor:
    if contact is None:
        return SYSTEM
    return Actor(kind=ActorKind.CONTACT, id=contact.pk, name=contact.name)

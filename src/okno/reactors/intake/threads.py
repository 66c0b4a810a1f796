"""Where a mail belongs, and whether it may go there: the rules of follow-up trust.

A token of ours, or a reference to a stored Message-ID, points to a ticket. Only a known participant whose domain was
not found forged may add to it; others are held. A number in the subject proves nothing. And whoever has a token may
give its address to a site as his own: what that site confirms to it must not reach him, though its sender was copied.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from okno.channels.base import ParsedMessage
from okno.channels.email.auth_results import Verdict, dmarc_verdict
from okno.channels.email.loops import is_unread
from okno.channels.email.models import Mailbox, RawMail
from okno.channels.email.threading import FoundToken, Purpose, find_tokens, thread_key
from okno.people.models import Contact, ContactAddress
from okno.reactors.intake.reasons import Reason
from okno.team.models import Member
from okno.team.queries import actor_for
from okno.tickets import policy
from okno.tickets.models import Message, Participant, SideThread, Ticket

REFERENCES_LIMIT = 50
_NUMBER = re.compile(r"#\s?(\d{1,15})(?!\d)")


class Trust(StrEnum):
    """What a mail that points to a ticket may do there."""

    PARTICIPANT = "participant"
    STAFF = "staff"
    OUTSIDE = "outside"
    OTHER_ADDRESS = Reason.OTHER_ADDRESS.value
    FAILED_DMARC = Reason.FAILED_DMARC.value
    UNASKED = Reason.UNASKED.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The ticket that a mail points to, and the trust that it deserves there."""

    ticket: Ticket
    trust: Trust
    contact: Contact | None = None
    member: Member | None = None
    side: SideThread | None = None
    """The talk with people outside that is answered."""


def verdict_of(mailbox: Mailbox, parsed: ParsedMessage) -> Verdict:
    """Return what the mailbox's own server found of the sender's domain; no verdict is not a failure."""
    return dmarc_verdict(
        parsed, trusted_servers=[mailbox.trusted_authserv] if mailbox.trusted_authserv else []
    )


def find_place(raw: RawMail, parsed: ParsedMessage, *, verdict: Verdict) -> Place | None:
    """Return the ticket that a mail points to by token or stored reference, or None."""
    tokens = tokens_of(raw, parsed)
    notified = _notified_member(tokens, parsed)
    if notified is not None:
        ticket_id, member = notified
        ticket = Ticket.objects.filter(pk=ticket_id).first()
        if ticket is not None:
            return _place_of_staff(ticket, member, verdict)
    side = side_thread_of(tokens)
    if side is not None:
        return _place_of_outsider(side, parsed, verdict)
    ticket = _ticket_of(tokens, parsed)
    return _place_of_client(ticket, tokens, parsed, verdict) if ticket is not None else None


def tokens_of(raw: RawMail, parsed: ParsedMessage) -> tuple[FoundToken, ...]:
    """Return the valid tokens of ours that a mail carries."""
    return find_tokens(thread_key(), parsed, workspace_id=raw.workspace_id, recipients=raw.envelope_to)


def side_thread_of(tokens: tuple[FoundToken, ...]) -> SideThread | None:
    """Return the talk with people outside that a mail answers."""
    for found in tokens:
        if found.token.purpose is Purpose.SIDE:
            rows = SideThread.objects.select_related("ticket").filter(ticket=found.token.ticket_id)
            return rows.filter(pk=found.token.person_id).first()
    return None


def mentioned_ticket(parsed: ParsedMessage) -> Ticket | None:
    """Return the ticket whose number stands in the subject; that proves nothing, but a link helps the agent."""
    numbers = [int(found) for found in _NUMBER.findall(parsed.subject)[:3]]
    return Ticket.objects.filter(number__in=numbers).order_by("-id").first() if numbers else None


def mentions_number(parsed: ParsedMessage) -> bool:
    """Tell whether anything in the subject looks like the number of a ticket."""
    return _NUMBER.search(parsed.subject) is not None


def contact_of(address: str) -> Contact | None:
    """Return the contact who has a mail address."""
    row = ContactAddress.objects.select_related("contact").filter(kind="email", value=address).first()
    return row.contact if row else None


def is_participant(ticket: Ticket, contact: Contact) -> bool:
    """Tell whether a contact takes part in a ticket now."""
    if ticket.requester_id == contact.pk:
        return True
    return Participant.objects.filter(ticket=ticket, contact=contact).exists()


def _notified_member(
    tokens: tuple[FoundToken, ...], parsed: ParsedMessage
) -> tuple[int, Member | None] | None:
    """Return the ticket of a staff notification that is answered, and its member if he writes from his own address."""
    for found in tokens:
        if found.token.purpose is Purpose.NOTIFICATION:
            member = Member.objects.filter(pk=found.token.person_id, is_active=True).first()
            sender = parsed.sender.address if parsed.sender else ""
            is_his = member is not None and member.email == sender
            return found.token.ticket_id, member if is_his else None
    return None


def _place_of_staff(ticket: Ticket, member: Member | None, verdict: Verdict) -> Place:
    # The right counts that he has now, not the one he had when he was notified.
    if member is None or not policy.can_note(actor_for(member), ticket):
        return Place(ticket=ticket, trust=Trust.OTHER_ADDRESS)
    if verdict == "fail":
        return Place(ticket=ticket, trust=Trust.FAILED_DMARC)
    return Place(ticket=ticket, trust=Trust.STAFF, member=member)


def _place_of_outsider(side: SideThread, parsed: ParsedMessage, verdict: Verdict) -> Place:
    sender = parsed.sender.address if parsed.sender else ""
    if sender not in {person["address"] for person in side.people}:
        return Place(ticket=side.ticket, trust=Trust.OTHER_ADDRESS, side=side)
    if verdict == "fail":
        return Place(ticket=side.ticket, trust=Trust.FAILED_DMARC, side=side)
    return Place(ticket=side.ticket, trust=Trust.OUTSIDE, side=side)


def _ticket_of(tokens: tuple[FoundToken, ...], parsed: ParsedMessage) -> Ticket | None:
    for found in tokens:
        if found.token.purpose is Purpose.REPLY:
            ticket = Ticket.objects.filter(pk=found.token.ticket_id).first()
            if ticket is not None:
                return ticket
    ids = [*parsed.in_reply_to, *reversed(parsed.references)][:REFERENCES_LIMIT]
    if not ids:
        return None
    known = {
        message.message_id: message
        for message in Message.objects.select_related("ticket").filter(message_id__in=ids, kind="reply")
    }
    return next((known[message_id].ticket for message_id in ids if message_id in known), None)


def _place_of_client(
    ticket: Ticket, tokens: tuple[FoundToken, ...], parsed: ParsedMessage, verdict: Verdict
) -> Place:
    contact = contact_of(parsed.sender.address) if parsed.sender else None
    if contact is None or not is_participant(ticket, contact):
        return Place(ticket=ticket, trust=Trust.OTHER_ADDRESS)
    if verdict == "fail":
        return Place(ticket=ticket, trust=Trust.FAILED_DMARC, contact=contact)
    if _is_unasked(ticket, contact, tokens, parsed):
        return Place(ticket=ticket, trust=Trust.UNASKED)
    return Place(ticket=ticket, trust=Trust.PARTICIPANT, contact=contact)


def _is_unasked(
    ticket: Ticket, contact: Contact, tokens: tuple[FoundToken, ...], parsed: ParsedMessage
) -> bool:
    """Tell whether a mail may be for whoever uses a ticket's address as his own: a code, a link that confirms."""
    if parsed.sender is not None and is_unread(parsed.sender):
        others = Participant.objects.filter(ticket=ticket, contact__isnull=False).exclude(contact=contact)
        return ticket.requester_id != contact.pk or others.exists()
    if parsed.in_reply_to or parsed.references:
        return False
    # Some programs write neither, but what they quote holds our mark.
    words = f"{parsed.text} {parsed.html or ''}".lower()
    ours = [found for found in tokens if found.token.purpose is Purpose.REPLY]
    return not any(found.token.person_id == contact.pk or found.spelled in words for found in ours)

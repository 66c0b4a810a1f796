"""What comes from the client's side: replies, held mails and the decisions on them, the answer whether it is solved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from okno.channels.email.models import RawMail
from okno.lib.errors import Conflict, NotFound
from okno.people.models import Contact
from okno.spine.actor import SYSTEM, Actor, ActorKind
from okno.spine.unit import command
from okno.team.models import Member
from okno.tickets import policy
from okno.tickets.access import lock_ticket
from okno.tickets.commands.changing import announce, save_changes
from okno.tickets.commands.messages import NewMessage, add_message
from okno.tickets.commands.status import move_to_status
from okno.tickets.events import HeldDecided, MessageHeld, TicketLinked
from okno.tickets.models import (
    HeldMessage,
    Message,
    Participant,
    ParticipantRole,
    StatusCategory,
    Ticket,
    TicketLink,
)


@command
def receive_message(
    *, actor: Actor, ticket_id: int, message: NewMessage, copied: Sequence[Contact] = (), now: datetime
) -> Message:
    """Add what a client (or a machine) wrote; a client's words reopen what was waiting, solved or closed.

    `actor` is the contact, or the system for him. `copied` become participants: only a verified sender may do that.
    """
    ticket = lock_ticket(SYSTEM, ticket_id, policy.can_read)
    known = set(Participant.objects.filter(ticket=ticket).values_list("contact_id", flat=True))
    for contact in copied:
        if contact.pk not in known:
            known.add(contact.pk)
            Participant.objects.create(
                ticket=ticket, role=ParticipantRole.COPIED, contact=contact, added_at=now
            )
    row = add_message(actor=actor, ticket=ticket, message=message, now=now)
    if not message.is_automatic and ticket.category not in (StatusCategory.NEW, StatusCategory.OPEN):
        is_ours = ticket.assignee_id is not None or ticket.first_response_at is not None
        move_to_status(actor, ticket, StatusCategory.OPEN if is_ours else StatusCategory.NEW, now=now)
        save_changes(ticket, now=now, waiting_since=now)
    return row


@command
def hold_message(
    *,
    ticket_id: int,
    raw: RawMail,
    from_address: str,
    from_name: str,
    subject: str,
    text: str,
    reason: str,
    now: datetime,
) -> HeldMessage:
    """Keep a mail that points to a ticket but cannot be trusted, until an agent decides."""
    ticket = lock_ticket(SYSTEM, ticket_id, policy.can_read)
    held = HeldMessage.objects.create(
        ticket=ticket,
        raw=raw,
        from_address=from_address,
        from_name=from_name,
        subject=subject,
        text=text,
        reason=reason,
        created_at=now,
    )
    save_changes(ticket, now=now, held_count=ticket.held_count + 1)
    announce(SYSTEM, ticket, MessageHeld(held=held.pk, reason=reason), now=now)
    return held


@command
def decide_held(*, actor: Actor, ticket_id: int, held_id: int, decision: str, now: datetime) -> HeldMessage:
    """Write an agent's decision down. What follows from it (a message, a new ticket) is intake's to do.

    Raises NotFound, and Conflict if somebody decided otherwise before.
    """
    ticket = lock_ticket(actor, ticket_id, policy.can_change)
    held = (
        HeldMessage.objects.select_for_update(no_key=True, of=("self",))
        .filter(ticket=ticket, pk=held_id)
        .first()
    )
    if held is None:
        raise NotFound(_("There is no such mail."))
    if held.decision:
        if held.decision == decision:
            return held
        raise Conflict(_("Somebody has already decided on this mail."), code="decided")
    held.decision = decision
    held.decided_at = now
    held.decided_by = None if actor.member_id is None else Member.objects.get(pk=actor.member_id)
    held.save(update_fields=["decision", "decided_at", "decided_by"])
    save_changes(ticket, now=now, held_count=max(0, ticket.held_count - 1))
    announce(actor, ticket, HeldDecided(held=held.pk, decision=decision), now=now)
    return held


@command
def link_tickets(*, actor: Actor, source_id: int, target_id: int, kind: str, now: datetime) -> TicketLink:
    """Relate two tickets of the workspace; a repetition changes nothing."""
    source = lock_ticket(actor, source_id, policy.can_read)
    link, is_new = TicketLink.objects.get_or_create(source=source, target_id=target_id, kind=kind)
    if is_new:
        announce(actor, source, TicketLinked(other=target_id, link=kind), now=now)
    return link


@command
def answer_whether_solved(*, contact: Contact, ticket_id: int, is_solved: bool, now: datetime) -> Ticket:
    """Take the requester's answer: solved closes the ticket, otherwise it is open again with the same owner."""
    actor = Actor(kind=ActorKind.CONTACT, id=contact.pk, name=contact.name)
    ticket = lock_ticket(SYSTEM, ticket_id, policy.can_read)
    if is_solved and ticket.category == StatusCategory.RESOLVED:
        move_to_status(actor, ticket, StatusCategory.CLOSED, now=now)
    elif not is_solved and not ticket.is_open:
        move_to_status(actor, ticket, StatusCategory.OPEN, now=now)
        save_changes(ticket, now=now, waiting_since=now)
    return ticket

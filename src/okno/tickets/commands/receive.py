"""What comes from the client's side: replies, held mails and the decisions on them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from okno.channels.email.models import RawMail
from okno.lib.errors import Conflict, Denied, NotFound
from okno.people.models import Contact
from okno.spine.actor import SYSTEM, Actor
from okno.spine.unit import command, emit
from okno.team.models import Member
from okno.tickets import policy
from okno.tickets.access import lock_ticket
from okno.tickets.commands.changing import announce, save_changes
from okno.tickets.commands.messages import NewMessage, add_message
from okno.tickets.commands.status import move_to_status
from okno.tickets.events import TicketLinked
from okno.tickets.message_events import HeldDecided, MessageHeld
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
    ticket_id: int | None,
    raw: RawMail,
    from_address: str,
    from_name: str,
    subject: str,
    text: str,
    reason: str,
    now: datetime,
) -> HeldMessage:
    """Keep a mail out until an agent decides, on the ticket that it points to, if it points to one."""
    ticket = None if ticket_id is None else lock_ticket(SYSTEM, ticket_id, policy.can_read)
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
    _count_held(ticket, 1, now=now)
    _announce_held(SYSTEM, held, MessageHeld(held=held.pk, reason=reason), now=now)
    return held


@command
def decide_held(*, actor: Actor, held_id: int, decision: str, now: datetime) -> HeldMessage:
    """Write an agent's decision down. What follows from it (a message, a new ticket) is intake's to do.

    Raises NotFound, Denied, and Conflict if somebody decided otherwise before.
    """
    held = lock_held(actor, held_id)
    if held.ticket is None and decision == HeldMessage.Decision.ACCEPTED:
        decision = HeldMessage.Decision.NEW_TICKET
    if held.decision == decision:
        return held
    if held.decision:
        raise Conflict(_("Somebody has already decided on this mail."), code="decided")
    _write_decision(actor, held, decision, now=now)
    _count_held(held.ticket, -1, now=now)
    _announce_held(actor, held, HeldDecided(held=held.pk, decision=decision), now=now)
    return held


@command
def undecide_held(*, actor: Actor, held_id: int, now: datetime) -> HeldMessage:
    """Let a mail wait for a decision again that was called spam. Raises NotFound, Denied, Conflict."""
    held = lock_held(actor, held_id)
    if not held.decision:
        return held
    if held.decision != HeldMessage.Decision.SPAM:
        raise Conflict(_("What was decided has been done."), code="decided")
    _write_decision(actor, held, "", now=now)
    _count_held(held.ticket, 1, now=now)
    _announce_held(actor, held, HeldDecided(held=held.pk, decision=""), now=now)
    return held


def lock_held(actor: Actor, held_id: int) -> HeldMessage:
    """Lock a held mail, behind its ticket, for a decision. Raises NotFound for a stranger and Denied."""
    known = HeldMessage.objects.filter(pk=held_id).values_list("ticket_id", flat=True).first()
    ticket = None if known is None else lock_ticket(actor, known, policy.can_change)
    held = (
        HeldMessage.objects.select_related("raw__mailbox")
        .select_for_update(no_key=True, of=("self",))
        .filter(pk=held_id)
        .first()
    )
    if held is None or (ticket is None and not policy.can_read_mail(actor, held.raw)):
        raise NotFound(_("There is no such mail."))
    if ticket is None and not policy.can_decide_mail(actor, held.raw):
        raise Denied(_("You may see this mail but not decide on it."))
    held.ticket = ticket
    return held


def _write_decision(actor: Actor, held: HeldMessage, decision: str, *, now: datetime) -> None:
    held.decision = decision
    held.decided_at = now if decision else None
    held.decided_by = (
        Member.objects.get(pk=actor.member_id) if decision and actor.member_id is not None else None
    )
    held.save(update_fields=["decision", "decided_at", "decided_by"])


def _count_held(ticket: Ticket | None, change: int, *, now: datetime) -> None:
    if ticket is not None:
        save_changes(ticket, now=now, held_count=max(0, ticket.held_count + change))


def _announce_held(
    actor: Actor, held: HeldMessage, event: MessageHeld | HeldDecided, *, now: datetime
) -> None:
    """Tell on the ticket; without one, to those who see the mailbox that it came by."""
    if held.ticket is not None:
        announce(actor, held.ticket, event, now=now)
        return
    mailbox = held.raw.mailbox
    snapshot = policy.place_snapshot(desk_id=mailbox.desk_id, team_id=mailbox.team_id)
    emit(actor, event, kind="held", subject=held, now=now, snapshot=snapshot)


@command
def link_tickets(*, actor: Actor, source_id: int, target_id: int, kind: str, now: datetime) -> TicketLink:
    """Relate two tickets of the workspace; a repetition changes nothing."""
    source = lock_ticket(actor, source_id, policy.can_read)
    link, is_new = TicketLink.objects.get_or_create(source=source, target_id=target_id, kind=kind)
    if is_new:
        announce(actor, source, TicketLinked(other=target_id, link=kind), now=now)
    return link

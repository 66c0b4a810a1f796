"""The plain properties of a ticket, one verb each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from okno.lib.errors import Invalid
from okno.people.models import Contact
from okno.spine.actor import Actor
from okno.spine.timers import clear_timer, set_timer
from okno.spine.unit import command
from okno.spine.versions import shown
from okno.tickets import policy
from okno.tickets.access import find_ticket, lock_ticket
from okno.tickets.commands.changing import announce, clean_subject, clean_text, save_changes
from okno.tickets.events import (
    DueChanged,
    FieldChanged,
    KindChanged,
    ParentChanged,
    PriorityChanged,
    ReminderChanged,
    RequesterChanged,
    SubjectChanged,
    TopicChanged,
    TypeChanged,
)
from okno.tickets.models import (
    Participant,
    ParticipantRole,
    Priority,
    RequestType,
    Ticket,
    TicketKind,
    Topic,
)

REMINDER = "ticket.reminder"
PARENT_DEPTH_LIMIT = 20


@command
def change_subject(*, actor: Actor, ticket_id: int, subject: str, now: datetime) -> Ticket:
    """Edit the subject."""
    ticket = lock_ticket(actor, ticket_id, policy.can_change)
    old, new = ticket.subject, clean_subject(subject)
    if new != old:
        save_changes(ticket, now=now, subject=new)
        announce(actor, ticket, SubjectChanged(old=old, new=new), now=now)
    return ticket


@command
def change_priority(*, actor: Actor, ticket_id: int, priority: int, now: datetime) -> Ticket:
    """Set the priority, 1 to 4."""
    if priority not in Priority.values:
        raise Invalid(_("There is no such priority."), fields={"priority": [_("From 1 to 4.")]})
    ticket = lock_ticket(actor, ticket_id, policy.can_change)
    old = ticket.priority
    if priority != old:
        save_changes(ticket, now=now, priority=priority)
        announce(actor, ticket, PriorityChanged(old=old, new=priority), now=now)
    return ticket


@command
def change_kind(*, actor: Actor, ticket_id: int, kind: str, now: datetime) -> Ticket:
    """Set the kind."""
    if kind not in TicketKind.values:
        raise Invalid(_("There is no such kind."), fields={"kind": [_("Unknown kind.")]})
    ticket = lock_ticket(actor, ticket_id, policy.can_change)
    old = ticket.kind
    if kind != old:
        save_changes(ticket, now=now, kind=kind)
        announce(actor, ticket, KindChanged(old=old, new=kind), now=now)
    return ticket


@command
def change_type(*, actor: Actor, ticket_id: int, to: RequestType, now: datetime) -> Ticket:
    """Set the request type, and with it the kind."""
    ticket = lock_ticket(actor, ticket_id, policy.can_change)
    old = ticket.type_id
    if to.pk != old:
        old_kind = ticket.kind
        save_changes(ticket, now=now, type=to, kind=to.kind)
        announce(actor, ticket, TypeChanged(old=old, new=to.pk), now=now)
        if to.kind != old_kind:
            announce(actor, ticket, KindChanged(old=old_kind, new=to.kind), now=now)
    return ticket


@command
def change_topic(*, actor: Actor, ticket_id: int, to: Topic | None, now: datetime) -> Ticket:
    """Set the topic, or none."""
    ticket = lock_ticket(actor, ticket_id, policy.can_change)
    old = ticket.topic_id
    if (to.pk if to else None) != old:
        save_changes(ticket, now=now, topic=to)
        announce(actor, ticket, TopicChanged(old=old, new=ticket.topic_id), now=now)
    return ticket


@command
def change_device(*, actor: Actor, ticket_id: int, device: str, now: datetime) -> Ticket:
    """Write down which device it is about."""
    return _change_text(actor, ticket_id, name="device", label=gettext_noop("Device"), value=device, now=now)


@command
def change_solution(*, actor: Actor, ticket_id: int, solution: str, now: datetime) -> Ticket:
    """Write down how it was solved, in words for the requester."""
    label = gettext_noop("Solution")
    return _change_text(actor, ticket_id, name="solution", label=label, value=solution, now=now)


@command
def change_due(*, actor: Actor, ticket_id: int, due_at: datetime | None, now: datetime) -> Ticket:
    """Set the due date, or none."""
    return _change_moment(actor, ticket_id, name="due_at", value=due_at, event=DueChanged, now=now)


@command
def change_reminder(*, actor: Actor, ticket_id: int, reminder_at: datetime | None, now: datetime) -> Ticket:
    """Set the reminder of the assignee, or none."""
    ticket = _change_moment(
        actor, ticket_id, name="reminder_at", value=reminder_at, event=ReminderChanged, now=now
    )
    if reminder_at is None:
        clear_timer(kind=REMINDER, key=str(ticket.pk))
    else:
        set_timer(kind=REMINDER, key=str(ticket.pk), due_at=reminder_at, payload={"ticket": ticket.pk})
    return ticket


@command
def change_requester(*, actor: Actor, ticket_id: int, to: Contact, now: datetime) -> Ticket:
    """Make another contact the requester. Only a member does that, never a mail."""
    ticket = lock_ticket(actor, ticket_id, policy.can_change)
    old = ticket.requester_id
    if to.pk == old:
        return ticket
    save_changes(ticket, now=now, requester=to, organization_id=to.organization_id)
    Participant.objects.filter(ticket=ticket, role=ParticipantRole.REQUESTER).delete()
    Participant.objects.create(ticket=ticket, role=ParticipantRole.REQUESTER, contact=to, added_at=now)
    announce(actor, ticket, RequesterChanged(old=old, new=to.pk), now=now)
    return ticket


@command
def change_parent(*, actor: Actor, ticket_id: int, parent_number: int | None, now: datetime) -> Ticket:
    """Put the ticket under another one that the actor sees, or take it out. Raises Invalid for a circle."""
    ticket = lock_ticket(actor, ticket_id, policy.can_change)
    parent = find_ticket(actor, number=parent_number) if parent_number is not None else None
    if parent is not None and _is_above(ticket, parent):
        raise Invalid(
            _("A ticket cannot be under itself."), code="circle", fields={"parent": [_("A circle.")]}
        )
    old = ticket.parent_id
    if (parent.pk if parent else None) != old:
        save_changes(ticket, now=now, parent=parent)
        announce(actor, ticket, ParentChanged(old=old, new=ticket.parent_id), now=now)
    return ticket


def _is_above(ticket: Ticket, candidate: Ticket) -> bool:
    """Tell whether the ticket is the candidate or stands above it."""
    current: Ticket | None = candidate
    for _step in range(PARENT_DEPTH_LIMIT):
        if current is None:
            return False
        if current.pk == ticket.pk:
            return True
        current = current.parent
    return True


def _change_text(actor: Actor, ticket_id: int, *, name: str, label: str, value: str, now: datetime) -> Ticket:
    ticket = lock_ticket(actor, ticket_id, policy.can_change)
    cleaned = clean_text(value)
    old = getattr(ticket, name)
    if cleaned != old:
        save_changes(ticket, now=now, **{name: cleaned})
        event = FieldChanged(field=name, label=label, old=shown(old), new=shown(cleaned))
        announce(actor, ticket, event, now=now)
    return ticket


def _change_moment(
    actor: Actor,
    ticket_id: int,
    *,
    name: str,
    value: datetime | None,
    event: Callable[..., Any],
    now: datetime,
) -> Ticket:
    ticket = lock_ticket(actor, ticket_id, policy.can_change)
    old: datetime | None = getattr(ticket, name)
    if value != old:
        save_changes(ticket, now=now, **{name: value})
        announce(actor, ticket, event(old=_iso(old), new=_iso(value)), now=now)
    return ticket


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None

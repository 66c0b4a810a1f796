"""Changing the status, and the moments that go with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from okno.lib.errors import Invalid
from okno.spine.actor import Actor
from okno.spine.unit import command
from okno.tickets import policy
from okno.tickets.access import lock_ticket
from okno.tickets.commands.changing import announce, save_changes
from okno.tickets.commands.open import default_status
from okno.tickets.events import StatusChanged
from okno.tickets.models import Status, StatusCategory, Ticket


@command
def change_status(
    *,
    actor: Actor,
    ticket_id: int,
    status: Status | StatusCategory,
    now: datetime,
    solution: str | None = None,
) -> Ticket:
    """Give the ticket a status, or the default one of a category; `solution` is what the requester is shown."""
    ticket = lock_ticket(actor, ticket_id, policy.can_change)
    if solution is not None and solution.strip() != ticket.solution:
        save_changes(ticket, now=now, solution=solution.strip())
    move_to_status(actor, ticket, status, now=now)
    return ticket


def move_to_status(actor: Actor, ticket: Ticket, status: Status | StatusCategory, *, now: datetime) -> None:
    """Set the status of a locked ticket and tell. Part of a command."""
    wanted = default_status(status) if isinstance(status, StatusCategory) else status
    if wanted.pk == ticket.status_id:
        return
    old_id, old, new = ticket.status_id, StatusCategory(ticket.category), StatusCategory(wanted.category)
    if new is StatusCategory.NEW and ticket.first_response_at is not None:
        raise Invalid(_("An answered ticket cannot be new again."), code="answered")
    save_changes(
        ticket,
        now=now,
        status=wanted,
        category=new.value,
        is_open=new.is_active,
        status_changed_at=now,
        **_moments(ticket, old, new, now),
    )
    announce(
        actor,
        ticket,
        StatusChanged(old=old_id, new=wanted.pk, old_category=old.value, new_category=new.value),
        now=now,
    )


def _moments(ticket: Ticket, old: StatusCategory, new: StatusCategory, now: datetime) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if new is StatusCategory.RESOLVED:
        values["resolved_at"] = now
    if new in (StatusCategory.CLOSED, StatusCategory.CANCELLED):
        values["closed_at"] = now
    if not new.is_active:
        values["waiting_since"] = None
    if new.is_active and not old.is_active:
        values |= {
            "reopened_at": now,
            "reopen_count": ticket.reopen_count + 1,
            "resolved_at": None,
            "closed_at": None,
        }
    return values

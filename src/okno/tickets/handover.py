"""What becomes of the open tickets of somebody who no longer works here.

They go to his successor, or back to their teams as unassigned, some at a time: a timer goes off again until none is
left, so that no transaction grows with how busy he was.
"""

from __future__ import annotations

from uuid import UUID

from okno.lib.clock import current_time
from okno.spine.actor import SYSTEM
from okno.spine.models import Timer
from okno.spine.reactors import inline_reactor
from okno.spine.timers import set_timer
from okno.spine.unit import Happened
from okno.spine.work import on_timer
from okno.team.events import MemberDeactivated
from okno.team.models import Member
from okno.team.queries import actor_for
from okno.tickets import policy
from okno.tickets.commands.assign import assign_ticket
from okno.tickets.models import StatusCategory, Ticket

TIMER = "tickets.handover"
BATCH = 100
ORDER = 200


@inline_reactor(MemberDeactivated, order=ORDER)
def begin_handover(happened: Happened) -> None:
    """Arm the timer; the worker does the rest."""
    event = happened.event
    if isinstance(event, MemberDeactivated):
        payload = {"successor": event.successor, "cause": str(happened.uid), "root": str(happened.root)}
        key, due_at = str(happened.subject.pk), happened.row.created_at
        set_timer(kind=TIMER, key=key, due_at=due_at, payload=payload)


@on_timer(TIMER)
def hand_over(timer: Timer) -> None:
    """Hand some tickets over, and go off again if there are more. Whoever was switched on meanwhile keeps his."""
    now = current_time()
    member = Member.objects.get(pk=int(timer.key))
    if member.is_active:
        return
    actor = SYSTEM.because_of(UUID(timer.payload["cause"]), UUID(timer.payload["root"]))
    successor = _able(timer.payload["successor"])
    mine = Ticket.objects.filter(assignee=member, category__in=StatusCategory.active()).order_by("id")
    ids = list(mine.values_list("id", flat=True)[: BATCH + 1])
    for ticket_id in ids[:BATCH]:
        assign_ticket(actor=actor, ticket_id=ticket_id, to=successor, now=now)
    if len(ids) > BATCH:
        set_timer(kind=TIMER, key=timer.key, due_at=now, payload=timer.payload)


def _able(member_id: int | None) -> Member | None:
    """Return the successor, or None if he can no longer be given tickets."""
    if member_id is None:
        return None
    member = Member.objects.filter(pk=member_id, is_active=True).first()
    return member if member is not None and policy.can_open(actor_for(member)) else None

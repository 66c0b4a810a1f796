"""What somebody would leave behind who no longer works here, and how much of it is still being handed over."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, QuerySet

from okno.spine.models import Timer
from okno.team.models import Member, RoleGrant
from okno.team.policy import PERMISSIONS, TICKETS_WRITE
from okno.tickets.handover import TIMER
from okno.tickets.models import Draft, StatusCategory, Ticket

_WORKING_ROLES = [role for role, permissions in PERMISSIONS.items() if TICKETS_WRITE in permissions]


@dataclass(frozen=True, slots=True, kw_only=True)
class Estate:
    """Open tickets by team, and answers that were begun and not sent."""

    tickets: list[tuple[str, int]]
    drafts: int

    @property
    def open_tickets(self) -> int:
        """Return how many tickets there are in all teams."""
        return sum(count for _team, count in self.tickets)


def estate_of(member: Member) -> Estate:
    """Return what a member would leave behind (two queries)."""
    counts = _open(member).values_list("team__name").annotate(count=Count("pk")).order_by("team__name")
    return Estate(
        tickets=[(name or "", count) for name, count in counts],
        drafts=Draft.objects.filter(member=member).count(),
    )


def possible_successors(member: Member) -> QuerySet[Member]:
    """Return who else may be given tickets, by name."""
    works = RoleGrant.objects.filter(member=OuterRef("pk"), role__in=_WORKING_ROLES)
    others: QuerySet[Member] = Member.objects.filter(Exists(works), is_active=True).exclude(pk=member.pk)
    return others.order_by("name", "id")


def left_to_hand_over(member: Member) -> int:
    """Return how many tickets of somebody who was switched off wait for the worker, 0 when all is done."""
    is_due = Timer.objects.filter(kind=TIMER, key=str(member.pk), state=Timer.State.DUE).exists()
    return _open(member).count() if is_due else 0


def _open(member: Member) -> QuerySet[Ticket]:
    rows: QuerySet[Ticket] = Ticket.objects.filter(assignee=member, category__in=StatusCategory.active())
    return rows

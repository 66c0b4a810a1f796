"""What an agent sees first: his queue, what is due, and how the work lies on his teams."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from okno.spine.actor import Actor
from okno.team.models import Member
from okno.tickets import policy
from okno.tickets.models import Ticket
from okno.tickets.queries.list import ListedTicket, listed_rows

Counts = dict[int | None, dict[str, Any]]
SHOWN = 10
PEOPLE_SHOWN = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How much open work one person has, or nobody."""

    member_id: int | None
    name: str
    open: int
    overdue: int
    waited_for: int
    """On how many of these a client waits for an answer."""
    is_outside: bool = False
    """Whether these are people of other teams, taken together."""


def my_queue(actor: Actor) -> list[ListedTicket]:
    """Return the actor's open tickets: what is due first, then the more urgent, then the older (two queries)."""
    order = (F("due_at").asc(nulls_last=True), "-priority", "id")
    return listed_rows(_open(actor).filter(assignee_id=actor.member_id).order_by(*order), actor, limit=SHOWN)


def due_until(actor: Actor, until: datetime) -> list[ListedTicket]:
    """Return open tickets of others or of nobody in the actor's teams that are due until a moment (two queries)."""
    rows = _of_teams(actor).filter(due_at__lte=until)
    return listed_rows(rows.exclude(assignee_id=actor.member_id).order_by("due_at", "id"), actor, limit=SHOWN)


def unfinished_calls(actor: Actor) -> list[ListedTicket]:
    """Return calls that nobody has finished writing down, the newest first (two queries)."""
    return listed_rows(_open(actor).filter(is_draft=True).order_by("-id"), actor, limit=SHOWN)


def team_load(actor: Actor, *, now: datetime) -> Sequence[Load]:
    """Return how the open tickets of the actor's teams lie on people, nobody first, then the busiest (two queries)."""
    counted = (
        _of_teams(actor)
        .order_by()
        .values("assignee_id")
        .annotate(
            open=Count("id"),
            overdue=Count("id", filter=Q(due_at__lt=now)),
            waited_for=Count("id", filter=Q(waiting_since__isnull=False)),
        )
    )
    counts: Counts = {row["assignee_id"]: {**row} for row in counted}
    among = Q(memberships__team_id__in=actor.team_ids) if actor.team_ids else Q(memberships__isnull=False)
    colleagues = Member.objects.filter(among, is_active=True).distinct()
    names = dict(colleagues.order_by("name", "id").values_list("id", "name")[:PEOPLE_SHOWN])
    people = [_load(member_id, name, counts) for member_id, name in names.items()]
    others = [ref for ref in counts if ref is not None and ref not in names]
    outside = Load(
        member_id=None,
        name="",
        open=sum(counts[ref]["open"] for ref in others),
        overdue=sum(counts[ref]["overdue"] for ref in others),
        waited_for=sum(counts[ref]["waited_for"] for ref in others),
        is_outside=True,
    )
    return [
        _load(None, "", counts),
        *sorted(people, key=lambda one: -one.open),
        *([outside] if others else []),
    ]


def _load(member_id: int | None, name: str, counts: Counts) -> Load:
    row = counts.get(member_id, {"open": 0, "overdue": 0, "waited_for": 0})
    return Load(
        member_id=member_id,
        name=name,
        open=row["open"],
        overdue=row["overdue"],
        waited_for=row["waited_for"],
    )


def _of_teams(actor: Actor) -> QuerySet[Ticket]:
    """Return the open tickets of the actor's teams; of all that he sees if he is in none, as who only leads may be."""
    rows = _open(actor)
    return rows.filter(team_id__in=actor.team_ids) if actor.team_ids else rows


def _open(actor: Actor) -> QuerySet[Ticket]:
    rows: QuerySet[Ticket] = Ticket.objects.filter(policy.listed_to(actor), is_open=True)
    return rows

"""How many open tickets each view holds: one query for all views and all members who see the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime, tzinfo

from django.core.cache import caches
from django.db.models import Count

from okno.conditions import tree
from okno.conditions.predicate import to_predicate
from okno.spine.actor import Actor
from okno.team.policy import TICKETS_READ
from okno.tenancy.models import Workspace
from okno.tickets import policy
from okno.tickets.fields import ticket_fields
from okno.tickets.models import Ticket
from okno.tickets.queries.held import held_count
from okno.tickets.queries.spam import spam_counts
from okno.tickets.queries.views import VIEWS, TicketView, viewer_for

KEPT_SECONDS = 2
# A counted view may ask these columns only; all are in the covering index of open tickets.
COUNTED_BY = {"assignee": "assignee_id", "team": "team_id"}
Group = tuple[int | None, int | None, int]


def view_counts(actor: Actor, *, workspace: Workspace, now: datetime, zone: tzinfo) -> dict[str, int]:
    """Return the counts by view key, at most `KEPT_SECONDS` old."""
    groups = _open_groups(actor, workspace)
    fields = ticket_fields(workspace, custom=())
    viewer = viewer_for(actor, now=now, zone=zone)
    counts = {}
    for view in counted_views():
        holds = to_predicate(view.condition, fields, viewer)
        counts[view.key] = sum(
            count
            for assignee_id, team_id, count in groups
            if holds({"is_open": True, "assignee_id": assignee_id, "team_id": team_id})
        )
    return counts


def counted_views() -> Iterable[TicketView]:
    """Return the views that have a count."""
    return [view for view in VIEWS if view.is_counted]


def waiting_counts(actor: Actor, *, workspace: Workspace) -> dict[str, int]:
    """Return how much mail is `held` and how much is `spam`, at most `KEPT_SECONDS` old."""
    cache, key = caches["process"], _key("waiting-counts", actor, workspace)
    found: dict[str, int] | None = cache.get(key)
    if found is None:
        found = {"held": held_count(actor), "spam": sum(spam_counts(actor))}
        cache.set(key, found, KEPT_SECONDS)
    return found


def _key(what: str, actor: Actor, workspace: Workspace) -> str:
    """Return where counts are kept that all share who see the same."""
    reach = json.dumps(tree.dump(policy.reach(actor, TICKETS_READ)), sort_keys=True)
    return f"{what}:{workspace.pk}:{hashlib.sha256(reach.encode()).hexdigest()}"


def _open_groups(actor: Actor, workspace: Workspace) -> list[Group]:
    """Return how many open tickets each assignee has in each team: what all views' counts are sums of."""
    cache, key = caches["process"], _key("ticket-counts", actor, workspace)
    found: list[Group] | None = cache.get(key)
    if found is None:
        rows = Ticket.objects.filter(policy.listed_to(actor), is_open=True).values_list(
            "assignee_id", "team_id"
        )
        found = list(rows.annotate(count=Count("*")).order_by())
        cache.set(key, found, KEPT_SECONDS)
    return found

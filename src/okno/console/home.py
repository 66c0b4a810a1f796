"""The first page of the day: what is mine, what is due, what happened, and how the work lies on the team."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from okno.console.identity import ConsoleRequest, member_required, zone_of
from okno.console.listing import row_cell
from okno.console.notifications import news_of
from okno.console.setup.progress import sample_part, setup_progress
from okno.lib.clock import current_time
from okno.team.policy import TICKETS_READ, is_granted
from okno.tickets.queries.counts import waiting_counts
from okno.tickets.queries.home import Load, due_until, my_queue, team_load, unfinished_calls

NEWS_SHOWN = 6


@require_safe
@member_required
def home(request: ConsoleRequest) -> HttpResponse:
    """Show the page, or only its changing part to the page itself."""
    now = current_time()
    context: dict[str, Any] = {"news": news_of(request.member, limit=NEWS_SHOWN), "now": now}
    if is_granted(request.actor, TICKETS_READ):
        context |= _work(request, now=now)
    if request.htmx:
        return render(request, "console/home/work.html", context)
    progress = setup_progress(request.actor, request.workspace)
    if progress is not None:
        context |= {"setup": progress, **sample_part(request.actor)}
    return render(request, "console/home/page.html", context)


def _work(request: ConsoleRequest, *, now: datetime) -> dict[str, Any]:
    actor = request.actor
    end_of_day = datetime.combine(now.astimezone(zone_of(request.workspace)), time.max).replace(
        tzinfo=zone_of(request.workspace)
    )
    return {
        "has_tickets": True,
        "queue": [row_cell(ticket, now=now) for ticket in my_queue(actor)],
        "queue_url": _list_url(view="mine", sort="due"),
        "due": [row_cell(ticket, now=now) for ticket in due_until(actor, end_of_day)],
        "calls": [row_cell(ticket, now=now) for ticket in unfinished_calls(actor)],
        "load": [_load_cell(one) for one in team_load(actor, now=now)],
        "held": waiting_counts(actor, workspace=request.workspace)["held"],
    }


def _load_cell(load: Load) -> dict[str, Any]:
    """Return a line of the load with the list of tickets that it counts."""
    if load.member_id is not None:
        name, url = load.name, _list_url(view="open", q=f'assignee:"{load.name}"')
    elif not load.is_outside:
        name, url = _("Nobody"), _list_url(view="unassigned")
    else:
        name, url = _("People of other teams"), ""
    return {"load": load, "name": name, "url": url}


def _list_url(**said: str) -> str:
    return f"{reverse('console:tickets')}?{urlencode(said)}"

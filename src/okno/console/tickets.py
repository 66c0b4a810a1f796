"""The ticket list: the page, its changed rows, the counts beside it, and how it is displayed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from okno.conditions.suggesting import suggest
from okno.console.addresses import is_number, safe_next
from okno.console.identity import ConsoleRequest, holds, member_required, zone_of
from okno.console.listing import (
    DENSITIES,
    SESSION_KEY,
    Place,
    columns,
    display_of,
    language,
    listing_of,
    place_of,
    row_cell,
    sort_choices,
)
from okno.console.tokens import mistake_cells, token_cells
from okno.lib.clock import current_time
from okno.lib.errors import Invalid
from okno.team.policy import TICKETS_READ, TICKETS_WRITE, is_granted
from okno.tickets.fields import ticket_fields
from okno.tickets.queries.counts import counted_views, view_counts, waiting_counts
from okno.tickets.queries.list import (
    DEFAULT_SORT,
    PAGE_SIZES,
    WORDS_REACH,
    Listing,
    ListPage,
    list_page,
    listed_among,
)
from okno.ui.cells import ticket_rows

readers_only = member_required(allowed=holds(TICKETS_READ))


@require_safe
@readers_only
def ticket_list(request: ConsoleRequest) -> HttpResponse:
    """Show one page of a view, narrowed by filters and words."""
    place = place_of(request)
    if "add" in request.GET:
        return redirect(place.url())
    now = current_time()
    listing = listing_of(request, place, now=now)
    display = display_of(request.session)
    try:
        page = list_page(listing, sort=place.sort, cursor=place.cursor or None, size=display.size)
    except Invalid:
        # An old or mangled address: the list itself is what was wanted.
        return redirect(place.url(sort=DEFAULT_SORT))
    context = {
        **_page_context(place, page, now=now),
        **_filter_context(place, listing),
        "display": display,
        "sizes": PAGE_SIZES,
        "can_change": is_granted(request.actor, TICKETS_WRITE),
        "now": now,
    }
    return render(request, "console/tickets/list.html", context)


def _page_context(place: Place, page: ListPage, *, now: datetime) -> dict[str, Any]:
    return {
        "place": place,
        "rows": [row_cell(ticket, now=now) for ticket in page.rows],
        "next_url": place.url(cursor=page.next) if page.next else "",
        "previous_url": place.url(cursor=page.previous) if page.previous else "",
        "slides": "true" if place.sort == DEFAULT_SORT and not place.cursor else "false",
    }


def _filter_context(place: Place, listing: Listing) -> dict[str, Any]:
    parsed = listing.query

    def url(q: str) -> str:
        return place.url(q=q)

    return {
        "columns": columns(place),
        "sorts": sort_choices(place, listing.fields),
        "tokens": token_cells(place.q, parsed, listing.fields, url=url, language=language()),
        "mistakes": mistake_cells(place.q, parsed.mistakes, url=url),
        "words": " ".join(parsed.text),
        "words_url": url(" ".join(place.q[token.start : token.end] for token in parsed.tokens)),
        "words_reach": WORDS_REACH,
        "reset_url": url(""),
    }


@require_safe
@readers_only
def changed_rows(request: ConsoleRequest) -> HttpResponse:
    """Answer the rows of those of some tickets that belong to the list on the page."""
    now = current_time()
    asked = request.GET.get("numbers", "").split(",")
    numbers = [int(number) for number in asked if is_number(number)]
    listed = listed_among(listing_of(request, place_of(request), now=now), numbers)
    return HttpResponse(ticket_rows([row_cell(ticket, now=now) for ticket in listed], now=now))


@require_safe
@readers_only
def suggestions(request: ConsoleRequest) -> HttpResponse:
    """Answer how the filter word that is being typed may go on."""
    typed = request.GET.get("q", "").replace("\x00", "")[:200]
    found = suggest(typed, ticket_fields(request.workspace), language=language())
    items = [(typed[: one.start] + one.text, one.label) for one in found]
    return render(request, "console/tickets/suggestions.html", {"items": items})


@require_safe
@readers_only
def counts(request: ConsoleRequest) -> HttpResponse:
    """Answer the counts of the sidebar, each to be put in its place."""
    found = view_counts(
        request.actor, workspace=request.workspace, now=current_time(), zone=zone_of(request.workspace)
    )
    shown = request.GET.get("head", "")
    waiting = waiting_counts(request.actor, workspace=request.workspace)
    context = {
        "counts": [
            *((view.key, found[view.key]) for view in counted_views()),
            # Nothing waiting is no news, so no nought stands there.
            *((name, count or "") for name, count in waiting.items()),
        ],
        "head": found.get(shown),
    }
    return render(request, "console/tickets/counts.html", context)


@require_POST
@readers_only
def display(request: ConsoleRequest) -> HttpResponse:
    """Remember how this person likes his lists."""
    kept = display_of(request.session)
    density, size = request.POST.get("density", kept.density), request.POST.get("size", "")
    wanted = {
        "density": density if density in DENSITIES else kept.density,
        "size": int(size) if size in map(str, PAGE_SIZES) else kept.size,
    }
    request.session[SESSION_KEY] = wanted
    return redirect(safe_next(request, reverse("console:tickets")))

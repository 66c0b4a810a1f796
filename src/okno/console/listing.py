"""What the address of the ticket list says, and how it is said again: view, words, order, display."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from okno.conditions import words
from okno.conditions.fields import FieldView
from okno.console.addresses import ticket_url
from okno.console.identity import ConsoleRequest, zone_of
from okno.console.shell import current_view_key
from okno.tickets.fields import ticket_fields
from okno.tickets.queries.list import DEFAULT_SORT, PAGE_SIZES, ListedTicket, Listing
from okno.tickets.queries.views import TicketView, view_called, viewer_for
from okno.ui.cells import PersonCell, TicketRow, due_badge
from okno.ui.thread import ColumnCell

SESSION_KEY = "list"
DENSITIES = ("compact", "comfortable")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place among lists: what stands in the address line."""

    view: TicketView
    q: str = ""
    sort: str = DEFAULT_SORT
    cursor: str = ""

    def url(self, **changes: str) -> str:
        """Return the address of this place with changes; another order or query begins at its first page."""
        there = replace(self, **{"cursor": "", **changes})  # type: ignore[arg-type]
        said = {"view": there.view.key, "q": there.q, "sort": there.sort, "cursor": there.cursor}
        if there.sort == DEFAULT_SORT:
            del said["sort"]
        query = urlencode({name: value for name, value in said.items() if value})
        return f"{reverse('console:tickets')}?{query}"


@dataclass(frozen=True, slots=True)
class Display:
    """How somebody likes his lists."""

    density: str = DENSITIES[0]
    size: int = PAGE_SIZES[1]


def place_of(request: ConsoleRequest) -> Place:
    """Return the place that an address names. Raises Http404 for a view that is none."""
    key = current_view_key(request)
    view = view_called(key) if key else None
    if view is None:
        raise Http404
    said = request.GET
    return Place(
        view=view,
        q=" ".join(f"{said.get('q', '')} {said.get('add', '')}".replace("\x00", "").split()),
        sort=said.get("sort") or DEFAULT_SORT,
        cursor=said.get("cursor", ""),
    )


def listing_of(request: ConsoleRequest, place: Place, *, now: datetime) -> Listing:
    """Return what is listed at a place, for this member."""
    fields = ticket_fields(request.workspace)
    return Listing(
        actor=request.actor,
        view=place.view,
        query=words.parse(place.q, fields, language()),
        fields=fields,
        viewer=viewer_for(request.actor, now=now, zone=zone_of(request.workspace)),
    )


def language() -> str:
    """Return the language in which search words are written for the reader."""
    return (get_language() or "en").split("-")[0]


def display_of(session: Mapping[str, Any]) -> Display:
    """Return how this person likes lists, from what the session holds of it."""
    kept = session.get(SESSION_KEY)
    kept = kept if isinstance(kept, dict) else {}
    density, size = kept.get("density"), kept.get("size")
    return Display(
        density=density if density in DENSITIES else DENSITIES[0],
        size=size if size in PAGE_SIZES else PAGE_SIZES[1],
    )


def columns(place: Place) -> dict[str, ColumnCell]:
    """Return the heads of the table; one that can be sorted by turns the order around when pressed again."""
    heads = {
        "number": (pgettext("column", "No."), "-number"),
        "subject": (_("Subject and last message"), ""),
        "requester": (pgettext("column", "From"), ""),
        "status": (_("Status"), "status"),
        "priority": (_("Priority"), "-priority"),
        "clock": (pgettext("column", "Due"), "due"),
        "updated": (pgettext("column", "Updated"), "-updated"),
    }
    return {name: _column(place, name, label, sort) for name, (label, sort) in heads.items()}


def sort_choices(place: Place, fields: FieldView) -> list[tuple[str, str, bool]]:
    """Return the orders to choose from where there are no heads: label, address, whether it is this one."""
    orders = ["-updated", "-created", "due", "-priority", "status"]
    return [
        (str(fields.get(sort.removeprefix("-")).label), place.url(sort=sort), place.sort == sort)
        for sort in orders
    ]


def _column(place: Place, name: str, label: str, sort: str) -> ColumnCell:
    if not sort:
        return ColumnCell(name=name, label=label)
    field = sort.removeprefix("-")
    if place.sort.removeprefix("-") != field:
        return ColumnCell(name=name, label=label, url=place.url(sort=sort))
    is_descending = place.sort.startswith("-")
    return ColumnCell(
        name=name,
        label=label,
        url=place.url(sort=field if is_descending else f"-{field}"),
        sort="descending" if is_descending else "ascending",
    )


def row_cell(ticket: ListedTicket, *, now: datetime) -> TicketRow:
    """Return a ticket as the table shows it."""
    clock = None
    if ticket.is_open and ticket.due_at is not None:
        clock = due_badge(ticket.due_at, now=now, started_at=ticket.created_at)
    return TicketRow(
        id=ticket.id,
        number=ticket.number,
        url=ticket_url(ticket.number),
        subject=ticket.subject,
        words=ticket.last_words,
        channel=ticket.channel,
        requester=ticket.requester,
        status=ticket.category,
        status_name=ticket.status,
        priority=ticket.priority,
        updated_at=ticket.updated_at,
        assignee=PersonCell(ticket.assignee_id, ticket.assignee) if ticket.assignee_id is not None else None,
        is_unread=ticket.is_unread,
        tags=ticket.tags,
        clock=clock,
        is_vip=ticket.is_vip,
        is_draft=ticket.is_draft,
    )

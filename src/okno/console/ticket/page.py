"""The ticket page: the whole, its earlier part, what is new, and the tickets beside it in the list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from okno.channels.email.freemail import is_free_mail
from okno.channels.email.models import Mailbox
from okno.channels.email.senders import can_block
from okno.console.addresses import ticket_url
from okno.console.errors import trigger
from okno.console.identity import ConsoleRequest, holds, member_required
from okno.console.listing import Place, listing_of
from okno.console.ticket import side_cells
from okno.console.ticket.composer_cells import Unsent, composer_cell
from okno.console.ticket.delivery_cells import delivery_cells
from okno.console.ticket.outside import talk_rows
from okno.console.ticket.thread_cells import held_cells, thread_items
from okno.lib.clock import current_time
from okno.lib.errors import NotFound
from okno.people.models import ContactAddress
from okno.reactors.delivery.envelope import mailbox_of
from okno.spine.actor import Actor
from okno.team.policy import TICKETS_READ
from okno.tenancy.models import Workspace
from okno.tickets import policy
from okno.tickets.commands.drafts import mark_read
from okno.tickets.models import Message, Ticket
from okno.tickets.queries.detail import Around, read_change, read_detail, read_earlier
from okno.tickets.queries.list import DEFAULT_SORT, number_beside
from okno.tickets.queries.side import side_threads_of
from okno.tickets.queries.timeline import Said
from okno.tickets.queries.views import DEFAULT_VIEW, view_called
from okno.ui.cells import ClockCell, PersonCell, due_badge
from okno.ui.thread import MessageCell

PLACE = ("view", "q", "sort")
HIDE_EVENTS = "hide_events"
readers_only = member_required(allowed=holds(TICKETS_READ))

# What an event changes beside the conversation and the rows of the properties.
_PARTS = {
    "with_title": (
        "ticket.subject_changed",
        "ticket.assigned",
        "ticket.status_changed",
        "ticket.marked_spam",
        "ticket.unmarked_spam",
    ),
    "with_spam": ("ticket.marked_spam", "ticket.unmarked_spam"),
    "with_state": (
        "ticket.status_changed",
        "ticket.priority_changed",
        "ticket.assigned",
        "ticket.team_changed",
        "ticket.due_changed",
    ),
    "with_requester": ("ticket.requester_changed", "ticket.message_resent"),
    "with_people": (
        "ticket.participant_added",
        "ticket.participant_removed",
        "ticket.requester_changed",
        "ticket.message_added",
    ),
    "with_outside": ("ticket.side_written", "ticket.side_answered", "ticket.side_closed"),
    "with_related": ("ticket.parent_changed", "ticket.linked", "ticket.held_decided"),
    "with_held": ("ticket.message_held", "ticket.held_decided"),
}
_ROWS = {
    "ticket.status_changed": ("status",),
    "ticket.priority_changed": ("priority",),
    "ticket.team_changed": ("team", "assignee"),
    "ticket.assigned": ("assignee",),
    "ticket.kind_changed": ("kind",),
    "ticket.type_changed": ("type",),
    "ticket.topic_changed": ("topic",),
    "ticket.tags_changed": ("tags",),
    "ticket.due_changed": ("due",),
    "ticket.reminder_changed": ("reminder",),
    "ticket.reminder_due": ("reminder",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The head of the page: what the state line shows and what may be done from it."""

    status: side_cells.Property
    assignee: PersonCell | None
    team: str
    clock: ClockCell | None
    due_at: datetime | None
    can_take: bool
    can_take_over: bool


@require_safe
@readers_only
def ticket_page(request: ConsoleRequest, number: int) -> HttpResponse:
    """Show a ticket."""
    return show_page(request, number)


def show_page(
    request: ConsoleRequest, number: int, *, unsent: Unsent | None = None, notice: str = "", status: int = 200
) -> HttpResponse:
    """Show a ticket, with what could not be sent and why."""
    now = current_time()
    detail = read_detail(request.actor, number=number)
    around = detail.around
    before = request.GET.get("before", "")
    thread = detail.thread
    if before.isdecimal() and len(before) < 19:
        _ticket, thread = read_earlier(request.actor, number=number, before=int(before))
    composer = composer_cell(detail, unsent=unsent)
    context = {
        **surroundings(around, request.actor, request.workspace, now=now),
        "items": thread_items(thread, around.ticket, request.actor, now=now),
        "thread": thread,
        "cursor": detail.thread,
        "composer": composer,
        "notice": notice,
        "silent_mailbox": _silent_mailbox(around.ticket) if composer is not None else None,
        "place": place_beside(request),
        "hides_events": bool(request.session.get(HIDE_EVENTS)),
        "panels": side_cells.module_panels(request.workspace, request.actor, around),
        "now": now,
    }
    mark_read(actor=request.actor, ticket=around.ticket, now=now)
    return render(request, "console/ticket/page.html", context, status=status)


def _silent_mailbox(ticket: Ticket) -> Mailbox | None:
    """Return the mailbox that an answer would leave by if it is not released."""
    mailbox = mailbox_of(ticket)
    return None if mailbox is None or mailbox.is_released else mailbox


@require_safe
@readers_only
def earlier(request: ConsoleRequest, number: int) -> HttpResponse:
    """Answer the part of the conversation before a message, in the place of the button that asked."""
    now = current_time()
    ticket, thread = read_earlier(request.actor, number=number, before=_number(request.GET, "before"))
    items = thread_items(thread, ticket, request.actor, now=now)
    context = {"ticket": ticket, "thread": thread, "items": items, "now": now}
    return render(request, "console/ticket/earlier.html", context)


@require_safe
@readers_only
def fresh(request: ConsoleRequest, number: int) -> HttpResponse:
    """Answer what happened after a place in the conversation, as parts that find their own places; 204 for nothing."""
    now = current_time()
    around, news = read_change(
        request.actor,
        number=number,
        after_message=_number(request.GET, "after"),
        after_event=_number(request.GET, "event"),
    )
    if not news.types:
        return HttpResponse(status=204)
    wanted = {name for kind in news.types for name in _ROWS.get(kind, ())}
    rows = [
        row
        for row in side_cells.properties(around, now=now)
        if row.name in wanted or ("ticket.field_changed" in news.types and _is_plain(row))
    ]
    context = {
        **surroundings(around, request.actor, request.workspace, now=now),
        "items": thread_items(news.thread, around.ticket, request.actor, now=now, is_new=True),
        "cursor": news.thread,
        "rows": rows,
        "changed": [_changed(said, around, request.actor, now=now) for said in news.changed],
        "gone": news.gone,
        **{part: not news.types.isdisjoint(types) for part, types in _PARTS.items()},
        "oob": True,
        "now": now,
    }
    mark_read(actor=request.actor, ticket=around.ticket, now=now)
    response = render(request, "console/ticket/fresh.html", context)
    return trigger(response, "okno:composer", {"newest": news.thread.newest_message})


@require_POST
@readers_only
def toggle_events(request: ConsoleRequest, number: int) -> HttpResponse:
    """Hide the grey lines of events, or show them again; it is remembered for the session."""
    request.session[HIDE_EVENTS] = not request.session.get(HIDE_EVENTS)
    if request.htmx:
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
        return response
    return redirect(ticket_url(number))


@require_safe
@readers_only
def neighbour(request: ConsoleRequest, number: int, way: str) -> HttpResponse:
    """Go to the next or previous ticket of the list that the page was opened from; at its end, back to the list."""
    said = {name: request.GET[name] for name in PLACE if request.GET.get(name)}
    view = view_called(said.get("view", DEFAULT_VIEW))
    if view is None:
        raise NotFound(_("There is no such view."))
    place = Place(view=view, q=said.get("q", ""), sort=said.get("sort", DEFAULT_SORT))
    found = number_beside(
        listing_of(request, place, now=current_time()),
        number=number,
        sort=place.sort,
        backward=way == "previous",
    )
    query = f"?{urlencode(said)}" if said else ""
    if found is None:
        return redirect(f"{reverse('console:tickets')}{query}")
    return redirect(f"{ticket_url(found)}{query}")


def surroundings(around: Around, actor: Actor, workspace: Workspace, *, now: datetime) -> dict[str, Any]:
    """Return what the head and the side of the page show."""
    ticket = around.ticket
    requester = ticket.requester
    return {
        "ticket": ticket,
        "around": around,
        "head": head(around, actor, now=now),
        "properties": side_cells.properties(around, now=now),
        "people": side_cells.people(around),
        "roles": side_cells.roles(),
        "related": side_cells.related(around.related),
        "talks": talk_rows(side_threads_of(ticket)) if policy.can_note(actor, ticket) else [],
        "can_ask": policy.can_reply(actor, ticket),
        "held": held_cells(around.held, ticket, actor),
        "requester": PersonCell(requester.pk, requester.name) if requester else None,
        "addresses": around.addresses.get(ticket.requester_id, ()) if ticket.requester_id else (),
        "can_change": around.can_change,
        **_spam_choice(around, actor),
    }


def _spam_choice(around: Around, actor: Actor) -> dict[str, str]:
    """Return whose further mail may be called spam with the ticket: the requester's address, and its domain."""
    known = around.addresses.get(around.ticket.requester_id, ()) if around.ticket.requester_id else ()
    address = next((row.value for row in known if row.kind == ContactAddress.Kind.EMAIL), "")
    domain = address.rpartition("@")[2]
    may_block_domain = can_block(actor, f"@{domain}") and not is_free_mail(domain)
    return {"spam_address": address, "spam_domain": domain if address and may_block_domain else ""}


def head(around: Around, actor: Actor, *, now: datetime) -> Head:
    """Return the head of the page."""
    ticket = around.ticket
    rows = {row.name: row for row in side_cells.properties(around, now=now)}
    assignee = around.directory.members.get(ticket.assignee_id)
    team = around.directory.teams.get(ticket.team_id)
    clock = None
    if ticket.is_open and ticket.due_at is not None:
        clock = due_badge(ticket.due_at, now=now, started_at=ticket.created_at)
    is_other = ticket.assignee_id not in (None, actor.member_id)
    return Head(
        status=rows["status"],
        assignee=PersonCell(assignee.id, assignee.name) if assignee else None,
        team=side_cells.team_label(team, around) if team and len(around.directory.teams.active) > 1 else "",
        clock=clock,
        due_at=ticket.due_at,
        can_take=around.can_change and ticket.is_open and ticket.assignee_id is None,
        can_take_over=around.can_change and ticket.is_open and is_other,
    )


def place_beside(request: ConsoleRequest) -> dict[str, str]:
    """Return the list that the page was opened from: its name, its address, and the query that leads back to it."""
    said: Mapping[str, str] = request.GET
    if not any(said.get(name) for name in PLACE):
        came_from = urlsplit(request.headers.get("Referer", ""))
        is_list = came_from.netloc == request.get_host() and came_from.path == reverse("console:tickets")
        said = dict(parse_qsl(came_from.query)) if is_list else {}
    kept = {name: said[name] for name in PLACE if said.get(name)}
    view = view_called(kept.get("view", DEFAULT_VIEW))
    query = f"?{urlencode(kept)}" if kept else ""
    return {
        "name": str(view.label) if view else _("Tickets"),
        "url": f"{reverse('console:tickets')}{query}",
        "query": query,
    }


def _changed(said: Said, around: Around, actor: Actor, *, now: datetime) -> MessageCell:
    message: Message = said.message
    return MessageCell(
        id=message.pk,
        kind=message.kind,
        direction=message.direction,
        author=PersonCell(0, message.author_name),
        created_at=message.created_at,
        deliveries=delivery_cells(said, around.ticket, actor, now=now),
    )


def _is_plain(row: side_cells.Property) -> bool:
    return row.name in ("device", "solution") or row.name.startswith(side_cells.CUSTOM)


def _number(query: QueryDict, name: str) -> int:
    value = query.get(name, "")
    return int(value) if value.isdecimal() and len(value) < 19 else 0

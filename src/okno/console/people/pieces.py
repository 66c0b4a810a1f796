"""What several pages of people need: who may open them, the rows themselves, their tickets and history."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render

from okno.console.identity import ConsoleRequest, holds, member_required
from okno.console.listing import row_cell
from okno.lib.clock import current_time
from okno.lib.errors import Invalid
from okno.people.history import history_of
from okno.people.models import Contact, Organization
from okno.people.queries import contact_with_addresses, organizations
from okno.team.policy import PEOPLE_READ, PEOPLE_WRITE, is_granted
from okno.tickets.queries.list import tickets_of, tickets_page_of

OPEN_SHOWN = 20
PAST_SHOWN = 20
EVENTS_SHOWN = 12
EVENTS_ON_PAGE = 50
LARGEST_ID = 2**63 - 1
readers_only = member_required(allowed=holds(PEOPLE_READ))
writers_only = member_required(allowed=holds(PEOPLE_WRITE))


def find_contact(contact_id: int) -> Contact:
    """Return a whole contact. Raises Http404 for one that is not there or went up in another."""
    found = contact_with_addresses(contact_id) if contact_id <= LARGEST_ID else None
    if found is None:
        raise Http404
    return found


def find_organization(organization_id: int) -> Organization:
    """Return an organization. Raises Http404 for one that is not there or went up in another."""
    found = organizations().filter(pk=organization_id).first() if organization_id <= LARGEST_ID else None
    if found is None:
        raise Http404
    return found


def merged_into(model: type[Contact | Organization], row_id: int) -> int | None:
    """Return the id of the contact or organization that this one went up in, None if it did not."""
    if row_id > LARGEST_ID:
        return None
    rows = model.objects.filter(pk=row_id, merged_into__isnull=False)
    return rows.values_list("merged_into_id", flat=True).first()


def words_of(request: ConsoleRequest) -> str:
    """Return what is looked for."""
    return request.GET.get("q", "").replace("\x00", "").strip()[:200]


def page_url(**said: str | None) -> str:
    """Return the address of another page of the same list; empty if there is none."""
    if not said.get("cursor"):
        return ""
    return f"?{urlencode({key: value for key, value in said.items() if value})}"


def tickets_and_history(request: ConsoleRequest, row: Contact | Organization) -> dict[str, Any]:
    """Return the tickets and newest events that a card shows."""
    now = current_time()
    whose = _whose(row)
    still_open = tickets_of(request.actor, is_open=True, limit=OPEN_SHOWN, **whose)
    past = tickets_of(request.actor, is_open=False, limit=PAST_SHOWN + 1, **whose)
    return {
        "open_tickets": [row_cell(ticket, now=now) for ticket in still_open],
        "past_tickets": [row_cell(ticket, now=now) for ticket in past[:PAST_SHOWN]],
        "has_more_tickets": len(past) > PAST_SHOWN or len(still_open) == OPEN_SHOWN,
        "history": history_of(row, size=EVENTS_SHOWN),
        "can_change": is_granted(request.actor, PEOPLE_WRITE),
        "now": now,
    }


def tickets_answer(request: ConsoleRequest, row: Contact | Organization, card_url: str) -> HttpResponse:
    """Answer a page of all tickets of a contact or organization."""
    now = current_time()
    try:
        page = tickets_page_of(request.actor, cursor=request.GET.get("cursor"), **_whose(row))
    except Invalid as error:
        raise Http404 from error
    context = {
        "row": row,
        "card_url": card_url,
        "tickets": [row_cell(ticket, now=now) for ticket in page.rows],
        "next_url": page_url(cursor=page.next),
        "previous_url": page_url(cursor=page.previous),
        "now": now,
    }
    return render(request, "console/contacts/all_tickets.html", context)


def history_answer(request: ConsoleRequest, row: Contact | Organization, card_url: str) -> HttpResponse:
    """Answer a page of what happened to a contact or organization."""
    said = request.GET.get("before", "")
    before = int(said) if said.isascii() and said.isdecimal() and len(said) < 19 else None
    context = {
        "row": row,
        "card_url": card_url,
        "history": history_of(row, before=before, size=EVENTS_ON_PAGE),
        "now": current_time(),
    }
    return render(request, "console/contacts/history_page.html", context)


def _whose(row: Contact | Organization) -> dict[str, int]:
    return {"requester_id": row.pk} if isinstance(row, Contact) else {"organization_id": row.pk}

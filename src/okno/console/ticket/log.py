"""The whole log of one ticket: everything that happened to it, for whoever works here and may read it."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from okno.console.audit.export import csv_response
from okno.console.audit.page import audit_page
from okno.console.identity import ConsoleRequest, holds, member_required
from okno.lib.clock import current_time
from okno.team.policy import TICKETS_READ
from okno.tickets.access import find_ticket
from okno.tickets.models import Ticket

readers_only = member_required(allowed=holds(TICKETS_READ))


@require_safe
@readers_only
def ticket_log(request: ConsoleRequest, number: int) -> HttpResponse:
    """Show what was done to a ticket, by whom, and each value before and after."""
    ticket = find_ticket(request.actor, number=number)
    page = audit_page(request, _of(ticket))
    if page is None:
        return redirect("console:ticket_log", number)
    urls = {f"{way}_url": f"?cursor={page[way]}" if page[way] else "" for way in ("next", "previous")}
    return render(
        request, "console/audit/ticket.html", {**page, **urls, "ticket": ticket, "now": current_time()}
    )


@require_safe
@readers_only
def ticket_log_csv(request: ConsoleRequest, number: int) -> StreamingHttpResponse:
    """Answer with the same as a file."""
    ticket = find_ticket(request.actor, number=number)
    return csv_response(request.workspace, _of(ticket), name=f"ticket-{ticket.number}-log")


def _of(ticket: Ticket) -> Q:
    return Q(subject_kind="ticket", subject_id=ticket.pk)

"""The ticket list."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from okno.console.identity import ConsoleRequest, member_required


@member_required
def ticket_list(request: ConsoleRequest) -> HttpResponse:
    """Show the tickets of a view."""
    return render(request, "console/tickets.html")

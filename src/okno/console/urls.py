"""Addresses of the console; included at the root."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path
from django.views.generic import RedirectView

from okno.console import bulk, tickets


def pending(request: HttpRequest) -> HttpResponse:
    raise Http404


app_name = "console"
urlpatterns = [
    path("", RedirectView.as_view(pattern_name="console:tickets"), name="home"),
    path("tickets/", tickets.ticket_list, name="tickets"),
    path("tickets/rows/", tickets.changed_rows, name="rows"),
    path("tickets/suggest/", tickets.suggestions, name="suggest"),
    path("tickets/counts/", tickets.counts, name="counts"),
    path("tickets/display/", tickets.display, name="display"),
    path("tickets/bulk/", bulk.change_tickets, name="bulk"),
    path("tickets/bulk/options/<slug:name>/", bulk.options, name="bulk_options"),
    path("tickets/bulk/undo/", bulk.undo, name="bulk_undo"),
    path("tickets/new/", include("okno.console.ticket.create_urls")),
    path("tickets/<int:number>/", include("okno.console.ticket.urls")),
    path("contacts/", pending, name="contacts"),
    path("intake/", pending, name="intake"),
    path("palette/", pending, name="palette"),
    path("notifications/", pending, name="notifications"),
    path("notifications/count/", pending, name="notifications_count"),
    path("", include("okno.console.entrance.urls")),
    path("settings/", include("okno.console.settings.urls")),
]

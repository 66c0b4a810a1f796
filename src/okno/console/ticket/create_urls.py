"""Addresses of the form for a new ticket, below `/tickets/new/`; names are in the namespace `console`."""

from __future__ import annotations

from django.urls import path

from okno.console.ticket import create

urlpatterns = [
    path("", create.new_ticket, name="ticket_new"),
    path("uploads/", create.upload, name="ticket_new_upload"),
    path("requesters/", create.suggest_requester, name="ticket_new_requesters"),
]

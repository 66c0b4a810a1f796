"""Addresses of the form for a new ticket, below `/tickets/new/`; names are in the namespace `console`."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []

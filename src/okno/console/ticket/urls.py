"""Addresses of one ticket, below `/tickets/<number>/`; names are in the namespace `console`."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []

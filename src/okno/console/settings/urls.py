"""Addresses of the settings, below `/settings/`; names are in the namespace `console`."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []

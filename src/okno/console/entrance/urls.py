"""Addresses of the one-time links that make members; names are in the namespace `console`."""

from __future__ import annotations

from django.urls import URLPattern, path

from okno.console.entrance import views

urlpatterns: list[URLPattern] = [
    path("welcome/", views.first_administrator, name="first_administrator"),
    path("invitation/", views.invitation, name="invitation"),
]

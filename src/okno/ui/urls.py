"""Addresses of the design system; included at the root."""

from __future__ import annotations

from django.urls import path

from okno.ui import views

app_name = "ui"
urlpatterns = [path("ui/theme.css", views.theme_css, name="theme")]

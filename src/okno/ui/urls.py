"""Addresses of the design system; the sheet of components is there with OKNO_DEBUG only."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from okno.ui import views

app_name = "ui"
urlpatterns: list[URLPattern | URLResolver] = [
    path("ui/theme.css", views.theme_css, name="theme"),
    path("ui/logo/<slug:mark>/", views.logo, name="logo"),
]
if settings.DEBUG:
    urlpatterns.append(path("_ui/", include("okno.ui.develop.views")))

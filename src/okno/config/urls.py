"""Every address of Okno, by audience."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from okno.config import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    path("accounts/", include("allauth.urls")),
    path("", include("okno.ui.urls")),
]

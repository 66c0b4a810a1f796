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
    path("", include("okno.console.urls")),
]

handler403 = "okno.console.errors.permission_denied"
handler404 = "okno.console.errors.page_not_found"
handler500 = "okno.console.errors.server_error"

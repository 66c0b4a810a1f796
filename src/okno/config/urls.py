"""Every address of Okno, by audience."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from okno.config import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    path("api/", include("okno.api.urls")),
    path("accounts/", include("okno.accounts.urls")),
    path("", include("okno.reactors.live.urls")),
    path("", include("okno.ui.urls")),
    path("", include("okno.portal.urls")),
    path("", include("okno.console.urls")),
]

handler403 = "okno.console.errors.permission_denied"
handler404 = "okno.console.errors.page_not_found"
handler429 = "okno.accounts.views.too_many_requests"
handler500 = "okno.console.errors.server_error"

"""Every address of Okno, by audience."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from okno.config import health
from okno.tenancy.modules import all_manifests

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
    # Those of a module that is off in a workspace are not found there: `tenancy.middleware`.
    *(path("", include(manifest.urls)) for manifest in all_manifests().values() if manifest.urls),
]

handler403 = "okno.console.errors.permission_denied"
handler404 = "okno.console.errors.page_not_found"
handler429 = "okno.accounts.views.too_many_requests"
handler500 = "okno.console.errors.server_error"

"""The address of the workspace's accent."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from okno.tenancy.queries import workspace_for_host

DEFAULT_HUE = 262


@require_safe
def theme_css(request: HttpRequest) -> HttpResponse:
    """Serve the workspace's accent as a style sheet, because the policy forbids style in the page itself."""
    workspace = workspace_for_host(request.get_host())
    hue = DEFAULT_HUE if workspace is None else workspace.accent_hue
    response = HttpResponse(f":root{{--ok-hue:{hue}}}\n", content_type="text/css")
    response["Cache-Control"] = "private, max-age=300"
    return response

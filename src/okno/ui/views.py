"""The workspace's accent and logo, which everybody may see."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from okno.lib.blobs import BlobMissing
from okno.lib.stores import file_store
from okno.tenancy.queries import workspace_for_host
from okno.ui.answers import FILE_POLICY

DEFAULT_HUE = 262


@require_safe
def theme_css(request: HttpRequest) -> HttpResponse:
    """Serve the workspace's accent as a style sheet, because the policy forbids style in the page itself."""
    workspace = workspace_for_host(request.get_host())
    hue = DEFAULT_HUE if workspace is None else workspace.accent_hue
    response = HttpResponse(f":root{{--ok-hue:{hue}}}\n", content_type="text/css")
    response["Cache-Control"] = "private, max-age=300"
    return response


@require_safe
def logo(request: HttpRequest, mark: str) -> HttpResponseBase:
    """Answer the workspace's logo; `mark` is the beginning of its hash, so that another logo has another address."""
    workspace = workspace_for_host(request.get_host())
    if workspace is None or not workspace.logo_sha256 or not workspace.logo_sha256.startswith(mark):
        raise Http404
    try:
        content = file_store().read(workspace.pk, workspace.logo_sha256)
    except BlobMissing as error:
        raise Http404 from error
    response = HttpResponse(content, content_type=workspace.logo_type)
    response["Cache-Control"] = "public, max-age=86400, immutable"
    response["Content-Security-Policy"] = FILE_POLICY
    response["X-Content-Type-Options"] = "nosniff"
    return response

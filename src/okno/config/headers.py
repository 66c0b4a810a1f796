"""The headers that keep a browser from running anything that is not ours."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

NOBODY_FRAMES = "frame-ancestors 'none'"
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "media-src 'self'",
        "frame-src 'self'",
        "form-action 'self'",
        NOBODY_FRAMES,
        "base-uri 'none'",
    ]
)
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


class SecurityHeadersMiddleware:
    """Add the strict policy to every answer that brings none of its own, as mail frames and files do.

    An answer whose `frame_ancestors` names origins may be framed by those, and by nobody else.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", _policy_of(response))
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return response


def _policy_of(response: HttpResponse) -> str:
    origins = getattr(response, "frame_ancestors", ())
    if not origins:
        return CONTENT_SECURITY_POLICY
    return CONTENT_SECURITY_POLICY.replace(NOBODY_FRAMES, f"frame-ancestors {' '.join(origins)}")

"""The one application of a web process: live events by ASGI, everything else as pages in WSGI threads."""

from __future__ import annotations

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "okno.config.settings")

from a2wsgi import WSGIMiddleware
from django.conf import settings
from django.core.asgi import get_asgi_application

from okno.config import wsgi
from okno.config.whole_body import Receive, Scope, Send, WholeBodies

LIVE_PREFIX = "/events/"


class Router:
    """Send `/events/` to Django's ASGI side and the rest to its WSGI side.

    Pages stay in WSGI threads because only there the pool is safe; by ASGI each page costs a thread.
    """

    def __init__(self, *, threads: int) -> None:
        self.live = get_asgi_application()
        # mypy: a2wsgi types the WSGI side by its own protocol.
        pages: Any = WSGIMiddleware(wsgi.application, workers=threads)  # type: ignore[arg-type]
        self.pages = WholeBodies(pages)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_live = scope["type"] == "http" and scope["path"].startswith(LIVE_PREFIX)
        app: Any = self.live if is_live else self.pages
        await app(scope, receive, send)


def build_application() -> Router:
    """Make the router; to be called after the fork, because the page side starts threads."""
    return Router(threads=settings.ENVIRONMENT.web_threads)


def __getattr__(name: str) -> Router:
    """Make `application` on first use, for servers that are given `okno.config.asgi:application`."""
    if name != "application":
        raise AttributeError(name)
    globals()[name] = build_application()
    made: Router = globals()[name]
    return made

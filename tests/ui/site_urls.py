"""The addresses of the browser tests: the sheet of components, an accent, and a stream to speak into."""

from __future__ import annotations

import json
import queue
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import include, path

EVENTS: list[queue.Queue[dict[str, object] | None]] = []
ASKED: list[str] = []


def theme(request: HttpRequest) -> HttpResponse:
    """Serve the accent of every workspace here."""
    return HttpResponse(":root{--ok-hue:262}", content_type="text/css")


def events(request: HttpRequest) -> StreamingHttpResponse:
    """Stream what the test says to all that listen; None hangs up."""
    mine: queue.Queue[dict[str, object] | None] = queue.Queue()
    EVENTS.append(mine)
    ASKED.append(request.GET.get("after", ""))

    def stream() -> Iterator[bytes]:
        yield b"retry: 2000\nid: 1\ndata: \n\n"
        while (event := mine.get()) is not None:
            yield f"id: {event['id']}\ndata: {json.dumps([event])}\n\n".encode()
        EVENTS.remove(mine)

    return StreamingHttpResponse(stream(), content_type="text/event-stream")


urlpatterns = [
    path("", include(([path("ui/theme.css", theme, name="theme")], "ui"))),
    path("_ui/", include("okno.ui.develop.views")),
    path("_ui/events/", events),
]

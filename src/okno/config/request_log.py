"""One structured line for each request, with an id that every line of that request carries."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

from okno.config.process_metrics import count_request

log = structlog.get_logger("okno.request")
WELL_FORMED_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")
QUIET_PATHS = ("/healthz", "/readyz", "/metrics", "/static/")


class RequestLogMiddleware:
    """Bind a request id to the log and tell how each request ended and how long it took."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if WELL_FORMED_ID.fullmatch(given) else uuid.uuid4().hex
        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
            seconds = time.perf_counter() - started
            count_request(request.method, response.status_code, seconds)
            if not request.path.startswith(QUIET_PATHS):
                log.info(
                    "request",
                    method=request.method,
                    path=request.path,
                    status=response.status_code,
                    ms=round(seconds * 1000, 1),
                )
        response.headers["X-Request-ID"] = request_id
        return response

"""How much a caller may ask: the size and form of bodies, and the number of requests in a minute."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from okno.api.problems import Refused
from okno.tickets.commands.attachments import FILE_SIZE_LIMIT

JSON = "application/json"
MULTIPART = "multipart/form-data"
JSON_LIMIT = 4 * 1024 * 1024
# A file at its limit and the form around it.
MULTIPART_LIMIT = FILE_SIZE_LIMIT + 1024 * 1024
WINDOW_SECONDS = 60.0
TOKENS_WATCHED = 10_000


def check_body(request: HttpRequest, *, accepted: str) -> None:
    """Refuse a body that is too large or of another type, before anything reads it. Raises Refused."""
    length = _length(request)
    if length == 0:
        return
    if length > (MULTIPART_LIMIT if accepted == MULTIPART else JSON_LIMIT):
        raise Refused(_("The request is too large."), status=413, code="too_large")
    if request.content_type != accepted:
        words = _("The body must be sent as %(type)s.") % {"type": accepted}
        raise Refused(words, status=415, code="unsupported_media_type")


def _length(request: HttpRequest) -> int:
    given = request.META.get("CONTENT_LENGTH") or "0"
    return int(given) if given.isascii() and given.isdecimal() else 0


class RequestLimit:
    """Counts each token's requests in fixed windows; every process counts for itself."""

    def __init__(self, *, per_minute: int) -> None:
        self.per_minute = per_minute
        self._lock = threading.Lock()
        self._windows: OrderedDict[int, tuple[float, int]] = OrderedDict()

    def count(self, token_id: int, *, at: float | None = None) -> None:
        """Count one request; `at` is in seconds of a monotonic clock. Raises Refused above the limit."""
        moment = time.monotonic() if at is None else at
        with self._lock:
            started, seen = self._windows.pop(token_id, (moment, 0))
            if moment - started >= WINDOW_SECONDS:
                started, seen = moment, 0
            self._windows[token_id] = (started, seen + 1)
            while len(self._windows) > TOKENS_WATCHED:
                self._windows.popitem(last=False)
        if seen >= self.per_minute:
            wait = max(1, int(started + WINDOW_SECONDS - moment) + 1)
            raise Refused(
                _("Too many requests; try again in %(seconds)d seconds.") % {"seconds": wait},
                status=429,
                code="too_many_requests",
                headers={"Retry-After": str(wait)},
            )


REQUEST_LIMIT = RequestLimit(per_minute=settings.ENVIRONMENT.api_per_minute)

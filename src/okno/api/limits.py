"""How much a caller may ask: the size and form of bodies, and the number of requests in a minute."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils.translation import gettext as _

from okno.accounts.models import KeyHash
from okno.api.problems import Refused
from okno.tenancy.scope import scope
from okno.tickets.commands.attachments import FILE_SIZE_LIMIT

JSON = "application/json"
MULTIPART = "multipart/form-data"
CHUNK = "application/offset+octet-stream"
JSON_LIMIT = 4 * 1024 * 1024
# A file at its limit and the form around it.
MULTIPART_LIMIT = FILE_SIZE_LIMIT + 1024 * 1024
LIMIT, REMAINING, RESET = "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"
# One row for each token and one statement: all web processes count together, and of two at once the second sees the
# first. A token that is not there any more counts nothing; the gate refuses it.
_COUNT = """
    INSERT INTO api_requestcount AS known (workspace_id, token_id, minute, count)
    SELECT workspace_id, id, %s, 1 FROM team_apitoken WHERE workspace_id = %s AND digest = %s
    ON CONFLICT (workspace_id, token_id) DO UPDATE SET
        count = CASE WHEN known.minute = excluded.minute THEN known.count + 1 ELSE 1 END,
        minute = excluded.minute
    RETURNING count
"""


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
    if not (given.isascii() and given.isdecimal()):
        raise Refused(_("The request cannot be read."), status=400, code="unreadable")
    return int(given)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What a token may still ask in this minute."""

    limit: int
    asked: int
    reset: int
    """Seconds until the next minute begins."""

    @property
    def headers(self) -> dict[str, str]:
        """Return what every answer tells of it."""
        left = max(0, self.limit - self.asked)
        return {LIMIT: str(self.limit), REMAINING: str(left), RESET: str(self.reset)}

    def require_room(self) -> None:
        """Refuse what is beyond the limit. Raises Refused."""
        if self.asked > self.limit:
            raise Refused(
                _("Too many requests; try again in %(seconds)d seconds.") % {"seconds": self.reset},
                status=429,
                code="too_many_requests",
                headers={"Retry-After": str(self.reset)},
            )


def count_request(key: KeyHash, *, now: datetime) -> Allowance:
    """Count a request of a token in a transaction of its own: within the request's they would wait for each other."""
    minute = now.replace(second=0, microsecond=0)
    with scope(key.workspace_id or 0), connection.cursor() as cursor:
        cursor.execute(_COUNT, [minute, key.workspace_id, key.digest])
        row = cursor.fetchone()
    reset = math.ceil((minute + timedelta(minutes=1) - now).total_seconds())
    return Allowance(limit=settings.ENVIRONMENT.api_per_minute, asked=row[0] if row else 0, reset=reset)

"""A request that is sent again with the same `Idempotency-Key` has one effect and one answer.

The answer is stored in the transaction of the effect, so there is never one without the other.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from psycopg.errors import LockNotAvailable

from okno.api.callers import ApiRequest, Caller
from okno.api.models import IdempotencyRecord
from okno.api.problems import RETRY_SECONDS, Refused
from okno.lib.crypto import seal, unseal

METHODS = ("POST", "PATCH", "DELETE")
HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEPT = timedelta(days=2)
WELL_FORMED = re.compile(r"[\x21-\x7e]{1,255}")
WAIT_MILLISECONDS = 10_000
# What of a response is worth giving again.
KEPT_HEADERS = ("Content-Type", "Location", "ETag", "Upload-Offset")


def given_key(request: HttpRequest) -> str | None:
    """Return the request's key, or None. Raises Refused for what is not one."""
    key = request.headers.get(HEADER)
    if key is None or request.method not in METHODS:
        return None
    if not WELL_FORMED.fullmatch(key):
        raise Refused(
            _("An idempotency key has 1 to 255 visible ASCII characters."),
            status=422,
            code="bad_idempotency_key",
        )
    return key


def client_key(request: ApiRequest) -> UUID | None:
    """Return the key under which commands remember what they made for this request, or None without a key."""
    key = given_key(request)
    return None if key is None else uuid5(NAMESPACE_URL, f"okno:token:{request.caller.token.pk}:{key}")


def once(
    request: HttpRequest, caller: Caller, answer: Callable[[], HttpResponseBase], *, now: datetime
) -> HttpResponseBase:
    """Return the answer of a request, or what it was answered the first time. To be called in the scope.

    While another request with the key is at work this one waits. Raises Refused if the key was used for
    another request, or if the wait takes too long.
    """
    key = given_key(request)
    if key is None:
        return answer()
    fingerprint = _fingerprint(request)
    _wait_for_turn(caller, key)
    known = IdempotencyRecord.objects.filter(token=caller.token, key=key).first()
    if known is not None:
        return _replayed(known, fingerprint, place=_place(caller, key))
    response = answer()
    if response.status_code < 400 and isinstance(response, HttpResponse):
        IdempotencyRecord.objects.create(
            token=caller.token,
            key=key,
            request_hash=fingerprint,
            status=response.status_code,
            answer=_stored(response, place=_place(caller, key)),
            created_at=now,
        )
    return response


def forget_old_answers(*, now: datetime) -> int:
    """Delete the answers that nobody will ask for again; return how many."""
    deleted, _by_table = IdempotencyRecord.objects.filter(created_at__lt=now - KEPT).delete()
    return deleted


def _wait_for_turn(caller: Caller, key: str) -> None:
    """Take the key's lock until the transaction ends."""
    digest = hashlib.sha256(f"{caller.workspace.pk}:{caller.token.pk}:{key}".encode()).digest()
    lock = int.from_bytes(digest[:8], "big", signed=True)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [str(WAIT_MILLISECONDS)])
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock])
            cursor.execute("SELECT set_config('lock_timeout', '0', true)")
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        raise Refused(
            _("A request with this idempotency key is at work; try again."),
            status=409,
            code="in_progress",
            headers={"Retry-After": str(RETRY_SECONDS)},
        ) from error


def _fingerprint(request: HttpRequest) -> str:
    found = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type == "multipart/form-data":
        # The boundary differs from attempt to attempt, so the files count and not the bytes around them.
        for name, files in sorted(request.FILES.lists()):
            for file in files:
                found.update(f"{name}\n{file.name}\n{file.size}\n".encode("utf-8", "replace"))
                for chunk in file.chunks():
                    found.update(chunk)
                file.seek(0)
    else:
        found.update(request.body)
    return found.hexdigest()


def _stored(response: HttpResponse, *, place: str) -> dict[str, Any]:
    """Return an answer as it is kept: sealed, as it may hold a secret that is kept nowhere else."""
    return {
        "headers": {name: response[name] for name in KEPT_HEADERS if response.has_header(name)},
        "sealed": seal(response.content.decode(), place=place),
    }


def _replayed(known: IdempotencyRecord, fingerprint: str, *, place: str) -> HttpResponse:
    if known.request_hash != fingerprint:
        raise Refused(
            _("This idempotency key was used for another request."), status=422, code="idempotency_key_reused"
        )
    content = unseal(known.answer["sealed"], place=place)
    return HttpResponse(content, status=known.status, headers={**known.answer["headers"], REPLAYED: "true"})


def _place(caller: Caller, key: str) -> str:
    return f"{caller.workspace.pk}|api answer|{caller.token.pk}|{key}"

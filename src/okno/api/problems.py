"""Every refusal as problem+json (RFC 9457), mapped in this one place."""

from __future__ import annotations

import errno
import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import DatabaseError, OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from ninja.errors import HttpError, ValidationError
from psycopg.errors import UniqueViolation
from pydantic import BaseModel, Field
from pydantic_core import to_json

from okno.lib.errors import DomainError

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 1
ERRORS_TOLD = 50
NO_SPACE = (errno.ENOSPC, errno.EDQUOT)
# How pydantic calls the alternatives of a union, at the end of a path.
_UNION_MEMBER = re.compile(r"constrained-|function-|bool$|float$|\[key\]$")


class Problem(BaseModel):
    """What went wrong (RFC 9457). `code` is for programs and does not change; `detail` is for people."""

    type: str = Field("about:blank", description="Always `about:blank`: the status says what kind it is.")
    title: str = Field(description="The name of the status.")
    status: int = Field(ge=400, le=599)
    code: str = Field(description="What exactly was refused, such as `not_found` or `unknown_field`.")
    detail: str = Field(description="The same in words, in the language that was asked for.")
    errors: dict[str, list[str]] = Field(
        default_factory=dict, description="What is wrong with which field, by its path in the request."
    )


class Refused(DomainError):
    """A refusal that only HTTP knows, with its status and headers."""

    def __init__(
        self, message: str, *, status: int, code: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message, code=code)
        self.status = status
        self.headers = dict(headers or {})


class Unauthorized(Refused):
    """There is no token, or it opens nothing here; which of them is nobody's business."""

    def __init__(self) -> None:
        super().__init__(
            _("Send a valid token as “Authorization: Bearer …”."),
            status=401,
            code="unauthorized",
            headers={"WWW-Authenticate": 'Bearer realm="okno"'},
        )


def problem(
    *,
    status: int,
    code: str,
    detail: str,
    errors: Mapping[str, Sequence[str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Return a problem as a response."""
    body = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        code=code,
        detail=detail,
        errors={name: list(words) for name, words in (errors or {}).items()},
    )
    content = to_json(body.model_dump())
    return HttpResponse(content, status=status, content_type=MEDIA_TYPE, headers=dict(headers or {}))


def answer_to(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    """Return the response to an exception; what nobody expected is logged and tells nothing."""
    known = _refusal_of(error)
    if known is not None:
        return known
    log.error("api_failed", path=request.path, method=request.method, exc_info=error)
    return problem(status=500, code="failed", detail=_("Something failed on our side; it has been logged."))


def _refusal_of(error: Exception | type[Exception]) -> HttpResponse | None:
    match error:
        case DomainError():
            return _refusal(error)
        case ValidationError():
            return _invalid(error)
        case DatabaseError():
            return _database_refusal(error)
        case _:
            return _reading_refusal(error)


def _reading_refusal(error: Exception | type[Exception]) -> HttpResponse | None:
    match error:
        case RequestDataTooBig():
            return problem(status=413, code="too_large", detail=_("The request is too large."))
        case HttpError() | SuspiciousOperation() | MultiPartParserError() | UnreadablePostError():
            return problem(status=400, code="unreadable", detail=_("The request cannot be read."))
        case OSError() if error.errno in NO_SPACE:
            log.error("no_space", error=str(error))
            return problem(status=503, code="no_space", detail=_("There is no room for this on the server."))
    return None


def not_found() -> HttpResponse:
    """Return the problem of an address at which there is nothing."""
    return problem(status=404, code="not_found", detail=_("There is nothing here."))


def method_not_allowed(allowed: str) -> HttpResponse:
    """Return the problem of a method that an address does not have."""
    detail = _("This address has only: %(methods)s.") % {"methods": allowed}
    return problem(status=405, code="method_not_allowed", detail=detail, headers={"Allow": allowed})


def _database_refusal(error: DatabaseError) -> HttpResponse | None:
    headers = {"Retry-After": str(RETRY_SECONDS)}
    if isinstance(error.__cause__, UniqueViolation):
        # Two requests made the same thing at once; the second finds the first one's when it tries again.
        words = _("Somebody else made the same thing at this moment; try again.")
        return problem(status=409, code="conflict", detail=words, headers=headers)
    if isinstance(error, OperationalError):
        log.warning("database_away", error=type(error.__cause__ or error).__name__)
        words = _("The database does not answer; try again.")
        return problem(status=503, code="unavailable", detail=words, headers=headers)
    return None


def _refusal(error: DomainError) -> HttpResponse:
    headers: dict[str, str] = getattr(error, "headers", {})
    if error.status == 503:
        headers = {"Retry-After": str(RETRY_SECONDS), **headers}
    return problem(
        status=error.status,
        code=error.code,
        detail=str(error.message),
        errors={name: [str(word) for word in words] for name, words in error.fields.items()},
        headers=headers,
    )


def _invalid(error: ValidationError) -> HttpResponse:
    errors: dict[str, list[str]] = {}
    for found in error.errors[:ERRORS_TOLD]:
        errors.setdefault(_path(found["loc"]), []).append(found["msg"])
    return problem(
        status=422, code="invalid", detail=_("Some of what was sent cannot be accepted."), errors=errors
    )


def _path(location: Sequence[Any]) -> str:
    """Return the path within what the caller sent, without what only ninja and pydantic know."""
    parts = [str(part) for part in location[1:]]
    if location[0] == "body":
        parts = parts[1:]
    while len(parts) > 1 and _UNION_MEMBER.match(parts[-1]):
        parts.pop()
    parts = [part for part in parts if not part.startswith("Given")]
    # Unknown names are the caller's own text, which need not be text that can be encoded.
    return ".".join(parts)[:200].encode("utf-8", "replace").decode() or str(location[0])

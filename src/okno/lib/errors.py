"""The expected failures of the domain, one small family for every interface.

Interfaces translate them (problem+json, form errors, toasts); they are never logged as bugs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.functional import Promise

Words = str | Promise


class DomainError(Exception):
    """A refusal with a stable code, words for people and, where it helps, words per field."""

    code = "refused"
    status = 400

    def __init__(
        self,
        message: Words,
        *,
        code: str | None = None,
        fields: Mapping[str, Sequence[Words]] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.fields: dict[str, list[Words]] = {name: list(words) for name, words in (fields or {}).items()}


class Invalid(DomainError):
    """What was sent cannot be accepted as it is."""

    code = "invalid"
    status = 422


class Denied(DomainError):
    """The actor sees the object but may not do this to it."""

    code = "denied"
    status = 403


class NotFound(DomainError):
    """There is no such object, or the actor may not know of it."""

    code = "not_found"
    status = 404


class Conflict(DomainError):
    """Somebody else was first; the caller's picture is out of date."""

    code = "conflict"
    status = 409


class Unavailable(DomainError):
    """Something that is needed does not answer now; trying again later may help."""

    code = "unavailable"
    status = 503

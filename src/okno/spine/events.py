"""Event types: frozen dataclasses that describe themselves and know what of them is personal.

    @event_type("ticket.assigned")
    class TicketAssigned(EventType):
        old: int | None
        new: int | None

Payloads hold ids and small before/after values, never message bodies. A changed meaning gets a new `version`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any, ClassVar, TypeVar, cast, dataclass_transform
from uuid import UUID

_TYPES: dict[str, type[EventType]] = {}


@dataclass(frozen=True)
class EventType:
    """The base of what can happen."""

    name: ClassVar[str] = ""
    version: ClassVar[int] = 1
    is_internal: ClassVar[bool] = True
    """False only for what a requester may be told."""

    def payload(self) -> dict[str, Any]:
        """Return the JSON form that is stored."""
        return {key: _plain(value) for key, value in asdict(self).items()}

    def describe(self, names: Mapping[str, str]) -> str:
        """Say in words what happened, for the timeline.

        `names` gives labels of ids by `kind:id`, and under `actor` the `kind:id` of whoever did it.
        """
        return self.name

    def references(self) -> set[str]:
        """Return the `kind:id` keys whose labels `describe` wants."""
        return set()

    @classmethod
    def shred(cls, payload: dict[str, Any]) -> dict[str, Any]:
        """Return the payload without what names a person, for erasure."""
        return payload


_Type = TypeVar("_Type", bound=type[EventType])


@dataclass_transform(frozen_default=True)
def event_type(name: str, *, version: int = 1, is_internal: bool = True) -> Callable[[_Type], _Type]:
    """Register a frozen event class under its past-tense name."""

    def register(cls: _Type) -> _Type:
        made = dataclass(frozen=True, slots=False)(cls)
        made.name, made.version, made.is_internal = name, version, is_internal
        if name in _TYPES:
            raise RuntimeError(f"event type {name} is defined twice")
        _TYPES[name] = made
        return cast("_Type", made)

    return register


def typed(name: str, payload: Mapping[str, Any]) -> EventType | None:
    """Return the typed form of a stored event, or None for a type that this code does not know (any more)."""
    cls = _TYPES.get(name)
    if cls is None:
        return None
    known = {field.name for field in fields(cls)}
    return cls(**{key: value for key, value in payload.items() if key in known})


def known_types() -> Mapping[str, type[EventType]]:
    """Return every registered event type by name."""
    return _TYPES


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, tuple | set | frozenset):
        return [_plain(item) for item in value]
    return value

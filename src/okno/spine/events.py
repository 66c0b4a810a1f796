"""Event types: frozen dataclasses that describe themselves and know what of them is personal.

    @event_type("ticket.assigned")
    class TicketAssigned(EventType):
        old: int | None
        new: int | None

Payloads hold ids and small before/after values, never message bodies. A changed meaning gets a new `version`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime
from typing import Any, ClassVar, TypeVar, cast, dataclass_transform
from uuid import UUID

from okno.lib.errors import Words

_TYPES: dict[str, type[EventType]] = {}


@dataclass(frozen=True, slots=True)
class Change:
    """One value before and after, for the audit. References are names by now; what they are a value of is `what`."""

    what: str
    """Empty where the event's own words say it."""
    old: Any
    new: Any


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

    def changes(self, names: Mapping[str, str]) -> list[Change]:
        """Return what was before and what is after: `old` and `new`, as far as the event has them."""
        if not hasattr(self, "old") or not hasattr(self, "new"):
            return []
        named = {reference.partition(":")[2]: names.get(reference) for reference in self.references()}
        old, new = (named.get(str(value)) or value for value in (self.old, self.new))
        return [Change("", old, new)]

    @classmethod
    def shred(cls, payload: dict[str, Any]) -> dict[str, Any]:
        """Return the payload without what names a person, for erasure."""
        return payload


@dataclass(frozen=True)
class ValuesChanged(EventType):
    """The base of events that hold several values before and after, by key."""

    labels: ClassVar[Mapping[str, Words]] = {}
    """What the values are called where people read them."""
    refers: ClassVar[Mapping[str, str]] = {}
    """Of keys that hold ids (one, or a list of them), the kind of what they point to."""

    old: dict[str, Any] = field(default_factory=dict)
    new: dict[str, Any] = field(default_factory=dict)

    def references(self) -> set[str]:
        """Return what the values point to."""
        return {
            f"{kind}:{ref}"
            for key, kind in self.refers.items()
            for values in (self.old, self.new)
            for ref in _listed(values.get(key))
        }

    def changes(self, names: Mapping[str, str]) -> list[Change]:
        """Return every value that differs, with the names of what it points to."""
        return [
            Change(
                str(self.labels.get(key, key)),
                self._named(key, self.old.get(key), names),
                self._named(key, self.new.get(key), names),
            )
            for key in {**self.old, **self.new}
        ]

    def _named(self, key: str, value: Any, names: Mapping[str, str]) -> Any:
        kind = self.refers.get(key)
        if kind is None or value is None:
            return value
        return [names.get(f"{kind}:{ref}", str(ref)) for ref in _listed(value)]


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
    known = {part.name for part in fields(cls)}
    return cls(**{key: value for key, value in payload.items() if key in known})


def known_types() -> Mapping[str, type[EventType]]:
    """Return every registered event type by name."""
    return _TYPES


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, tuple | set | frozenset):
        return [_plain(item) for item in value]
    return value

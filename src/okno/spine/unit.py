"""The unit of work: a command, its events and all that must be true when they commit.

The outermost command opens it. `emit()` collects events; when the command's body is done, inline reactors run on them
(and on the events of the commands that they call) until nothing new happens; then events and the other collected rows
are written, once per table, and the transaction may commit. Nobody ever sees a half of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from uuid import UUID, uuid4

from django.db import models, transaction

from okno.spine import reactors
from okno.spine.actor import Actor
from okno.spine.events import EventType
from okno.spine.models import Event, Reaction
from okno.tenancy.scope import current_workspace_id

DEPTH_LIMIT = 12
EVENTS_LIMIT = 500

_P = ParamSpec("_P")
_R = TypeVar("_R")
_unit: ContextVar[Unit | None] = ContextVar("okno_unit", default=None)


class RunawayReactors(RuntimeError):
    """Reactors kept causing each other; the whole command is rolled back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """An event on its way to the table, as inline reactors get it."""

    uid: UUID
    root: UUID
    depth: int
    actor: Actor
    event: EventType
    subject: Any
    row: Event

    def consequence_of(self, actor: Actor) -> Actor:
        """Return `actor` acting because of this event; commands of reactors are called with it."""
        return actor.because_of(self.uid, self.root)


@dataclass(slots=True)
class Unit:
    """What one transaction has collected so far."""

    happened: list[Happened] = field(default_factory=list)
    rows: dict[type[models.Model], list[models.Model]] = field(default_factory=lambda: defaultdict(list))
    reacted: int = 0

    def add(self, *rows: models.Model) -> None:
        """Collect rows that nobody reads before the commit, to be inserted together."""
        for row in rows:
            self.rows[type(row)].append(row)

    def settle(self) -> None:
        """Run inline reactors until nothing new happens, then write everything that was collected."""
        while self.reacted < len(self.happened):
            happened = self.happened[self.reacted]
            self.reacted += 1
            if happened.depth > DEPTH_LIMIT or len(self.happened) > EVENTS_LIMIT:
                raise RunawayReactors(f"{happened.event.name} at depth {happened.depth}")
            reactors.run_inline(happened)
        self._flush()

    def _flush(self) -> None:
        events = Event.objects.bulk_create([happened.row for happened in self.happened])
        for model, rows in self.rows.items():
            model._default_manager.bulk_create(rows)
        reactions = [
            Reaction(reactor=name, event=event)
            for event in events
            for name in reactors.deferred_for(event.type)
        ]
        if reactions:
            Reaction.objects.bulk_create(reactions)


@contextmanager
def unit_of_work() -> Iterator[Unit]:
    """Join the open unit, or open one in a transaction of its own (a savepoint within an outer one)."""
    open_unit = _unit.get()
    if open_unit is not None:
        yield open_unit
        return
    current_workspace_id()
    with transaction.atomic():
        unit = Unit()
        token = _unit.set(unit)
        try:
            yield unit
            unit.settle()
        finally:
            _unit.reset(token)


def command(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Run a function as a command: inside a unit of work."""

    @wraps(function)
    def run(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        with unit_of_work():
            return function(*args, **kwargs)

    return run


def emit(
    actor: Actor,
    event: EventType,
    *,
    kind: str,
    subject: Any,
    now: Any,
    snapshot: dict[str, Any] | None = None,
) -> Happened:
    """Record that something happened to `subject` (a saved row, of the given kind) in the open unit of work."""
    unit = _unit.get()
    if unit is None:
        raise RuntimeError("emit() outside a command")
    uid = uuid4()
    root = actor.root or uid
    depth = 1 + next((earlier.depth for earlier in unit.happened if earlier.uid == actor.cause), 0)
    row = Event(
        uid=uid,
        root=root,
        cause=actor.cause,
        type=event.name,
        version=event.version,
        is_internal=event.is_internal,
        subject_kind=kind,
        subject_id=subject.pk,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name,
        token_id=actor.token_id,
        payload=event.payload(),
        snapshot=snapshot or {},
        created_at=now,
    )
    happened = Happened(uid=uid, root=root, depth=depth, actor=actor, event=event, subject=subject, row=row)
    unit.happened.append(happened)
    return happened


def collect(*rows: models.Model) -> None:
    """Add rows to the open unit of work; they are inserted once per table before it ends."""
    unit = _unit.get()
    if unit is None:
        raise RuntimeError("collect() outside a command")
    unit.add(*rows)

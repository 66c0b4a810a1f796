"""The unit of work: a command, its events and all that must be true when they commit.

The outermost command opens it. `emit()` collects events; when the command's body is done, inline reactors run on them
(and on the events of the commands that they call) until nothing new happens; then events and the other collected rows
are written, once per table, and the transaction may commit. Nobody ever sees a half of it.

Whoever calls many commands of one kind opens a unit for all of them with `unit_of_work(batch=…)`: then rows that
commands `insert()` are collected too, with ids taken beforehand, and what they `remember()` is looked up once.
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

from django.db import connection, models, transaction

from okno.spine import reactors
from okno.spine.actor import Actor
from okno.spine.events import EventType
from okno.spine.models import Event, Reaction
from okno.tenancy.models import Workspace
from okno.tenancy.scope import current_workspace_id

DEPTH_LIMIT = 12
EVENTS_LIMIT = 500

_P = ParamSpec("_P")
_R = TypeVar("_R")
_T = TypeVar("_T")
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
    batch: int = 1
    """How many commands of one kind are to be expected."""
    ids: dict[type[models.Model], list[int]] = field(default_factory=dict)
    remembered: dict[Any, Any] = field(default_factory=dict)

    def add(self, *rows: models.Model) -> None:
        """Collect rows that nobody reads before the commit, to be inserted together."""
        for row in rows:
            self.rows[type(row)].append(row)

    def next_id(self, model: type[models.Model]) -> int:
        """Return an id of a table's sequence, taken for the whole batch at once."""
        left = self.ids.setdefault(model, [])
        if not left:
            left.extend(reversed(_take_ids(model, self.batch)))
        return left.pop()

    def settle(self) -> None:
        """Run inline reactors until nothing new happens, then write everything that was collected."""
        # Reactors may look for what the commands have inserted.
        self.write()
        while self.reacted < len(self.happened):
            happened = self.happened[self.reacted]
            self.reacted += 1
            if happened.depth > DEPTH_LIMIT or len(self.happened) > EVENTS_LIMIT:
                raise RunawayReactors(f"{happened.event.name} at depth {happened.depth}")
            reactors.run_inline(happened, modules=_modules)
        self._flush()

    def write(self) -> None:
        """Insert the rows that were collected so far, once per table."""
        rows, self.rows = self.rows, defaultdict(list)
        for model, these in rows.items():
            model._default_manager.bulk_create(these)

    def _flush(self) -> None:
        events = Event.objects.bulk_create([happened.row for happened in self.happened])
        self.write()
        reactions = [
            Reaction(reactor=name, event=row)
            for row, happened in zip(events, self.happened, strict=True)
            for name in reactors.deferred_for(happened.event)
        ]
        if reactions:
            Reaction.objects.bulk_create(reactions)


@contextmanager
def unit_of_work(*, batch: int = 1) -> Iterator[Unit]:
    """Join the open unit, or open one in a transaction of its own (a savepoint within an outer one).

    `batch` is how many commands of one kind it will hold.
    """
    open_unit = _unit.get()
    if open_unit is not None:
        yield open_unit
        return
    current_workspace_id()
    with transaction.atomic():
        unit = Unit(batch=batch)
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


def insert(row: models.Model) -> None:
    """Insert a row: at once, or in a unit for many commands together with the others of its table.

    It has its id afterwards in both cases.
    """
    unit = _unit.get()
    if unit is None or unit.batch == 1:
        row.save(force_insert=True)
        return
    row.pk = unit.next_id(type(row))
    unit.add(row)


def is_written(row: models.Model) -> bool:
    """Tell whether a row is in its table; one that is not yet takes changes that nobody saves."""
    unit = _unit.get()
    return unit is None or unit.batch == 1 or row not in unit.rows.get(type(row), ())


def write_now() -> None:
    """Insert what was collected, for a command that must find it by asking the database."""
    unit = _unit.get()
    if unit is not None:
        unit.write()


def remember(key: Any, look_up: Callable[[], _T]) -> _T:
    """Return what `look_up` finds; in one unit of work it is called once for each key.

    Only for what no command of the unit changes: the workspace's configuration.
    """
    unit = _unit.get()
    if unit is None:
        return look_up()
    if key not in unit.remembered:
        unit.remembered[key] = look_up()
    found: _T = unit.remembered[key]
    return found


def take_many(key: Any, take: Callable[[int], list[_T]]) -> _T:
    """Return one of what `take(n)` gives; a unit for many commands takes as many at once as it will need."""
    unit = _unit.get()
    if unit is None:
        return take(1)[0]
    left: list[_T] = unit.remembered.setdefault(key, [])
    if not left:
        left.extend(reversed(take(unit.batch)))
    return left.pop()


def _modules() -> list[str]:
    def look_up() -> list[str]:
        found: list[str] = Workspace.objects.values_list("modules", flat=True).get(pk=current_workspace_id())
        return found

    return remember("modules", look_up)


def _take_ids(model: type[models.Model], how_many: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, how_many],
        )
        return [row[0] for row in cursor.fetchall()]

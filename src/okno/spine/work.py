"""The worker's side of the ledgers: which rows to claim, how to work on them, what to do when that fails."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import structlog
from django.db import DatabaseError, close_old_connections, connection

from okno.spine.ledger import LeasedRow
from okno.spine.models import Reaction, Receipt, Timer
from okno.spine.reactors import deferred_handler
from okno.tenancy.scope import scope

log = structlog.get_logger(__name__)

POLL_SECONDS = 0.25
DATABASE_PAUSE_SECONDS = 1.0
DEFAULT_BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (0.1, 1, 5, 15, 60, 240))

TimerHandler = Callable[[Timer], None]


class GiveUp(Exception):
    """Raised by a handler whose work can never succeed: the row is buried with these words."""


@dataclass(slots=True, kw_only=True)
class Ledger:
    """How the rows of one table are worked on.

    `handle(row)` is called outside any transaction; it opens `scope(row.workspace_id)` itself, and within it calls
    `row.finish()` in the same transaction as its effect. An exception means: again later, by `backoff`, then dead.

    Where many rows at once are cheaper, `together(rows)` gets those that are tried for the first time and returns
    those that it leaves to `handle`, one by one: whatever failed once is tried alone, so that it spoils nothing.
    """

    model: type[LeasedRow]
    handle: Callable[[Any], None]
    lease: timedelta = timedelta(seconds=60)
    batch: int = 20
    threads: int = 1
    backoff: Sequence[timedelta] = DEFAULT_BACKOFF
    buried: Callable[[Any, str], None] | None = None
    """Called with a row that has just ended as dead and why, in the scope and transaction of that end."""
    together: Callable[[list[Any]], list[Any]] | None = None
    apart: Callable[[Any], bool] | None = None
    """Takes a row that was tried before and is known to be slow beside the others; False if it is none."""
    aside: Callable[[], int] | None = None
    """Waits for the rows that `together` works on beside the others, because they are slow; returns how many."""
    gives_way: timedelta = timedelta(0)
    """How long its work waits while one that `goes_first` is busy: a flood is taken in before it is told of."""
    goes_first: bool = False
    nudge: threading.Event = field(default_factory=threading.Event)

    @property
    def name(self) -> str:
        """Return the table's name."""
        return self.model._meta.db_table


_ledgers: dict[str, Ledger] = {}
_timers: dict[str, TimerHandler] = {}
# Set while a ledger that goes first has work.
_hurry = threading.Event()


def register_ledger(ledger: Ledger) -> Ledger:
    """Make workers serve a ledger."""
    _ledgers[ledger.name] = ledger
    return ledger


def registered_ledgers() -> list[Ledger]:
    """Return all ledgers, in the order of registration."""
    return list(_ledgers.values())


def on_timer(kind: str) -> Callable[[TimerHandler], TimerHandler]:
    """Register the handler of a kind of timer; it is called in the workspace's scope and transaction."""

    def register(handler: TimerHandler) -> TimerHandler:
        _timers[kind] = handler
        return handler

    return register


def run_once(ledger: Ledger, *, stop: threading.Event | None = None) -> int:
    """Claim one batch of due rows and work on them; return how many were claimed."""
    by_workspace: dict[int, list[int]] = defaultdict(list)
    for workspace_id, row_id in ledger.model.due(ledger.batch):
        by_workspace[workspace_id].append(row_id)
    claimed = 0
    for workspace_id, ids in by_workspace.items():
        for portion in _portions(ledger, workspace_id, ids):
            if stop is not None and stop.is_set():
                return claimed
            with scope(workspace_id):
                rows = ledger.model.claim(portion, lease=ledger.lease)
            claimed += len(rows)
            for row in _left_of(ledger, rows):
                if stop is not None and stop.is_set():
                    with scope(workspace_id):
                        row.release()
                else:
                    work_on(ledger, row)
    return claimed


def _portions(ledger: Ledger, workspace_id: int, ids: list[int]) -> list[list[int]]:
    """Divide due rows into those that are claimed at once. What was tried before comes last, each by itself.

    Perhaps it killed the worker: if it does so again, that is no attempt on any other row. So what was tried most
    waits for what was tried less.
    """
    if ledger.together is None:
        return [ids]
    with scope(workspace_id):
        tried_before = ledger.model.objects.filter(id__in=ids, attempts__gt=0)
        tried = dict(tried_before.values_list("id", "attempts"))
    fresh = [row_id for row_id in ids if row_id not in tried]
    alone = sorted((row_id for row_id in ids if row_id in tried), key=tried.__getitem__)
    return [portion for portion in (fresh, *([row_id] for row_id in alone)) if portion]


def _left_of(ledger: Ledger, rows: list[Any]) -> list[Any]:
    """Let the ledger work on many rows together; return what is left for one by one."""
    fresh = [row for row in rows if row.attempts == 1]
    if ledger.together is None or len(fresh) < 2:
        return [*_not_apart(ledger, rows), *fresh]
    return [*_not_apart(ledger, rows), *ledger.together(fresh)]


def _not_apart(ledger: Ledger, rows: list[Any]) -> list[Any]:
    apart = ledger.apart
    return [row for row in rows if row.attempts > 1 and not (apart is not None and apart(row))]


def work_on(ledger: Ledger, row: LeasedRow) -> None:
    """Work on one claimed row; a failure is written on the row and never raised (the database's own excepted)."""
    try:
        ledger.handle(row)
    except DatabaseError:
        # Perhaps the database is restarting: the lease will run out, or the row says so itself below.
        if not _database_answers():
            raise
        log.exception("work_failed", ledger=ledger.name, row=row.pk, workspace=row.workspace_id)
        _failed(ledger, row, "database error")
    except GiveUp as reason:
        with scope(row.workspace_id):
            _bury(ledger, row, str(reason))
    except Exception as error:
        log.exception("work_failed", ledger=ledger.name, row=row.pk, workspace=row.workspace_id)
        _failed(ledger, row, f"{type(error).__name__}: {error}")


def serve(ledger: Ledger, stop: threading.Event) -> None:
    """Work on a ledger until `stop` is set: drain, then poll, and outlive restarts of the database."""
    while not stop.is_set():
        _give_way(ledger, stop)
        try:
            busy = run_once(ledger, stop=stop) > 0
        except DatabaseError as error:
            log.warning("database_away", ledger=ledger.name, error=type(error).__name__)
            connection.close()
            stop.wait(DATABASE_PAUSE_SECONDS)
            continue
        if ledger.goes_first:
            (_hurry.set if busy else _hurry.clear)()
        if not busy:
            close_old_connections()
            ledger.nudge.wait(POLL_SECONDS)
            ledger.nudge.clear()


def _give_way(ledger: Ledger, stop: threading.Event) -> None:
    until = time.monotonic() + ledger.gives_way.total_seconds()
    while _hurry.is_set() and not stop.is_set() and (left := until - time.monotonic()) > 0:
        stop.wait(min(left, POLL_SECONDS))


def drain(*models: type[LeasedRow], rounds: int = 50) -> int:
    """Work on everything that is due now, in this thread; for tests, the CLI and benchmarks. Returns how many rows."""
    wanted = [ledger for ledger in registered_ledgers() if not models or ledger.model in models]
    total = 0
    for _ in range(rounds):
        done = sum(run_once(ledger) for ledger in wanted)
        done += sum(ledger.aside() for ledger in wanted if ledger.aside is not None)
        total += done
        if not done:
            break
    return total


def _failed(ledger: Ledger, row: LeasedRow, words: str) -> None:
    with scope(row.workspace_id):
        if row.attempts > len(ledger.backoff):
            _bury(ledger, row, words)
        else:
            row.retry_in(ledger.backoff[row.attempts - 1], words)


def _bury(ledger: Ledger, row: LeasedRow, words: str) -> None:
    if row.bury(words) and ledger.buried is not None:
        ledger.buried(row, words)


def _database_answers() -> bool:
    try:
        connection.close_if_unusable_or_obsolete()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _handle_reaction(reaction: Reaction) -> None:
    handler = deferred_handler(reaction.reactor)
    if handler is None:
        raise GiveUp(f"no reactor {reaction.reactor} in this version")
    with scope(reaction.workspace_id):
        if not reaction.hold():
            return
        event = reaction.event
        _, is_first = Receipt.objects.get_or_create(reactor=reaction.reactor, event_uid=event.uid)
        if is_first:
            handler(event)
        reaction.finish()


def _handle_timer(timer: Timer) -> None:
    handler = _timers.get(timer.kind)
    if handler is None:
        raise GiveUp(f"no handler of timer {timer.kind} in this version")
    with scope(timer.workspace_id):
        if timer.hold():
            handler(timer)
            timer.finish()


REACTIONS = register_ledger(
    Ledger(model=Reaction, handle=_handle_reaction, batch=20, gives_way=timedelta(seconds=5))
)
TIMERS = register_ledger(Ledger(model=Timer, handle=_handle_timer, batch=50))

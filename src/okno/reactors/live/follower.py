"""Follows the events of all workspaces and passes them on to the open connections of this process.

One follower a process, only while somebody listens. It asks every 300 ms, by the system function that lists the
events visible since its cursor; the cursor is (transaction, id) below the snapshot's horizon, so a transaction that
commits late is never passed over. No NOTIFY: it would serialise commits (docs/adr/0003-live-updates-by-polling.md).
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from django.db import Error, connection

from okno.spine.models import Event
from okno.tenancy.scope import scope

log = structlog.get_logger(__name__)

POLL_SECONDS = 0.3
PAUSE_SECONDS = 1.0
BATCH = 1000


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """A place in the stream of all events."""

    xid: int
    id: int

    def __str__(self) -> str:
        return f"{self.xid}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> Cursor | None:
        """Return the cursor of a text, or None if it is none."""
        xid, separator, row_id = text.partition(":")
        if not (separator and xid.isdecimal() and row_id.isdecimal()) or len(text) > 40:
            return None
        cursor = cls(int(xid), int(row_id))
        return cursor if cursor.xid < 2**64 and cursor.id < 2**63 else None


@dataclass(frozen=True, slots=True)
class News:
    """An event as connections get it: ids and what decides who may know, no contents."""

    cursor: Cursor
    workspace_id: int
    type: str
    subject_kind: str
    subject_id: int
    snapshot: dict[str, object]


Listener = Callable[[list[News]], None]


def here() -> Cursor:
    """Return the cursor behind everything that is visible now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")
        return Cursor(int(cursor.fetchone()[0]) - 1, 2**62)


def news_after(
    after: Cursor, *, limit: int = BATCH, workspace_id: int | None = None
) -> tuple[list[News], Cursor]:
    """Return what happened after a cursor (of one workspace, if given) and the cursor behind it, in three queries."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT xid, id, workspace_id FROM okno_events_after(%s, %s, %s)",
            [str(after.xid), after.id, limit],
        )
        places = [(Cursor(int(xid), row_id), workspace) for xid, row_id, workspace in cursor.fetchall()]
    if not places:
        return [], after
    by_workspace: dict[int, dict[int, Cursor]] = defaultdict(dict)
    for place, workspace in places:
        if workspace_id is None or workspace == workspace_id:
            by_workspace[workspace][place.id] = place
    found = [news for workspace, known in by_workspace.items() for news in _read(workspace, known)]
    return sorted(found, key=lambda news: news.cursor), places[-1][0]


def _read(workspace_id: int, places: dict[int, Cursor]) -> list[News]:
    with scope(workspace_id):
        rows = Event.objects.filter(pk__in=places).values_list(
            "id", "type", "subject_kind", "subject_id", "snapshot"
        )
        return [
            News(places[row_id], workspace_id, name, kind, subject_id, snapshot)
            for row_id, name, kind, subject_id, snapshot in rows
        ]


class Follower:
    """The one thread of a process that asks for events while anybody listens."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: set[Listener] = set()
        self._thread: threading.Thread | None = None

    def listen(self, listener: Listener) -> None:
        """Call `listener` with all news from now on, from the follower's thread."""
        with self._lock:
            self._listeners.add(listener)
            if self._thread is None:
                self._thread = threading.Thread(target=self._follow, name="live-follower", daemon=True)
                self._thread.start()

    def leave(self, listener: Listener) -> None:
        """Stop calling a listener."""
        with self._lock:
            self._listeners.discard(listener)

    def _follow(self) -> None:
        try:
            self._ask_while_somebody_listens()
        finally:
            # Whatever ended the thread, the next listener gets a new one.
            with self._lock:
                if self._thread is threading.current_thread():
                    self._thread = None
            connection.close()

    def _ask_while_somebody_listens(self) -> None:
        cursor: Cursor | None = None
        pause = threading.Event()
        while True:
            with self._lock:
                listeners = list(self._listeners)
                if not listeners:
                    self._thread = None
                    return
            try:
                news, cursor = news_after(cursor or here())
            except Error as error:
                log.warning("live_database_away", error=type(error).__name__)
                connection.close()
                pause.wait(PAUSE_SECONDS)
                continue
            for listener in listeners if news else ():
                listener(news)
            connection.close()
            pause.wait(POLL_SECONDS)


FOLLOWER = Follower()

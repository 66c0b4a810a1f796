"""Housekeeping: what each workspace does once a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from okno.lib.clock import current_time
from okno.spine.models import Timer
from okno.spine.timers import set_timer
from okno.spine.work import on_timer
from okno.tenancy.commands import furnishes
from okno.tenancy.models import Workspace
from okno.tenancy.scope import scope

KEY = "nightly"
PERIOD = timedelta(days=1)

Chore = Callable[[datetime], object]
_kinds: list[str] = []


def nightly(kind: str) -> Callable[[Chore], Chore]:
    """Call a function with the time once a day, in the scope and transaction of each workspace.

    It is a timer of this kind that sets itself again; new workspaces are given it, older ones by `arm_chores`.
    """
    _kinds.append(kind)

    def register(chore: Chore) -> Chore:
        @furnishes()
        def arm(*, workspace: Workspace, now: datetime) -> None:
            set_timer(kind=kind, key=KEY, due_at=now + PERIOD)

        @on_timer(kind)
        def ring(_timer: Timer) -> None:
            now = current_time()
            chore(now)
            set_timer(kind=kind, key=KEY, due_at=now + PERIOD)

        return chore

    return register


def arm_chores(*, now: datetime) -> None:
    """Give every workspace the chores that it lacks: those of a version that is newer than the workspace."""
    for workspace in Workspace.objects.order_by("id"):
        with scope(workspace):
            Timer.objects.bulk_create(
                [Timer(kind=kind, key=KEY, due_at=now + PERIOD) for kind in _kinds], ignore_conflicts=True
            )

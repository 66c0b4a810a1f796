"""Stored answers are forgotten after a while: a timer of each workspace, which goes off again every night."""

from __future__ import annotations

from datetime import datetime, timedelta

from okno.api.idempotency import forget_old_answers
from okno.lib.clock import current_time
from okno.spine.models import Timer
from okno.spine.timers import set_timer
from okno.spine.work import on_timer
from okno.tenancy.commands import furnishes
from okno.tenancy.models import Workspace

TIMER = "api.forget_answers"
KEY = "nightly"
PERIOD = timedelta(days=1)


@furnishes
def arm_forgetting(*, workspace: Workspace, now: datetime) -> None:
    """Arm the timer of a new workspace."""
    set_timer(kind=TIMER, key=KEY, due_at=now + PERIOD)


@on_timer(TIMER)
def forget_answers(timer: Timer) -> None:
    """Forget what nobody will ask for again, and go off again tomorrow."""
    now = current_time()
    forget_old_answers(now=now)
    set_timer(kind=TIMER, key=KEY, due_at=now + PERIOD)

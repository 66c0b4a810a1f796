"""What nobody used is forgotten: a timer of each workspace, which goes off again every night."""

from __future__ import annotations

from datetime import datetime, timedelta

from okno.lib.clock import current_time
from okno.spine.models import Timer
from okno.spine.timers import set_timer
from okno.spine.work import on_timer
from okno.tenancy.commands import furnishes
from okno.tenancy.models import Workspace
from okno.tickets.commands.attachments import forget_unused_uploads

TIMER = "tickets.forget_uploads"
KEY = "nightly"
PERIOD = timedelta(days=1)


@furnishes
def arm_forgetting(*, workspace: Workspace, now: datetime) -> None:
    """Arm the timer of a new workspace."""
    set_timer(kind=TIMER, key=KEY, due_at=now + PERIOD)


@on_timer(TIMER)
def forget_uploads(timer: Timer) -> None:
    """Delete uploads that were never sent, and go off again tomorrow."""
    now = current_time()
    forget_unused_uploads(workspace_id=timer.workspace_id, now=now)
    set_timer(kind=TIMER, key=KEY, due_at=now + PERIOD)

"""What the worker does for people: merges that are too large for one transaction."""

from __future__ import annotations

from okno.lib.clock import current_time
from okno.people.commands.merge import TIMER, go_on_merging
from okno.spine.models import Timer
from okno.spine.work import on_timer


@on_timer(TIMER)
def merge(timer: Timer) -> None:
    """Go on with a merge, or with its undoing."""
    go_on_merging(merge_id=timer.payload["merge"], now=current_time())

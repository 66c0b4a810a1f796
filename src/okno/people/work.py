"""What the worker does for people: merges and imports, a part in each transaction."""

from __future__ import annotations

from okno.lib.clock import current_time
from okno.people.commands import imports
from okno.people.commands import merge as merges
from okno.people.commands.import_parts import go_on_importing
from okno.people.commands.merge import go_on_merging
from okno.spine.models import Timer
from okno.spine.work import on_timer


@on_timer(merges.TIMER)
def merge(timer: Timer) -> None:
    """Go on with a merge, or with its undoing."""
    go_on_merging(merge_id=timer.payload["merge"], now=current_time())


@on_timer(imports.TIMER)
def import_people(timer: Timer) -> None:
    """Go on with an import: its check, its rows, or its undoing."""
    go_on_importing(run_id=timer.payload["run"], now=current_time())

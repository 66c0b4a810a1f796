"""What nobody used is forgotten."""

from __future__ import annotations

from datetime import datetime

from okno.lib.clock import current_time
from okno.spine.models import Timer
from okno.spine.nightly import nightly
from okno.spine.work import on_timer
from okno.tenancy.scope import current_workspace_id
from okno.tickets.commands.attachments import FORGET_TIMER, forget_files, forget_unused_uploads


@nightly("tickets.forget_uploads")
def forget_uploads(now: datetime) -> None:
    """Delete uploads that were never sent."""
    forget_unused_uploads(workspace_id=current_workspace_id(), now=now)


@on_timer(FORGET_TIMER)
def forget_deleted(timer: Timer) -> None:
    """Delete the bytes of files whose rows were deleted."""
    forget_files(timer.payload["sha256"], workspace_id=timer.workspace_id, now=current_time())

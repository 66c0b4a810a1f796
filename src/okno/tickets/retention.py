"""What nobody used is forgotten."""

from __future__ import annotations

from datetime import datetime

from okno.spine.nightly import nightly
from okno.tenancy.scope import current_workspace_id
from okno.tickets.commands.attachments import forget_unused_uploads


@nightly("tickets.forget_uploads")
def forget_uploads(now: datetime) -> None:
    """Delete uploads that were never sent."""
    forget_unused_uploads(workspace_id=current_workspace_id(), now=now)

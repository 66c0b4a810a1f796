"""What exchanges have told of is forgotten."""

from __future__ import annotations

from datetime import datetime

from okno.modules.phone.commands.reports import forget_reports
from okno.spine.nightly import nightly


@nightly("phone.forget")
def forget(now: datetime) -> None:
    """Forget which calls were told of long ago."""
    forget_reports(now=now)

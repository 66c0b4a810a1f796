"""What nobody let in is forgotten, and so is who has sent how often."""

from __future__ import annotations

from datetime import datetime

from okno.modules.form.commands.deciding import forget_submissions
from okno.modules.form.guard.rates import forget_attempts
from okno.spine.nightly import nightly


@nightly("form.forget")
def forget(now: datetime) -> None:
    """Delete what has waited too long."""
    forget_submissions(now=now)
    forget_attempts(now=now)

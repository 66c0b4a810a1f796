"""Stored answers are forgotten after a while."""

from __future__ import annotations

from datetime import datetime

from okno.api.idempotency import forget_old_answers
from okno.spine.nightly import nightly


@nightly("api.forget_answers")
def forget_answers(now: datetime) -> None:
    """Forget the answers that nobody will ask for again."""
    forget_old_answers(now=now)

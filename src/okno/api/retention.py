"""Stored answers and unfinished files are forgotten after a while."""

from __future__ import annotations

from datetime import datetime

from okno.api.idempotency import forget_old_answers
from okno.api.uploads import forget_expired_uploads
from okno.spine.nightly import nightly


@nightly("api.forget_answers")
def forget_answers(now: datetime) -> None:
    """Forget the answers that nobody will ask for again."""
    forget_old_answers(now=now)


@nightly("api.forget_uploads")
def forget_uploads(now: datetime) -> None:
    """Forget the files whose pieces stopped coming."""
    forget_expired_uploads(now=now)

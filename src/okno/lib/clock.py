"""Where the time comes in: interfaces and workers read it here once and pass it on as `now`."""

from __future__ import annotations

from datetime import UTC, datetime


def current_time() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)

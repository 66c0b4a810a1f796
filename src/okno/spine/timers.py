"""Setting and taking back timers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from okno.spine.models import Timer


def set_timer(*, kind: str, key: str, due_at: datetime, payload: dict[str, Any] | None = None) -> None:
    """Make a timer of this kind and key go off at `due_at`; an existing one is moved and made due again."""
    Timer.objects.bulk_create(
        [Timer(kind=kind, key=key, due_at=due_at, payload=payload or {}, state=Timer.State.DUE)],
        update_conflicts=True,
        unique_fields=["workspace", "kind", "key"],
        update_fields=["due_at", "payload", "state", "attempts", "lease_until"],
    )


def clear_timer(*, kind: str, key: str) -> None:
    """Take a timer back; nothing happens if there is none or it has gone off."""
    Timer.objects.filter(kind=kind, key=key, state=Timer.State.DUE).update(state=Timer.State.CANCELLED)

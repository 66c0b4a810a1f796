"""Sessions as their lists show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from okno.accounts.devices import device_words, is_hand_held
from okno.accounts.models import User
from okno.accounts.sessions import sessions_of
from okno.tenancy.models import Workspace

SHOWN = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCell:
    """Where somebody is signed in, in words."""

    id: int
    device: str
    icon: str
    address: str
    created_at: datetime
    seen_at: datetime
    is_current: bool


def session_cells(
    user: User | None, workspace: Workspace, *, current: int | None = None
) -> list[SessionCell]:
    """Return where a user is signed in in a workspace, the last used first."""
    if user is None:
        return []
    return [
        SessionCell(
            id=session.pk,
            device=device_words(session.agent),
            icon="smartphone" if is_hand_held(session.agent) else "monitor",
            address=session.address,
            created_at=session.created_at,
            seen_at=session.seen_at,
            is_current=session.pk == current,
        )
        for session in sessions_of(user, workspace)[:SHOWN]
    ]

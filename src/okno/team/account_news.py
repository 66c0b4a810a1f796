"""What happens to accounts, written down for the members that they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from okno.accounts.happenings import hears_of_accounts
from okno.accounts.models import User
from okno.lib.clock import current_time
from okno.spine.events import EventType
from okno.spine.unit import emit, unit_of_work
from okno.team.events import FactorChanged, PasswordChanged, SignedIn
from okno.team.queries import actor_for, member_of

_EVENTS: dict[str, Callable[..., EventType]] = {
    "signed_in": lambda method, address: SignedIn(method=method, address=address),
    "password_changed": PasswordChanged,
    "password_set": PasswordChanged,
    "password_reset": PasswordChanged,
    "totp_activated": lambda: FactorChanged(factor="totp", change="added"),
    "totp_deactivated": lambda: FactorChanged(factor="totp", change="removed"),
    "webauthn_added": lambda: FactorChanged(factor="webauthn", change="added"),
    "webauthn_removed": lambda: FactorChanged(factor="webauthn", change="removed"),
    "recovery_codes_generated": lambda: FactorChanged(factor="recovery_codes", change="added"),
}


@hears_of_accounts
def write_down(user: User, what: str, **details: Any) -> None:
    """Emit the event of what happened, if the user works in the workspace where it did."""
    member = member_of(user)
    if member is None or what not in _EVENTS:
        return
    with unit_of_work():
        event = _EVENTS[what](**details)
        emit(actor_for(member), event, kind="member", subject=member, now=current_time())

"""What happens to an account, told to whoever writes it down: this layer knows no members and no audit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from okno.accounts.models import User

Listener = Callable[..., None]
_listeners: list[Listener] = []


def hears_of_accounts(listener: Listener) -> Listener:
    """Register what is called as `listener(user, what, **details)`, in the scope of the workspace where it happened."""
    _listeners.append(listener)
    return listener


def tell(user: User, what: str, **details: Any) -> None:
    """Tell that something happened to a user's account."""
    for listener in _listeners:
        listener(user, what, **details)

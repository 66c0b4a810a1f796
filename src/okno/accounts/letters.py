"""Letters about an account. Who carries them is registered from above: this layer knows no channel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A plain letter to exactly one person, never a part of a ticket's thread."""

    address: str
    name: str
    subject: str
    text: str
    opens_account: bool = False
    """It holds a secret that opens the account itself, and with it every workspace of that person."""


Carrier = Callable[[Letter], bool]
_carriers: list[Carrier] = []


def carries_letters(carrier: Carrier) -> Carrier:
    """Register what carries letters; called in a workspace's scope, it tells whether it has a way to send."""
    _carriers.append(carrier)
    return carrier


def send_letter(letter: Letter) -> bool:
    """Hand a letter to the first carrier that has a way; False if there is none."""
    return any(carrier(letter) for carrier in _carriers)

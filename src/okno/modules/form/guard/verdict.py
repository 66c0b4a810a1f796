"""Whether what was sent is a person's request, or has to be confirmed first. Nothing of it is ever thrown away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from okno.channels.email.senders import standing_of
from okno.modules.form.guard.proof import is_proof
from okno.modules.form.guard.rates import Rate
from okno.modules.form.guard.tokens import FormToken
from okno.modules.form.models import Submission

FASTEST = timedelta(seconds=3)
"""Nobody fills in a form faster."""
Reason = Submission.Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What tells a person from a program."""

    token: FormToken
    proof: str
    trap: str
    """What stands in the field that people do not see."""
    rate: Rate


def reason_to_hold(address: str, signs: Signs, *, now: datetime) -> Submission.Reason | None:
    """Return why a request is not let in at once, None if it is."""
    standing = standing_of(address)
    if standing.blocked_by:
        return Reason.BLOCKED
    if signs.trap.strip():
        return Reason.TRAP
    if now - signs.token.issued_at < FASTEST:
        return Reason.HASTE
    if not is_proof(signs.token.key, signs.proof, bits=signs.token.bits):
        return Reason.NO_PROOF
    if signs.rate.is_much and not standing.is_trusted:
        return Reason.RATE
    return None

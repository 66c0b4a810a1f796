"""What agents decide about held mail."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from okno.lib.errors import Invalid
from okno.reactors.intake.again import make_due
from okno.spine.actor import Actor
from okno.spine.unit import command
from okno.tickets.commands.receive import decide_held
from okno.tickets.models import HeldMessage


@command
def settle_held(*, actor: Actor, ticket_id: int, held_id: int, decision: str, now: datetime) -> HeldMessage:
    """Decide on a held mail (`accepted`, `new_ticket`, `spam`); the worker carries it out at once.

    Raises NotFound, Denied, Invalid, Conflict.
    """
    if decision not in HeldMessage.Decision.values:
        raise Invalid(_("There is no such decision."), fields={"decision": [_("Unknown decision.")]})
    held = decide_held(actor=actor, ticket_id=ticket_id, held_id=held_id, decision=decision, now=now)
    make_due([held.raw_id])
    return held

"""What agents decide about mail: on held ones, and to try quarantined ones again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from okno.channels.email.models import RawMail
from okno.lib.errors import Denied, Invalid
from okno.spine.actor import Actor
from okno.spine.unit import command
from okno.team.policy import can_manage_settings
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
    _again([held.raw_id])
    return held


@command
def read_again(*, actor: Actor, raw_ids: Sequence[int]) -> int:
    """Let the worker read quarantined mails again; returns how many. Raises Denied."""
    if not can_manage_settings(actor):
        raise Denied(_("You may not manage mail."))
    quarantined = RawMail.objects.filter(pk__in=raw_ids, outcome=RawMail.Outcome.QUARANTINED)
    return _again(list(quarantined.values_list("pk", flat=True)))


def _again(raw_ids: Sequence[int]) -> int:
    return (
        RawMail.objects.filter(pk__in=raw_ids)
        .exclude(state=RawMail.State.DUE)
        .update(
            state=RawMail.State.DUE,
            outcome=RawMail.Outcome.PENDING,
            attempts=0,
            due_at=Now(),
            lease_until=None,
            finished_at=None,
        )
    )

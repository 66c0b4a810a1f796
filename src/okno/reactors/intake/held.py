"""What agents decide about held mail."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from okno.channels.email.models import RawMail
from okno.lib.errors import Invalid
from okno.people.commands import add_mail_address
from okno.reactors.intake.again import make_due
from okno.spine.actor import Actor
from okno.spine.unit import command
from okno.tickets.commands.receive import decide_held, undecide_held
from okno.tickets.commands.spam import unmark_spam
from okno.tickets.models import HeldMessage

Decision = HeldMessage.Decision


@command
def settle_held(
    *, actor: Actor, held_id: int, decision: str, is_requester: bool = False, now: datetime
) -> HeldMessage:
    """Decide on a held mail (`accepted`, `new_ticket`, `spam`); the worker carries it out at once.

    With `is_requester` the address becomes another one of the ticket's requester, whose words these then are.
    Raises NotFound, Denied, Invalid, Conflict.
    """
    if decision not in Decision.values:
        raise Invalid(_("There is no such decision."), fields={"decision": [_("Unknown decision.")]})
    held = decide_held(actor=actor, held_id=held_id, decision=decision, now=now)
    if held.ticket is not None and held.decision == Decision.ACCEPTED:
        unmark_spam(actor=actor, ticket_id=held.ticket.pk, now=now)
        if is_requester and held.ticket.requester is not None:
            add_mail_address(actor=actor, contact=held.ticket.requester, address=held.from_address, now=now)
    # A repeated decision must not carry out again what has been done.
    still_held = RawMail.objects.filter(pk=held.raw_id, outcome=RawMail.Outcome.HELD)
    make_due(list(still_held.values_list("pk", flat=True)))
    return held


@command
def take_back(*, actor: Actor, held_id: int, now: datetime) -> HeldMessage:
    """Hold a mail again that an agent has just called spam. Raises NotFound, Denied, Conflict."""
    held = undecide_held(actor=actor, held_id=held_id, now=now)
    RawMail.objects.filter(pk=held.raw_id).update(
        state=RawMail.State.DONE, outcome=RawMail.Outcome.HELD, reason=held.reason, lease_until=None
    )
    return held

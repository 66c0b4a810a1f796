"""The panel beside a ticket that came by phone: to go on with its call, or how long that was."""

from __future__ import annotations

from typing import Any

from okno.modules.phone.durations import shown_duration
from okno.modules.phone.models import PhoneCall
from okno.spine.actor import Actor
from okno.tickets import policy
from okno.tickets.models import Ticket
from okno.tickets.models.ticket import Channel


def context(actor: Actor, ticket: Ticket) -> dict[str, Any] | None:
    """Return the call of a ticket; None, and no query, for what came otherwise."""
    if ticket.channel != Channel.PHONE:
        return None
    call = PhoneCall.objects.select_related("started_by").filter(ticket=ticket).first()
    if call is None:
        return None
    return {
        "call": call,
        "number": ticket.number,
        "is_draft": ticket.is_draft,
        "may_go_on": ticket.is_draft and policy.can_change(actor, ticket),
        "duration": shown_duration(call.duration) if call.duration is not None else "",
    }

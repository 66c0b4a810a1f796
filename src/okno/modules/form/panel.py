"""The panel beside a ticket that came by a form: which one, and what its sender agreed to."""

from __future__ import annotations

from typing import Any

from okno.modules.form.models import GivenConsent
from okno.tickets.models import Ticket
from okno.tickets.models.ticket import Channel


def context(ticket: Ticket) -> dict[str, Any] | None:
    """Return the consent that was given with a ticket; None, and no query, for what came otherwise."""
    if ticket.channel != Channel.FORM:
        return None
    given = GivenConsent.objects.select_related("text__form").filter(ticket=ticket).first()
    return {"given": given} if given is not None else None

"""Tickets of mail that lay in a mailbox before it was connected: no machine writes about them to anybody."""

from __future__ import annotations

from okno.tickets.models import Direction, Message, Ticket


def is_only_imported(ticket: Ticket) -> bool:
    """Tell whether all of a ticket is old mail: nothing came since its mailbox was connected, and nobody answered."""
    if ticket.first_response_at is not None:
        return False
    incoming = Message.objects.filter(ticket=ticket, direction=Direction.IN).order_by("-id")
    return incoming.values_list("raw__is_import", flat=True).first() is True

"""What follows from calls."""

from __future__ import annotations

from okno.modules.phone.events import CallFinished
from okno.reactors.delivery.receipts import confirm_receipt
from okno.spine.events import EventType
from okno.spine.models import Event
from okno.spine.reactors import deferred_reactor
from okno.tickets.models import Ticket


def _wants_receipt(event: EventType) -> bool:
    return isinstance(event, CallFinished) and event.wants_receipt


@deferred_reactor("phone.receipt", CallFinished, when=_wants_receipt)
def receipt(event: Event) -> None:
    """Tell whoever called the number of his ticket, if he has a mail address."""
    ticket = Ticket.objects.filter(pk=event.subject_id, spam_at__isnull=True).first()
    if ticket is not None:
        confirm_receipt(ticket, now=event.created_at)

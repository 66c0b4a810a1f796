"""What the module does when something happens."""

from __future__ import annotations

from okno.spine.reactors import inline_reactor
from okno.spine.unit import Happened
from okno.tickets.events import TicketCreated

SEEN: list[int] = []


@inline_reactor(TicketCreated, order=900, module="stickers")
def note(happened: Happened) -> None:
    """Remember the number of a new ticket."""
    SEEN.append(happened.subject.number)

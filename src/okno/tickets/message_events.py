"""What happens to the messages of a ticket: what came, what left, what is held, what is asked outside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from okno.spine.events import Change, EventType, event_type
from okno.tickets.models import Delivery


@event_type("ticket.message_added", is_internal=False)
class MessageAdded(EventType):
    """A public message came in or was written."""

    message: int
    direction: str
    channel: str
    is_first: bool = False
    is_automatic: bool = False

    def describe(self, names: Mapping[str, str]) -> str:
        return _("wrote a message")


@event_type("ticket.note_added")
class NoteAdded(EventType):
    """An internal note was written."""

    message: int
    channel: str = "console"

    def describe(self, names: Mapping[str, str]) -> str:
        return _("wrote an internal note")


@event_type("ticket.side_written")
class SideWritten(EventType):
    """Something was written to people outside."""

    message: int
    side_thread: int

    def describe(self, names: Mapping[str, str]) -> str:
        return _("asked somebody outside")


@event_type("ticket.side_answered")
class SideAnswered(EventType):
    """Somebody outside answered."""

    message: int
    side_thread: int

    def describe(self, names: Mapping[str, str]) -> str:
        return _("got an answer from outside")


@event_type("ticket.side_closed")
class SideClosed(EventType):
    """A talk with people outside was ended."""

    side_thread: int

    def describe(self, names: Mapping[str, str]) -> str:
        return _("ended a talk with people outside")


@event_type("ticket.message_cancelled")
class MessageCancelled(EventType):
    """A reply was taken back before it left."""

    message: int

    def describe(self, names: Mapping[str, str]) -> str:
        return _("took a reply back before it left")


@event_type("ticket.delivery_changed")
class DeliveryChanged(EventType):
    """The fate of an outgoing message for one recipient became known."""

    message: int
    delivery: int
    address_ref: int | None
    old: str
    new: str

    def describe(self, names: Mapping[str, str]) -> str:
        return _("a message could not be delivered") if self.new == "failed" else _("a message was sent")

    def changes(self, names: Mapping[str, str]) -> list[Change]:
        return [Change("", *(_delivery_state(state) for state in (self.old, self.new)))]


@event_type("ticket.message_resent")
class MessageResent(EventType):
    """A message was sent again to a recipient who had not got it, perhaps at another address."""

    message: int
    delivery: int
    address: str

    def describe(self, names: Mapping[str, str]) -> str:
        return _("sent a message again, to %(address)s") % {"address": self.address}

    @classmethod
    def shred(cls, payload: dict[str, Any]) -> dict[str, Any]:
        return {**payload, "address": ""}


@event_type("ticket.message_held")
class MessageHeld(EventType):
    """A mail for this ticket is held until an agent decides."""

    held: int
    reason: str

    def describe(self, names: Mapping[str, str]) -> str:
        return _("held a mail from an unproven sender")


@event_type("ticket.held_decided")
class HeldDecided(EventType):
    """An agent decided on a held mail."""

    held: int
    decision: str

    def describe(self, names: Mapping[str, str]) -> str:
        words = {
            "accepted": _("accepted the held mail"),
            "new_ticket": _("made a new ticket of the held mail"),
            "spam": _("marked the held mail as spam"),
            "": _("put the held mail back for a decision"),
        }
        return words.get(self.decision, self.decision)


def _delivery_state(state: str) -> str:
    return str(Delivery.State(state).label) if state in Delivery.State.values else state

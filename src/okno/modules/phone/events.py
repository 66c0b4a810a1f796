"""What happens with calls."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from okno.modules.phone.durations import shown_duration
from okno.spine.events import EventType, event_type


@event_type("call.started")
class CallStarted(EventType):
    """Somebody began to write a call down, or an exchange told of one."""

    direction: str
    is_missed: bool = False

    def describe(self, names: Mapping[str, str]) -> str:
        """Say it in words."""
        return _("told of a missed call") if self.is_missed else _("began to write a call down")


@event_type("call.finished")
class CallFinished(EventType):
    """A call was written down; its ticket is real from now on."""

    duration: int | None
    """In seconds, if it is known."""
    is_solved: bool
    wants_receipt: bool
    """The requester is to be told by mail that his request is here."""

    def describe(self, names: Mapping[str, str]) -> str:
        """Say it in words."""
        if self.duration is None:
            return _("finished the call")
        return _("finished the call (%(duration)s)") % {"duration": shown_duration(self.duration)}

"""What happens to requests that were not let in at once."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from okno.spine.events import EventType, event_type


@event_type("form.request_held")
class RequestHeld(EventType):
    """A request by a form waits for its sender to press a link, or for somebody to let it in."""

    reason: str

    def describe(self, names: Mapping[str, str]) -> str:
        """Say it in words."""
        return _("held a request of the form")


@event_type("form.request_let_in")
class RequestLetIn(EventType):
    """A request that was held became a ticket: its sender pressed the link, or a member let it in."""

    ticket: int

    def describe(self, names: Mapping[str, str]) -> str:
        """Say it in words."""
        return _("let a request of the form in")


@event_type("form.request_refused")
class RequestRefused(EventType):
    """A member called a held request spam."""

    def describe(self, names: Mapping[str, str]) -> str:
        """Say it in words."""
        return _("called a request of the form spam")

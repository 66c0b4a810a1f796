"""The tickets app."""

from django.apps import AppConfig


class TicketsConfig(AppConfig):
    name = "okno.tickets"
    label = "tickets"

    def ready(self) -> None:
        """Register what new workspaces need, the event types, the fields and the timers."""
        # Models must be loaded first.
        from okno.tickets import events, fields, furnish, handover, parting, retention  # noqa: F401, PLC0415

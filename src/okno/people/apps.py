"""The people app."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "okno.people"
    label = "people"

    def ready(self) -> None:
        """Register the event types and the timers."""
        # Models must be loaded first.
        from okno.people import events, work  # noqa: F401, PLC0415

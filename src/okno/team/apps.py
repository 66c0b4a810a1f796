"""The team app."""

from django.apps import AppConfig


class TeamConfig(AppConfig):
    name = "okno.team"
    label = "team"

    def ready(self) -> None:
        """Register what new workspaces need, the event types, and the letters of forgotten passwords."""
        from okno.team import events, furnish, resets  # noqa: F401, PLC0415 (models must be loaded first)

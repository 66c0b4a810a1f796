"""The team app."""

from django.apps import AppConfig


class TeamConfig(AppConfig):
    name = "okno.team"
    label = "team"

    def ready(self) -> None:
        """Register what new workspaces need, the event types, letters, and what is told of accounts."""
        # The models must be loaded first.
        from okno.team import account_news, events, furnish, resets  # noqa: F401, PLC0415
        from okno.team.commands import factors  # noqa: F401, PLC0415

"""The team app."""

from django.apps import AppConfig


class TeamConfig(AppConfig):
    name = "okno.team"
    label = "team"

    def ready(self) -> None:
        """Let new workspaces have a desk and a team."""
        from okno.team import furnish  # noqa: F401, PLC0415 (models must be loaded first)

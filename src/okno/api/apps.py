"""The API app."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "okno.api"
    label = "api"

    def ready(self) -> None:
        """Let old answers be forgotten."""
        from okno.api import retention  # noqa: F401, PLC0415 (models must be loaded first)

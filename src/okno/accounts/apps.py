"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "okno.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Register the nightly chore."""
        from okno.accounts import sessions  # noqa: F401, PLC0415 (models must be loaded first)

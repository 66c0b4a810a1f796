"""The webhooks app: registers its reactors, its ledger and its chore when Django is ready."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "okno.reactors.webhooks"
    label = "webhooks"

    def ready(self) -> None:
        """Import what registers itself."""
        from okno.reactors.webhooks import (  # noqa: F401, PLC0415 (models must be loaded first)
            housekeeping,
            recording,
            sending,
            telling,
        )

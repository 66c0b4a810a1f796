"""The e-mail channel's app."""

from importlib import import_module

from django.apps import AppConfig


class EmailConfig(AppConfig):
    """Register the outgoing ledger when Django is ready."""

    name = "okno.channels.email"
    label = "email"

    def ready(self) -> None:
        """Import what registers itself."""
        # Not at the top: models must be loaded first.
        import_module("okno.channels.email.sender")
        import_module("okno.channels.email.letters")
        import_module("okno.channels.email.first_connection")
        import_module("okno.channels.email.consent_upkeep")
        import_module("okno.channels.email.sending_domain")

"""Django's handle of the console."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """The agents' interface; it has no rows of its own."""

    name = "okno.console"
    label = "console"

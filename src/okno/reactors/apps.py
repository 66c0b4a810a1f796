"""The reactors' app: registers them when Django is ready."""

from django.apps import AppConfig


class ReactorsConfig(AppConfig):
    name = "okno.reactors"
    label = "reactors"

    def ready(self) -> None:
        """Import what registers itself as a reactor, a timer's handler or a ledger's worker."""
        from okno.reactors import tagging  # noqa: F401, PLC0415
        from okno.reactors.delivery import halting, side  # noqa: F401, PLC0415 (models must be loaded first)
        from okno.reactors.delivery import reactor as delivery  # noqa: F401, PLC0415 (models must be loaded first)
        from okno.reactors.intake import emptying, pipeline  # noqa: F401, PLC0415
        from okno.reactors.notify import mailboxes, reactor  # noqa: F401, PLC0415

"""The app of the sample data: registers its ledger when Django is ready."""

from django.apps import AppConfig


class SamplesConfig(AppConfig):
    name = "okno.reactors.samples"
    label = "samples"

    def ready(self) -> None:
        """Import what registers itself."""
        from okno.reactors.samples import work  # noqa: F401, PLC0415 (models must be loaded first)

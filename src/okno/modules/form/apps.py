"""The manifest of the module."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from okno.tenancy.modules import ModuleManifest, Preset


class FormConfig(AppConfig):
    """The web form: requests from any site, without an account."""

    name = "okno.modules.form"
    label = "form"
    manifest = ModuleManifest(
        name="form",
        label=_("Web form"),
        purpose=_("Requests from a page of yours or of any site, without an account."),
        icon="panel-top",
        preset=Preset.HELP_DESK,
    )

"""The manifest of the module."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from okno.tenancy.modules import ModuleManifest, Preset


class PhoneConfig(AppConfig):
    """The phone log: calls become tickets while they are spoken."""

    name = "okno.modules.phone"
    label = "phone"
    manifest = ModuleManifest(
        name="phone",
        label=_("Phone"),
        purpose=_("Calls become tickets while they are spoken; a missed one leaves a draft."),
        icon="phone",
        preset=Preset.HELP_DESK,
    )

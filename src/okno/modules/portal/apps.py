"""The manifest of the module."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from okno.tenancy.modules import ModuleManifest, Preset


class PortalConfig(AppConfig):
    """The requesters' portal: sign-in by a link in a mail, own requests, new ones."""

    name = "okno.modules.portal"
    label = "requester_portal"
    manifest = ModuleManifest(
        name="portal",
        label=_("Portal"),
        purpose=_("Clients see their requests and how each was solved, and ask new ones."),
        icon="users",
        preset=Preset.HELP_DESK,
    )

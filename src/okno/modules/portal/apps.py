"""The manifest of the module."""

from __future__ import annotations

from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from okno.tenancy.modules import ModuleManifest, Preset, SettingsPage

if TYPE_CHECKING:
    from okno.tenancy.models import Workspace


def _prepare(*, workspace: Workspace, now: datetime) -> None:
    import_module("okno.modules.portal.setup").prepare_portal()


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
        prepare=_prepare,
        settings_page=SettingsPage(
            label=_("Portal"), icon="users", url_name="my:setup", permission="settings:write"
        ),
        urls="okno.modules.portal.urls",
        url_prefixes=("/my/", "/settings/portal/"),
    )

    def ready(self) -> None:
        """Register versions, letters and the nightly work."""
        import_module("okno.modules.portal.setup")
        import_module("okno.modules.portal.entrance.letters")
        import_module("okno.modules.portal.retention")

"""The manifest of the module."""

from __future__ import annotations

from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from okno.tenancy.modules import MenuEntry, ModuleManifest, Preset, SettingsPage, SidePanel

if TYPE_CHECKING:
    from okno.spine.actor import Actor
    from okno.tenancy.models import Workspace


def _prepare(*, workspace: Workspace, now: datetime) -> None:
    import_module("okno.modules.form.commands.config").prepare_forms(workspace=workspace, now=now)


def _panel(*, actor: Actor, ticket: Any) -> dict[str, Any] | None:
    context: dict[str, Any] | None = import_module("okno.modules.form.panel").context(ticket)
    return context


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
        prepare=_prepare,
        menu_entry=MenuEntry(
            label=_("Held forms"), icon="panel-top", url_name="form:waiting", permission="tickets:read"
        ),
        settings_page=SettingsPage(
            label=_("Web forms"), icon="panel-top", url_name="form:list", permission="settings:write"
        ),
        side_panel=SidePanel(title=_("Web form"), template="form/panel.html", context=_panel),
        urls="okno.modules.form.urls",
        url_prefixes=("/f/", "/forms/", "/settings/forms/"),
    )

    def ready(self) -> None:
        """Register versions, events and the nightly work."""
        import_module("okno.modules.form.commands.config")
        import_module("okno.modules.form.events")
        import_module("okno.modules.form.retention")

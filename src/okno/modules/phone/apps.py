"""The manifest of the module."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from okno.tenancy.modules import MenuEntry, ModuleManifest, Preset, SidePanel

if TYPE_CHECKING:
    from okno.spine.actor import Actor


def _panel(*, actor: Actor, ticket: Any) -> dict[str, Any] | None:
    context: dict[str, Any] | None = import_module("okno.modules.phone.panel").context(actor, ticket)
    return context


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
        menu_entry=MenuEntry(
            label=_("Calls"), icon="phone", url_name="phone:call", permission="tickets:write"
        ),
        side_panel=SidePanel(title=_("Phone call"), template="phone/panel.html", context=_panel),
        api_router=("/calls", "okno.modules.phone.api.router"),
        urls="okno.modules.phone.urls",
        url_prefixes=("/phone/", "/api/v1/calls"),
    )

    def ready(self) -> None:
        """Register the events, what follows from them and the nightly work."""
        import_module("okno.modules.phone.events")
        import_module("okno.modules.phone.reactors")
        import_module("okno.modules.phone.retention")

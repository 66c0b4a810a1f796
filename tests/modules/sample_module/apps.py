"""The app of the sample module."""

from __future__ import annotations

from django.apps import AppConfig

from okno.conditions.fields import Column, Field
from okno.conditions.kinds import Text
from okno.tenancy.modules import MenuEntry, ModuleManifest, SettingsPage, SidePanel
from tests.modules.sample_module import panel

NAME = "stickers"
READ = "stickers:read"
WRITE = "stickers:write"


class SampleConfig(AppConfig):
    """Stickers."""

    name = "tests.modules.sample_module"
    label = "sample_module"
    manifest = ModuleManifest(
        name=NAME,
        label="Stickers",
        menu_entry=MenuEntry(label="Stickers album", icon="tag", url_name="stickers", permission=READ),
        side_panel=SidePanel(
            title="Stickers of the ticket", template="sample_module/panel.html", context=panel.context
        ),
        settings_page=SettingsPage(
            label="Sticker settings", icon="tag", url_name="sticker_settings", permission=WRITE
        ),
        fields=[
            Field(
                name="sticker",
                label="Sticker",
                kind=Text(),
                source=Column("device", nullable=False),
                words={"en": ("sticker",), "ru": ("наклейка",)},
            )
        ],
        permissions={
            READ: frozenset({"administrator", "agent"}),
            WRITE: frozenset({"administrator"}),
        },
        api_router=("/stickers", "tests.modules.sample_module.api.router"),
        urls="tests.modules.sample_module.urls",
        url_prefixes=("/stickers/", "/settings/stickers/", "/api/v1/stickers"),
    )

    def ready(self) -> None:
        """Register the reactors."""
        from tests.modules.sample_module import reactors  # noqa: F401

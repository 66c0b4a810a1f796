"""Modules: parts that are switched on per workspace and that the core does not know by name.

A module is an installed app whose config carries `manifest`. Interfaces ask `enabled_manifests(workspace)` and find
there everything that a module may add: one menu entry, one side panel, one settings page, fields, permissions,
reactors and an API router. What is off leaves no trace.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from okno.lib.errors import Invalid, Words

if TYPE_CHECKING:  # A module's app config makes its manifest before any model can be imported.
    from okno.tenancy.models import Workspace


class Preset(StrEnum):
    """A set of modules to begin with; each has all of the one before it."""

    HELP_DESK = "help_desk"
    GROWTH = "growth"
    SERVICE_DESK = "service_desk"

    @property
    def label(self) -> Words:
        """Return its name."""
        return _PRESET_WORDS[self][0]

    @property
    def purpose(self) -> Words:
        """Return one sentence that says whom it is for."""
        return _PRESET_WORDS[self][1]


_PRESET_WORDS: dict[Preset, tuple[Words, Words]] = {
    Preset.HELP_DESK: (
        _("Help desk"),
        _(
            "Questions and requests come in by every door and are answered. Enough for most, and to begin with."
        ),
    ),
    Preset.GROWTH: (
        _("Growth"),
        _("Several departments with services, approvals and things that are looked after."),
    ),
    Preset.SERVICE_DESK: (
        _("Service desk"),
        _("Agreements, processes and changes, with people on call."),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuEntry:
    """A line of the agent's menu."""

    label: Words
    icon: str
    url_name: str
    permission: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SidePanel:
    """A panel beside a ticket: a template and the function that makes its context from (actor, ticket).

    Without a context, None, a ticket has no such panel.
    """

    title: Words
    template: str
    context: Callable[..., dict[str, Any] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsPage:
    """A page among the workspace's settings."""

    label: Words
    icon: str
    url_name: str
    permission: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleManifest:
    """What a module brings. At most one of each visible thing: a module moves and renames nothing."""

    name: str
    label: Words
    purpose: Words = ""
    """One sentence for whoever decides whether to switch it on."""
    icon: str = "sliders-horizontal"
    preset: Preset | None = None
    """The smallest preset that has it."""
    prepare: Callable[..., None] | None = None
    """Called as `prepare(workspace=…, now=…)` in its scope whenever it is switched on; makes what is missing."""
    menu_entry: MenuEntry | None = None
    side_panel: SidePanel | None = None
    settings_page: SettingsPage | None = None
    fields: Sequence[Any] = ()
    permissions: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Its own permissions, each with the roles that hold it."""
    api_router: tuple[str, Any] | None = None
    """The path below `/api/v1/` and the router that serves it."""
    urls: str = ""
    """The URLconf of its pages, included at the root."""
    url_prefixes: Sequence[str] = ()
    """Paths (console and API) that exist only while the module is on."""


def all_manifests() -> dict[str, ModuleManifest]:
    """Return the manifests of the installed modules by name."""
    found = (getattr(config, "manifest", None) for config in apps.get_app_configs())
    return {manifest.name: manifest for manifest in found if isinstance(manifest, ModuleManifest)}


def enabled_manifests(workspace: Workspace) -> list[ModuleManifest]:
    """Return the manifests of the modules that are on in a workspace, in a fixed order."""
    installed = all_manifests()
    return [installed[name] for name in sorted(installed) if name in workspace.modules]


def hidden_prefixes(workspace: Workspace | None) -> frozenset[str]:
    """Return the paths of all modules that are off in a workspace."""
    on = workspace.modules if workspace is not None else ()
    off = (manifest for name, manifest in all_manifests().items() if name not in on)
    return frozenset(prefix.rstrip("/") for manifest in off for prefix in manifest.url_prefixes)


def is_hidden(path: str, hidden: frozenset[str]) -> bool:
    """Tell whether a path lies below one of the hidden ones."""
    return any(path == prefix or path.startswith(f"{prefix}/") for prefix in hidden)


def is_on(workspace: Workspace, name: str) -> bool:
    """Tell whether a module is installed and on."""
    return name in workspace.modules and name in all_manifests()


def set_modules(workspace: Workspace, names: Iterable[str], *, now: datetime) -> None:
    """Say which modules are on, live; those that were off are prepared. Raises Invalid for an unknown one."""
    installed = all_manifests()
    wanted = sorted(set(names))
    if any(name not in installed for name in wanted):
        raise Invalid(_("There is no such module."), fields={"name": [_("There is no such module.")]})
    fresh = [installed[name] for name in wanted if name not in workspace.modules]
    workspace.modules = wanted
    workspace.save(update_fields=["modules"])
    for manifest in fresh:
        if manifest.prepare is not None:
            manifest.prepare(workspace=workspace, now=now)


def modules_of(preset: Preset) -> frozenset[str]:
    """Return the installed modules that a preset has on."""
    order = list(Preset)
    within = order[: order.index(preset) + 1]
    return frozenset(name for name, manifest in all_manifests().items() if manifest.preset in within)


def offered_presets() -> list[Preset]:
    """Return the presets that differ in what is installed, from the smallest."""
    offered: list[Preset] = []
    for preset in Preset:
        if not offered or modules_of(preset) != modules_of(offered[-1]):
            offered.append(preset)
    return offered

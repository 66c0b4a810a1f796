"""Modules: parts that are switched on per workspace and that the core does not know by name.

A module is an installed app whose config carries `manifest`. Interfaces ask `enabled_manifests(workspace)` and find
there everything that a module may add: one menu entry, one side panel, one settings page, fields, permissions,
reactors and an API router. What is off leaves no trace.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.apps import apps

from okno.lib.errors import Invalid, Words

if TYPE_CHECKING:  # A module's app config makes its manifest before any model can be imported.
    from okno.tenancy.models import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuEntry:
    """A line of the agent's menu."""

    label: Words
    icon: str
    url_name: str
    permission: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SidePanel:
    """A panel beside a ticket: a template and the function that makes its context from (actor, ticket)."""

    title: Words
    template: str
    context: Callable[..., dict[str, Any]]


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


def switch_module(*, workspace: Workspace, name: str, on: bool) -> None:
    """Switch a module on or off, live. Data is hidden, never deleted. Raises Invalid for an unknown module."""
    if name not in all_manifests():
        raise Invalid(f"no module {name!r} is installed", fields={"name": ["unknown module"]})
    names = set(workspace.modules)
    (names.add if on else names.discard)(name)
    workspace.modules = sorted(names)
    workspace.save(update_fields=["modules"])

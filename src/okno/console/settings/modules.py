"""The modules of a workspace: presets, and a switch for each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from okno.console.freshness import fresh_proof
from okno.console.identity import ConsoleRequest, member_required
from okno.console.settings.frame import settings_page
from okno.lib.clock import current_time
from okno.lib.errors import Words
from okno.team import policy
from okno.team.commands.modules import choose_preset, switch_module
from okno.tenancy.modules import ModuleManifest, Preset, all_manifests, is_on, modules_of, offered_presets

administrators_only = member_required(allowed=policy.can_manage_system)


@dataclass(frozen=True, slots=True, kw_only=True)
class PresetCell:
    """A preset as the page shows it."""

    name: str
    label: Words
    purpose: Words
    modules: list[Words]
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleCell:
    """A module as the page shows it."""

    name: str
    label: Words
    purpose: Words
    icon: str
    brings: list[str]
    """The places where it appears."""
    is_on: bool


@require_safe
@administrators_only
@fresh_proof
def modules(request: ConsoleRequest) -> HttpResponse:
    """Show the presets and the installed modules."""
    context = {
        "presets": [_preset(request, preset) for preset in offered_presets()],
        "modules": [
            ModuleCell(
                name=name,
                label=manifest.label,
                purpose=manifest.purpose,
                icon=manifest.icon,
                brings=list(_places(manifest)),
                is_on=is_on(request.workspace, name),
            )
            for name, manifest in sorted(all_manifests().items())
        ],
    }
    return settings_page(request, "modules.html", context)


@require_POST
@administrators_only
@fresh_proof
def switch(request: ConsoleRequest) -> HttpResponse:
    """Switch one module, or choose a preset."""
    now = current_time()
    if "preset" in request.POST:
        choose_preset(actor=request.actor, workspace=request.workspace, name=request.POST["preset"], now=now)
    else:
        name, on = request.POST.get("name", ""), request.POST.get("on") == "1"
        switch_module(actor=request.actor, workspace=request.workspace, name=name, on=on, now=now)
    messages.success(request, _("Switched. It holds from now on, for everybody."))
    return redirect("console:modules")


def _preset(request: ConsoleRequest, preset: Preset) -> PresetCell:
    installed, managed = all_manifests(), modules_of(list(Preset)[-1])
    names = modules_of(preset)
    return PresetCell(
        name=preset,
        label=preset.label,
        purpose=preset.purpose,
        modules=[installed[name].label for name in sorted(names)],
        is_current=set(request.workspace.modules) & managed == names,
    )


def _places(manifest: ModuleManifest) -> Iterator[str]:
    if manifest.menu_entry is not None:
        yield _("“%(label)s” in the menu") % {"label": manifest.menu_entry.label}
    if manifest.side_panel is not None:
        yield _("“%(label)s” beside a ticket") % {"label": manifest.side_panel.title}
    if manifest.settings_page is not None:
        yield _("“%(label)s” in the settings") % {"label": manifest.settings_page.label}

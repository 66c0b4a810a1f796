"""Switching modules, one by one or by a preset. What they hold is hidden, never deleted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext as _

from okno.lib.errors import Denied, Invalid
from okno.spine.actor import Actor
from okno.spine.unit import command, emit
from okno.team import policy
from okno.team.events import ModuleSwitched
from okno.tenancy.models import Workspace
from okno.tenancy.modules import Preset, all_manifests, modules_of, set_modules


@command
def switch_module(*, actor: Actor, workspace: Workspace, name: str, on: bool, now: datetime) -> None:
    """Switch a module on or off. Raises Denied, Invalid for an unknown one."""
    _require_rights(actor)
    if name not in all_manifests():
        words = _("There is no such module.")
        raise Invalid(words, fields={"name": [words]})
    change: Callable[[set[str]], set[str]] = (
        (lambda now_on: now_on | {name}) if on else (lambda now_on: now_on - {name})
    )
    _switch(actor, workspace, change, now=now)


@command
def choose_preset(*, actor: Actor, workspace: Workspace, name: str, now: datetime) -> None:
    """Switch on what a preset has and off what a greater one would add; modules of no preset stay as they are.

    Raises Denied, Invalid for an unknown one.
    """
    _require_rights(actor)
    if name not in list(Preset):
        words = _("There is no such preset.")
        raise Invalid(words, fields={"preset": [words]})
    wanted, managed = modules_of(Preset(name)), modules_of(list(Preset)[-1])
    _switch(actor, workspace, lambda present: (present - managed) | wanted, now=now)


def _require_rights(actor: Actor) -> None:
    if not policy.can_manage_system(actor):
        raise Denied(_("Only an administrator can switch modules."))


def _switch(
    actor: Actor, workspace: Workspace, change: Callable[[set[str]], set[str]], *, now: datetime
) -> None:
    # Two who switch at the same time must not undo each other.
    workspace.modules = Workspace.objects.select_for_update(no_key=True).get(pk=workspace.pk).modules
    installed = set(all_manifests())
    present = set(workspace.modules) & installed
    wanted = change(present)
    if wanted == present:
        return
    set_modules(workspace, wanted, now=now)
    for name in sorted(wanted ^ present):
        switched = ModuleSwitched(module=name, on=name in wanted)
        emit(actor, switched, kind="workspace", subject=workspace, now=now)

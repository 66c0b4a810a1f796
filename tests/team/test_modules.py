"""Modules are switched one by one or by a preset, by administrators, and never undo each other."""

from __future__ import annotations

from typing import Any

import pytest

from okno.lib.errors import Denied, Invalid
from okno.spine.models import Event
from okno.team.commands.modules import choose_preset, switch_module
from okno.tenancy.models import Workspace
from okno.tenancy.modules import Preset, modules_of, offered_presets
from tests.conftest import Shop

HELP_DESK = ["form", "phone", "portal"]


def on(shop: Shop) -> list[str]:
    workspace: Any = shop.workspace
    found: list[str] = Workspace.objects.values_list("modules", flat=True).get(pk=workspace.pk)
    return found


def switched(shop: Shop) -> list[tuple[str, bool]]:
    events = Event.objects.filter(type="workspace.module_switched", actor_kind="member").order_by("id")
    return [(event.payload["module"], event.payload["on"]) for event in events]


def test_a_new_workspace_has_the_smallest_preset(shop: Shop) -> None:
    assert on(shop) == HELP_DESK
    assert modules_of(Preset.HELP_DESK) == set(HELP_DESK)


def test_a_preset_switches_on_what_is_missing_and_leaves_what_belongs_to_none(shop: Any) -> None:
    administrator = shop.actor("administrator")
    for name, is_on in (("stickers", True), ("phone", False)):
        switch_module(actor=administrator, workspace=shop.workspace, name=name, on=is_on, now=shop.now)
    choose_preset(actor=administrator, workspace=shop.workspace, name="help_desk", now=shop.now)
    assert on(shop) == [*HELP_DESK, "stickers"]
    assert switched(shop) == [("stickers", True), ("phone", False), ("phone", True)]


def test_what_changes_nothing_says_nothing(shop: Any) -> None:
    administrator = shop.actor("administrator")
    switch_module(actor=administrator, workspace=shop.workspace, name="phone", on=True, now=shop.now)
    choose_preset(actor=administrator, workspace=shop.workspace, name="help_desk", now=shop.now)
    assert switched(shop) == []


def test_a_switch_with_an_old_view_of_the_workspace_undoes_no_other(shop: Any) -> None:
    administrator = shop.actor("administrator")
    stale = Workspace.objects.get(pk=shop.workspace.pk)
    switch_module(actor=administrator, workspace=shop.workspace, name="phone", on=False, now=shop.now)
    switch_module(actor=administrator, workspace=stale, name="portal", on=False, now=shop.now)
    assert on(shop) == ["form"]


@pytest.mark.parametrize("role", ["support_administrator", "configurator", "supervisor", "agent"])
def test_only_administrators_choose(shop: Any, role: str) -> None:
    with pytest.raises(Denied):
        choose_preset(actor=shop.actor(role), workspace=shop.workspace, name="help_desk", now=shop.now)


def test_an_unknown_preset_is_refused(shop: Any) -> None:
    with pytest.raises(Invalid):
        choose_preset(
            actor=shop.actor("administrator"), workspace=shop.workspace, name="everything", now=shop.now
        )


def test_only_presets_that_differ_are_offered(shop: Shop) -> None:
    offered = [modules_of(preset) for preset in offered_presets()]
    assert len({frozenset(names) for names in offered}) == len(offered)

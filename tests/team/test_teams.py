"""Teams, desks and the workspace itself."""

from __future__ import annotations

from typing import Any

import pytest

from okno.lib.errors import Conflict, Denied, Invalid, NotFound
from okno.spine.models import Event
from okno.team.commands.modules import switch_module
from okno.team.commands.teams import change_desk, change_team, create_desk, create_team
from okno.team.commands.workspace import change_workspace
from okno.team.models import Desk, Role, Team, TeamMembership

MANAGERS = {Role.ADMINISTRATOR, Role.SUPPORT_ADMINISTRATOR}


def of_tests() -> Any:
    """Return the events but those of what a new workspace is furnished with."""
    return Event.objects.exclude(type="config.changed").order_by("id")


def types() -> list[str]:
    return list(of_tests().values_list("type", flat=True))


@pytest.mark.parametrize("role", Role.values)
def test_who_may_make_teams_and_desks(shop: Any, role: str) -> None:
    actor, desk = shop.actor(role), Desk.objects.get()
    if role in MANAGERS:
        create_team(actor=actor, name="Network", line=2, desk_id=desk.pk, member_ids=[], now=shop.now)
        create_desk(actor=actor, name="Payroll", now=shop.now)
        assert types() == ["team.created", "desk.created"]
    else:
        with pytest.raises(Denied):
            create_team(actor=actor, name="Network", line=2, desk_id=desk.pk, member_ids=[], now=shop.now)
        with pytest.raises(Denied):
            create_desk(actor=actor, name="Payroll", now=shop.now)
        assert (Team.objects.count(), Desk.objects.count(), types()) == (1, 1, [])


def test_team_changes_and_a_repeated_change_is_none(shop: Any) -> None:
    actor, agent = shop.actor("administrator"), shop.member("agent")
    team = Team.objects.get()
    values = {
        "name": "Second line",
        "line": 2,
        "desk_id": team.desk_id,
        "member_ids": [agent.pk],
        "is_active": True,
    }
    for _ in range(2):
        change_team(actor=actor, team_id=team.pk, now=shop.now, **values)
    assert types() == ["team.changed"]
    assert of_tests().get().payload == {
        "old": {"name": "First line", "line": 1, "members": []},
        "new": {"name": "Second line", "line": 2, "members": [agent.pk]},
    }
    assert TeamMembership.objects.get(team=team).member_id == agent.pk
    change_team(actor=actor, team_id=team.pk, now=shop.now, **{**values, "member_ids": []})
    assert not TeamMembership.objects.filter(team=team).exists()


def test_names_are_not_shared(shop: Any) -> None:
    actor, team = shop.actor("administrator"), Team.objects.get()
    with pytest.raises(Conflict) as refusal:
        create_team(actor=actor, name=team.name, line=1, desk_id=team.desk_id, member_ids=[], now=shop.now)
    assert "name" in refusal.value.fields


@pytest.mark.parametrize(("name", "line"), [("", 1), ("   ", 1), ("Network", 0), ("Network", 10)])
def test_nonsense_teams(shop: Any, name: str, line: int) -> None:
    desk = Desk.objects.get()
    with pytest.raises(Invalid):
        create_team(
            actor=shop.actor("administrator"),
            name=name,
            line=line,
            desk_id=desk.pk,
            member_ids=[],
            now=shop.now,
        )


def test_strangers_in_a_team(shop: Any) -> None:
    actor, desk = shop.actor("administrator"), Desk.objects.get()
    with pytest.raises(Invalid):
        create_team(actor=actor, name="Network", line=1, desk_id=desk.pk, member_ids=[999_999], now=shop.now)
    with pytest.raises(NotFound):
        create_team(actor=actor, name="Network", line=1, desk_id=999_999, member_ids=[], now=shop.now)


def test_last_team_and_desk_stay_open(shop: Any) -> None:
    actor, team = shop.actor("administrator"), Team.objects.get()
    values = {"name": team.name, "line": 1, "desk_id": team.desk_id, "member_ids": [], "is_active": False}
    with pytest.raises(Conflict) as refusal:
        change_team(actor=actor, team_id=team.pk, now=shop.now, **values)
    assert refusal.value.code == "last_team"
    with pytest.raises(Conflict) as refusal:
        change_desk(actor=actor, desk_id=team.desk_id, name="Support", is_active=False, now=shop.now)
    assert refusal.value.code == "last_desk"
    second = create_desk(actor=actor, name="Payroll", now=shop.now)
    with pytest.raises(Conflict) as refusal:
        change_desk(actor=actor, desk_id=team.desk_id, name="Support", is_active=False, now=shop.now)
    assert refusal.value.code == "desk_in_use"
    change_desk(actor=actor, desk_id=second.pk, name="Accounting", is_active=False, now=shop.now)
    second.refresh_from_db()
    assert (second.name, second.is_active) == ("Accounting", False)


@pytest.mark.parametrize("role", Role.values)
def test_who_may_change_the_workspace(shop: Any, role: str) -> None:
    values = {"name": "Acme", "language": "ru", "timezone": "Europe/Moscow", "accent_hue": 20}
    if role in {Role.ADMINISTRATOR, Role.CONFIGURATOR}:
        change_workspace(actor=shop.actor(role), workspace=shop.workspace, now=shop.now, **values)
        shop.workspace.refresh_from_db()
        assert (shop.workspace.name, shop.workspace.accent_hue) == ("Acme", 20)
        assert of_tests().get().payload["new"]["language"] == "ru"
    else:
        with pytest.raises(Denied):
            change_workspace(actor=shop.actor(role), workspace=shop.workspace, now=shop.now, **values)
        assert types() == []


def test_every_impossible_value_is_named(shop: Any) -> None:
    with pytest.raises(Invalid) as refusal:
        change_workspace(
            actor=shop.actor("administrator"),
            workspace=shop.workspace,
            name=" ",
            language="xx",
            timezone="Mars/Olympus",
            accent_hue=400,
            now=shop.now,
        )
    assert set(refusal.value.fields) == {"name", "language", "timezone", "accent_hue"}


def test_only_administrators_switch_modules_and_only_known_ones(shop: Any) -> None:
    with pytest.raises(Denied):
        switch_module(
            actor=shop.actor("configurator"),
            workspace=shop.workspace,
            name="unheard_of",
            on=True,
            now=shop.now,
        )
    with pytest.raises(Invalid):
        switch_module(
            actor=shop.actor("administrator"),
            workspace=shop.workspace,
            name="unheard_of",
            on=True,
            now=shop.now,
        )
    assert types() == []

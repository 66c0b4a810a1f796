"""Members, teams and desks: the console's commands by the API, with its refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.caller import Caller
from tests.servers.installation import wait_until


@pytest.fixture
def boss(caller_for: Callable[..., Caller]) -> Caller:
    """Return a caller in the name of an administrator."""
    return caller_for("administrator", role="administrator")


def test_somebody_is_invited_once_and_the_link_is_told_to_nobody_else(
    boss: Caller, shop: Any, mailoutbox: Any
) -> None:
    team = boss.get("/teams").body["items"][0]["id"]
    body = {"email": "New@Okno.example", "name": "New", "role": "agent", "teams": [team]}

    made = boss.post("/members", body, key="k")

    assert (made.status, made.body["email"], made.body["has_joined"]) == (201, "new@okno.example", False)
    assert [one["id"] for one in made.body["teams"]] == [team]
    assert [(one["role"], one["scope"]) for one in made.body["roles"]] == [("agent", "workspace")]
    assert "/invitation/" not in made.raw.decode()
    assert boss.post("/members", body, key="k").body == made.body
    taken = boss.post("/members", body)
    assert (taken.status, taken.body["code"]) == (409, "member_exists")
    assert boss.post(f"/members/{made.body['id']}/invitation").status == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"email": "nonsense", "role": "agent"}, "email"),
        ({"email": "a@b.example", "role": "king"}, "role"),
        ({"email": "a@b.example", "role": "agent", "scope": "team"}, "scope"),
        ({"email": "a@b.example", "role": "agent", "scope": "desk", "desk": 10**9}, "desk"),
        ({"email": "a@b.example", "role": "agent", "scope": "team", "team": 10**9}, "team"),
        ({"email": "a@b.example", "role": "agent", "teams": [10**9]}, "teams"),
        ({"email": "a@b.example", "role": "agent", "is_active": False}, "is_active"),
    ],
)
def test_nobody_is_invited_by_nonsense(boss: Caller, body: dict[str, Any], field: str) -> None:
    refused = boss.post("/members", body)

    assert refused.status == 422, refused.body
    assert any(name.startswith(field) for name in refused.body["errors"]), refused.body


def test_who_is_switched_off_hands_over_and_comes_back_without_tokens(
    boss: Caller, shop: Any, caller_for: Callable[..., Caller], api: Caller
) -> None:
    from okno.spine.work import drain

    leaver, heir = api.get("/me").body["member"]["id"], shop.member("heir").pk
    number = shop.ticket().number
    api.patch(f"/tickets/{number}", {"assignee": leaver})

    assert boss.patch(f"/members/{leaver}", {"successor": heir}).status == 422
    assert boss.patch(f"/members/{leaver}", {"is_active": False, "successor": leaver}).status == 422
    gone = boss.patch(f"/members/{leaver}", {"is_active": False, "successor": heir})
    drain()

    assert (gone.status, gone.body["is_active"]) == (200, False)
    assert api.get("/me").status == 401
    assert boss.get(f"/tickets/{number}").body["assignee"]["id"] == heir
    back = boss.patch(f"/members/{leaver}", {"is_active": True, "title": "Back"})
    assert (back.body["is_active"], back.body["title"]) == (True, "Back")
    assert api.get("/me").status == 401


def test_the_last_administrator_stays_and_nobody_mightier_is_made(
    boss: Caller, shop: Any, caller_for: Callable[..., Caller]
) -> None:
    me = boss.get("/me").body["member"]["id"]
    role = boss.get(f"/members/{me}").body["roles"][0]["id"]
    helper = caller_for("helper", role="support_administrator")

    assert boss.delete(f"/members/{me}/roles/{role}").body["code"] == "last_administrator"
    assert boss.patch(f"/members/{me}", {"is_active": False}).body["code"] == "oneself"
    member = shop.member("somebody").pk
    assert helper.post(f"/members/{member}/roles", {"role": "administrator"}).status == 403
    assert helper.patch(f"/members/{me}", {"name": "x"}).status == 403
    given = helper.post(f"/members/{member}/roles", {"role": "supervisor"})
    assert given.status == 201
    assert helper.post(f"/members/{member}/roles", {"role": "supervisor"}).body["code"] == "role_held"
    assert helper.delete(f"/members/{me}/roles/{given.body['id']}").status in (403, 404)
    assert helper.delete(f"/members/{member}/roles/{given.body['id']}").status == 204
    assert helper.delete(f"/members/{member}/roles/{given.body['id']}").status == 404


def test_teams_and_desks(boss: Caller, shop: Any) -> None:
    from okno.spine.models import Event

    member = shop.member("agent").pk
    desk = boss.post("/desks", {"name": "Accounts"})
    assert desk.headers["Location"] == f"/api/v1/desks/{desk.body['id']}"
    team = boss.post("/teams", {"name": "Pay", "desk": desk.body["id"], "line": 2, "members": [member]})
    assert [one["id"] for one in team.body["members"]] == [member]
    path = f"/teams/{team.body['id']}"

    assert boss.post("/teams", {"name": "Pay", "desk": desk.body["id"]}).body["code"] == "name_taken"
    assert boss.patch(f"/desks/{desk.body['id']}", {"is_active": False}).body["code"] == "desk_in_use"
    changed = boss.patch(path, {"line": 3})
    assert (changed.body["line"], changed.body["name"], changed.body["members"]) == (
        3, "Pay", team.body["members"],
    )  # fmt: skip
    assert boss.patch(path, {"members": []}).body["members"] == []
    assert boss.patch(path, {"is_active": False}).body["is_active"] is False
    assert team.body["id"] not in [one["id"] for one in boss.get("/teams").body["items"]]
    assert team.body["id"] in [one["id"] for one in boss.get("/teams", all="true").body["items"]]
    assert boss.patch(f"/desks/{desk.body['id']}", {"is_active": False, "name": "Closed"}).status == 200
    assert Event.objects.filter(type="team.changed", subject_id=team.body["id"]).count() == 3


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/teams", {"name": "x", "desk": 10**9}, "desk"),
        ("/teams", {"name": "x", "desk": 1, "line": 10}, "line"),
        ("/teams", {"name": "\u0001", "desk": None}, "desk"),
        ("/desks", {"name": " "}, "name"),
        ("/desks", {"name": ""}, "name"),
    ],
)
def test_bad_teams(boss: Caller, path: str, body: dict[str, Any], field: str) -> None:
    refused = boss.post(path, body)

    assert refused.status == 422, refused.body
    assert field in refused.body["errors"]


def test_views_hold_their_filter(boss: Caller, shop: Any) -> None:
    import json

    shop.ticket("open")
    views = {one["key"]: one for one in boss.get("/views").body["items"]}

    assert {"mine", "unassigned", "team", "open", "all"} <= views.keys()
    for view in views.values():
        assert boss.get("/tickets", filter=json.dumps(view["filter"])).status == 200, view
    found = boss.get("/tickets", filter=json.dumps(views["open"]["filter"])).body["items"]
    assert [one["subject"] for one in found] == ["open"]


def test_events_of_settings_are_for_those_who_may_see_settings(open_shop: Any, now: Any) -> None:
    from okno.spine.actor import SYSTEM
    from okno.team.commands.tokens import create_token
    from okno.tenancy.scope import scope

    def caller(role: str, *scopes: str) -> Caller:
        with scope(open_shop.workspace):
            member = open_shop.member(role, role=role)
            token = create_token(actor=SYSTEM, member=member, name="t", scopes=scopes, now=now)
        return Caller(open_shop.host, token)

    def kinds(api: Caller) -> set[str]:
        return {one["subject"]["kind"] for one in api.get("/events", limit=100).body["items"]}

    boss, agent = caller("administrator", "*"), caller("agent", "*")
    with scope(open_shop.workspace):
        open_shop.ticket()
    boss.post("/desks", {"name": "Accounts"})

    # Other tests' open transactions hold the horizon back.
    wait_until(lambda: "desk" in kinds(boss))
    assert {"ticket", "contact", "desk", "token"} <= kinds(boss)
    assert kinds(agent) == {"ticket", "contact"}
    assert kinds(caller("administrator", "people:read")) == {"contact"}
    assert "ticket" not in kinds(caller("administrator", "settings:read"))

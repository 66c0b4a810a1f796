"""Statuses, request types and topics by the API: the settings' commands, with their refusals, versions and events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.caller import Caller


@pytest.fixture
def boss(caller_for: Callable[..., Caller]) -> Caller:
    """Return a caller in the name of a configurator."""
    return caller_for("configurator", role="configurator")


def test_a_status_is_made_changed_and_used(boss: Caller, api: Caller, shop: Any) -> None:
    from okno.spine.models import ConfigVersion

    made = boss.post(
        "/statuses", {"names": {"en": "Vendor", "ru": "Vendor (ru)"}, "category": "waiting"}, key="k"
    )
    assert (made.status, made.body["key"], made.body["category"]) == (201, "vendor", "waiting")
    path = f"/statuses/{made.body['id']}"
    assert made.headers["Location"] == f"/api/v1{path}"

    number = shop.ticket().number
    assert api.patch(f"/tickets/{number}", {"status": "vendor"}).body["category"] == "waiting"
    changed = boss.patch(path, {"public_names": {"en": "We wait for a part"}})
    assert (changed.body["public_name"], changed.body["name"]) == ("We wait for a part", "Vendor")
    assert boss.patch(path, {"is_active": False}).body["is_active"] is False
    assert "vendor" not in [one["key"] for one in boss.get("/statuses").body["items"]]
    assert "vendor" in [one["key"] for one in boss.get("/statuses", all="true").body["items"]]
    assert ConfigVersion.objects.filter(kind="status", object_id=made.body["id"]).count() == 3


def test_the_usual_ones_stay(boss: Caller) -> None:
    for path, code in (("/statuses", "default_status"), ("/types", "default_type")):
        usual = next(one for one in boss.get(path).body["items"] if one["is_default"])
        refused = boss.patch(f"{path}/{usual['id']}", {"is_active": False})
        assert (refused.status, refused.body["code"]) == (409, code)


def test_a_type_says_what_is_asked(boss: Caller, shop: Any) -> None:
    desk = boss.get("/desks").body["items"][0]["id"]
    body = {
        "names": {"en": "Equipment"}, "desk": desk, "key": "equipment",
        "asked": [{"field": "device", "required": True}],
    }  # fmt: skip
    made = boss.post("/types", body)
    assert (made.body["key"], made.body["asked"], made.body["kind"]) == (
        "equipment",
        body["asked"],
        "request",
    )
    assert boss.post("/types", body).body["code"] == "key_taken"
    changed = boss.patch(f"/types/{made.body['id']}", {"is_public": False, "hints": {"ru": "x"}})
    assert (changed.body["is_public"], changed.body["hints"], changed.body["asked"]) == (
        False, {"ru": "x"}, body["asked"],
    )  # fmt: skip


def test_topics_hang_below_each_other(boss: Caller) -> None:
    top = boss.post("/topics", {"names": {"en": "Office"}}).body["id"]
    below = boss.post("/topics", {"names": {"en": "Printers"}, "parent": top}).body["id"]
    listed = [(one["id"], one["parent"]) for one in boss.get("/topics").body["items"]]
    assert listed == [(top, None), (below, top)]
    assert boss.patch(f"/topics/{top}", {"parent": below}).status == 422
    assert boss.patch(f"/topics/{below}", {"parent": None}).body["parent"] is None


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/statuses", {"names": {}, "category": "waiting"}, "names"),
        ("/statuses", {"names": {"en": "x"}, "category": "someday"}, "category"),
        ("/statuses", {"names": {"fr": "x"}, "category": "new"}, "names"),
        ("/statuses", {"names": {"en": "x"}, "category": "new", "key": "Bad Key"}, "key"),
        ("/types", {"names": {"en": "x"}, "desk": 10**9}, "desk"),
        ("/types", {"names": {"en": "x"}}, "desk"),
        ("/types", {"names": {"en": "x"}, "desk": 1, "asked": [{"field": "nothing"}]}, "asked"),
        ("/topics", {"names": {"en": "x"}, "parent": 10**9}, "parent"),
        ("/topics", {"names": {"en": ""}}, "names"),
    ],
)
def test_bad_configuration(boss: Caller, path: str, body: dict[str, Any], field: str) -> None:
    if body.get("desk") == 1:
        body = body | {"desk": boss.get("/desks").body["items"][0]["id"]}

    refused = boss.post(path, body)

    assert refused.status == 422, refused.body
    assert any(name.startswith(field) for name in refused.body["errors"]), refused.body


def test_tags_are_described_and_replaced_on_all_tickets(boss: Caller, api: Caller, shop: Any) -> None:
    from okno.spine.work import drain

    number = shop.ticket().number
    api.patch(f"/tickets/{number}", {"tags": ["printers"]})
    for purpose in ("Paper", "Anything with paper"):
        told = boss.post("/tags", {"name": "Printers", "colour": "blue", "purpose": purpose})
        assert (told.status, told.body["name"]) == (201, "printers")
    assert [(one["name"], one["purpose"]) for one in api.get("/tags").body["items"]] == [
        ("printers", "Anything with paper")
    ]

    asked = boss.post("/tags/replacements", {"old": "printers", "new": "printer"}, key="k")
    assert (asked.status, asked.body["is_done"]) == (202, False)
    drain()

    assert boss.get(f"/tags/replacements/{asked.body['id']}").body["is_done"] is True
    assert api.get(f"/tickets/{number}").body["tags"] == ["printer"]
    assert [one["name"] for one in api.get("/tags").body["items"]] == ["printer"]
    assert boss.post("/tags/replacements", {"old": "x", "new": "x"}).status == 422
    assert boss.post("/tags", {"name": "x", "colour": "gold"}).status == 422

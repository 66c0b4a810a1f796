"""Tickets by the API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.caller import Caller

NEW = {"subject": "Printer", "body": "It burns.", "requester": {"email": "Ann@Client.example", "name": "Ann"}}


def test_create_answers_201_with_number_and_location(api: Caller) -> None:
    made = api.post("/tickets", NEW)

    assert made.status == 201, made.body
    assert made.headers["Location"] == f"/api/v1/tickets/{made.body['number']}"
    assert made.body["subject"] == "Printer"
    assert made.body["status"] == "new"
    assert made.body["channel"] == "api"
    assert made.body["requester"]["email"] == "ann@client.example"
    assert api.get(f"/tickets/{made.body['number']}").body == made.body


def test_create_takes_everything(api: Caller, shop: Any) -> None:
    from okno.team.models import Team
    from okno.tickets.models import CustomField, Topic

    parent = shop.ticket("Above")
    topic = Topic.objects.create(names={"en": "Printers"})
    CustomField.objects.create(key="room", kind="text", names={"en": "Room"})
    team = Team.objects.get()

    made = api.post(
        "/tickets",
        NEW
        | {
            "html": "<p>It <b>burns</b>.</p><script>x</script>",
            "kind": "incident",
            "type": "incident",
            "priority": "high",
            "team": team.name,
            "assignee": shop.member("agent").email,
            "topic": topic.pk,
            "parent": parent.number,
            "tags": ["Fire", "fire", "paper"],
            "custom": {"room": "101"},
            "device": "HP 4",
            "due_at": "2030-01-01T10:00:00+03:00",
        },
    )

    assert made.status == 201, made.body
    expected = {
        "kind": "incident",
        "type": "incident",
        "priority": 3,
        "status": "open",
        "parent": parent.number,
        "tags": ["fire", "paper"],
        "custom": {"room": "101"},
        "device": "HP 4",
        "due_at": "2030-01-01T07:00:00Z",
    }
    assert {name: made.body[name] for name in expected} == expected
    assert made.body["assignee"]["email"] == shop.member("agent").email
    assert made.body["team"]["id"] == team.pk
    assert made.body["topic"] == {"id": topic.pk, "name": "Printers"}
    message = api.get(f"/tickets/{made.body['number']}/messages").body["items"][0]
    assert message["html"] == "<p>It <b>burns</b>.</p>"
    assert message["direction"] == "in"
    assert message["author"]["kind"] == "contact"


def test_list_pages_and_searches(api: Caller, shop: Any) -> None:
    numbers = [shop.ticket(f"Printer {index}").number for index in range(5)]
    shop.ticket("Something else")

    first = api.get("/tickets", q="printer", sort="number", limit=2).body
    second = api.get("/tickets", q="printer", sort="number", limit=2, cursor=first["next"]).body
    third = api.get("/tickets", q="printer", sort="number", limit=2, cursor=second["next"]).body

    assert [item["number"] for page in (first, second, third) for item in page["items"]] == numbers
    assert third["next"] is None
    assert api.get("/tickets", q=f"#{numbers[0]}").body["items"][0]["number"] == numbers[0]
    assert api.get("/tickets", q=str(numbers[1])).body["items"][0]["number"] == numbers[1]
    assert api.get("/tickets", q="status:closed").body == {"items": [], "next": None}


def test_list_takes_a_condition_tree(api: Caller, shop: Any) -> None:
    import json

    shop.ticket("One", priority=4)
    shop.ticket("Two")
    condition = {"kind": "not", "of": {"kind": "test", "field": "priority", "values": [4]}}

    found = api.get("/tickets", filter=json.dumps(condition)).body["items"]

    assert [item["subject"] for item in found] == ["Two"]


def test_change_is_one_unit_of_work(api: Caller, shop: Any) -> None:
    number = shop.ticket().number

    refused = api.patch(f"/tickets/{number}", {"subject": "Changed", "assignee": "nobody@nowhere.example"})
    changed = api.patch(
        f"/tickets/{number}",
        {
            "subject": "Changed",
            "status": "resolved",
            "solution": "New toner.",
            "assignee": shop.member("agent").pk,
        },
    )

    assert refused.status == 422
    assert refused.body["errors"].keys() == {"assignee"}
    assert changed.status == 200, changed.body
    assert changed.body["category"] == "resolved"
    assert changed.body["solution"] == "New toner."
    assert changed.body["assignee"]["id"] == shop.member("agent").pk


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"priority": 4}, {"priority": 4}),
        ({"priority": "low"}, {"priority": 1}),
        ({"kind": "complaint"}, {"kind": "complaint"}),
        ({"type": "incident"}, {"type": "incident", "kind": "incident"}),
        ({"tags": ["b", "a"]}, {"tags": ["a", "b"]}),
        ({"device": "Till 7"}, {"device": "Till 7"}),
        ({"due_at": "2031-05-05T00:00:00Z"}, {"due_at": "2031-05-05T00:00:00Z"}),
        ({"reminder_at": "2031-05-05T00:00:00Z"}, {"reminder_at": "2031-05-05T00:00:00Z"}),
        ({"team": None}, {"team": None}),
        ({"assignee": None}, {"assignee": None}),
        ({"status": "waiting_other"}, {"status": "waiting_other", "category": "waiting"}),
        ({"status": "waiting"}, {"status": "waiting"}),
        ({}, {}),
    ],
)
def test_change_each_property(
    api: Caller, shop: Any, change: dict[str, Any], expected: dict[str, Any]
) -> None:
    changed = api.patch(f"/tickets/{shop.ticket().number}", change)

    assert changed.status == 200, changed.body
    assert {name: changed.body[name] for name in expected} == expected


@pytest.mark.parametrize("rows", [1, 30])
def test_list_costs_the_same_for_any_number_of_rows(
    api: Caller, shop: Any, rows: int, django_assert_num_queries: Any
) -> None:
    for index in range(rows):
        shop.ticket(f"Ticket {index}", by=f"requester{index}")
    api.get("/tickets")

    # Counted (three with its savepoint), key, host, token, workspace, roles, teams, tickets, their requesters'
    # addresses, and a savepoint's two.
    with django_assert_num_queries(13):
        found = api.get("/tickets", limit=100)

    assert len(found.body["items"]) == rows

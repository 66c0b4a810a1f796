"""What is refused, with which words; nothing of it is ever an error of ours."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.api.caller import Caller

OK = {"subject": "Printer", "body": "It burns.", "requester": {"email": "ann@client.example"}}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"subject": None}, "subject"),
        ({"subject": ""}, "subject"),
        ({"subject": 5}, "subject"),
        ({"subject": "a\x00b"}, "subject"),
        ({"subject": "\x01"}, "subject"),
        ({"subject": "x" * 501}, "subject"),
        ({"body": ""}, "body"),
        ({"body": "\x00"}, "body"),
        ({"html": "<div>" * 5000, "body": ""}, "html"),
        ({"requester": None}, "requester"),
        ({"requester": {"email": "nonsense"}}, "requester.email"),
        ({"requester": {"email": "a@b.example", "admin": True}}, "requester"),
        ({"requester": 10**6}, "requester"),
        ({"requester": 2**63}, "requester"),
        ({"requester": -1}, "requester"),
        ({"requester": True}, "requester"),
        ({"kind": "nonsense"}, "kind"),
        ({"type": "nonsense"}, "type"),
        ({"priority": 5}, "priority"),
        ({"priority": "urgent-ish"}, "priority"),
        ({"team": 10**6}, "team"),
        ({"team": "Nobody's"}, "team"),
        ({"assignee": 10**6}, "assignee"),
        ({"assignee": "nobody@nowhere.example"}, "assignee"),
        ({"assignee": "not an address"}, "assignee"),
        ({"topic": 10**6}, "topic"),
        ({"parent": 10**6}, "parent"),
        ({"tags": "fire"}, "tags"),
        ({"tags": ["x" * 101]}, "tags"),
        ({"tags": ["x"] * 51}, "tags"),
        ({"custom": {"nothing": 1}}, "custom.nothing"),
        ({"custom": {"nothing": {}}}, "custom"),
        ({"custom": {"a\x00": 1}}, "custom"),
        ({"due_at": "tomorrow"}, "due_at"),
        ({"due_at": "2030-01-01T00:00:00"}, "due_at"),
        ({"due_at": "0001-01-01T00:00:00+14:00"}, "due_at"),
        ({"due_at": "9999-12-31T23:59:59-14:00"}, "due_at"),
        ({"due_at": 1}, "due_at"),
        ({"workspace": 1}, "workspace"),
        ({"workspace_id": 1}, "workspace_id"),
        ({"number": 1}, "number"),
        ({"channel": "email"}, "channel"),
    ],
)
def test_new_tickets(api: Caller, change: dict[str, Any], field: str) -> None:
    refused = api.post("/tickets", OK | change)

    assert refused.status == 422, refused.body
    assert any(name.startswith(field) for name in refused.body["errors"]), refused.body


@pytest.mark.parametrize(
    "raw",
    [
        b"{", b"\xff", b"nothing", b'{"subject": NaN}', b"[" * 100_000, b'{"a":' * 100_000, b'"\\ud800"',
        b'{"subject": "\\ud800"}', b"9" * 10_000,
    ],
)  # fmt: skip
def test_what_is_no_json(api: Caller, raw: bytes) -> None:
    assert api.send("POST", "/tickets", raw=raw).status in (400, 422)


@pytest.mark.parametrize("raw", [b"", b"null", b"[]", b'"text"', b"5", b'{"subject": 1e400}'])
def test_what_is_json_but_no_ticket(api: Caller, raw: bytes) -> None:
    assert api.send("POST", "/tickets", raw=raw).status == 422


@pytest.mark.parametrize(
    "number", ["0", "-1", str(2**63), "9" * 5000, "1.5", "x", "%00", "%F0%9F%98%80", "1%2F2"]
)
def test_numbers_in_paths(api: Caller, number: str) -> None:
    for path in (f"/tickets/{number}", f"/tickets/{number}/messages", f"/contacts/{number}"):
        assert api.get(path).status in (404, 422), path


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"q": "nonsense:1"}, "bad_query"),
        ({"q": "status:nonsense"}, "bad_query"),
        ({"q": "a\x00b"}, "invalid"),
        ({"q": "x" * 1001}, "invalid"),
        ({"sort": "nonsense"}, "bad_sort"),
        ({"sort": ""}, "bad_sort"),
        ({"cursor": "nonsense"}, "bad_cursor"),
        ({"cursor": "WyIt"}, "bad_cursor"),
        ({"limit": "0"}, "invalid"),
        ({"limit": "101"}, "invalid"),
        ({"limit": "x"}, "invalid"),
        ({"limit": "9" * 5000}, "invalid"),
        ({"filter": "{"}, "bad_condition"),
        ({"filter": "[" * 5000}, "bad_condition"),
        ({"filter": "5"}, "bad_condition"),
        ({"filter": '{"kind": "test", "field": "nothing", "values": [1]}'}, "unknown_field"),
        ({"filter": '{"kind": "test", "field": "status", "values": ["nonsense"]}'}, "bad_test"),
        ({"filter": '{"kind": "test", "field": "number", "values": [1e30]}'}, "bad_test"),
        ({"filter": '{"kind": "test", "field": "subject", "values": ["\\ud800"]}'}, "bad_test"),
        ({"filter": json.dumps({"kind": "all", "of": [{"kind": "all"}] * 400})}, "condition_too_large"),
    ],
)
def test_lists(api: Caller, query: dict[str, str], code: str) -> None:
    refused = api.get("/tickets", **query)

    assert (refused.status, refused.body["code"]) == (422, code), refused.body


def test_cursors_belong_to_their_order(api: Caller, shop: Any) -> None:
    shop.ticket()
    shop.ticket()
    cursor = api.get("/tickets", sort="number", limit=1).body["next"]

    assert api.get("/tickets", sort="-updated", cursor=cursor).status == 422
    assert api.get("/contacts", cursor=cursor).status == 422
    assert api.get("/events", cursor=cursor).status == 422


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "reply"}, "body"),
        ({"kind": "shout", "body": "x"}, "kind"),
        ({"body": "x"}, "kind"),
        ({"kind": "reply", "body": "x", "to": []}, "to"),
        ({"kind": "reply", "body": "x", "to": ["nonsense"]}, "to"),
        ({"kind": "reply", "body": "x", "to": ["a@b.example\r\nBcc: c@d.example"]}, "to"),
        ({"kind": "reply", "body": "x", "to": [f"a{n}@b.example" for n in range(51)]}, "to"),
        ({"kind": "note", "body": "x", "to": ["a@b.example"]}, "to"),
        ({"kind": "note", "body": "x", "status": "nonsense"}, "status"),
        ({"kind": "note", "body": "x", "attachments": ["nonsense"]}, "attachments"),
        (
            {"kind": "note", "body": "x", "attachments": ["00000000-0000-0000-0000-000000000000"]},
            "attachments",
        ),
        ({"kind": "note", "body": "x", "direction": "out"}, "direction"),
    ],
)
def test_messages(api: Caller, shop: Any, body: dict[str, Any], field: str) -> None:
    number = shop.ticket().number

    refused = api.post(f"/tickets/{number}/messages", body)

    assert refused.status == 422, refused.body
    assert any(name.startswith(field) for name in refused.body["errors"]), refused.body
    assert len(api.get(f"/tickets/{number}/messages").body["items"]) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"subject": None}, {"subject": ""}, {"status": None}, {"status": "nonsense"}, {"priority": 0},
        {"priority": None},
        {"kind": None}, {"tags": None}, {"custom": {"nothing": None}}, {"requester": None}, {"number": 5},
        {"workspace": 5}, {"parent": 10**6}, {"due_at": ""}, {"topic": 2**60},
    ],
)  # fmt: skip
def test_changes(api: Caller, shop: Any, body: dict[str, Any]) -> None:
    ticket = shop.ticket()
    before = api.get(f"/tickets/{ticket.number}").body

    assert api.patch(f"/tickets/{ticket.number}", body).status == 422
    assert api.get(f"/tickets/{ticket.number}").body == before


def test_a_ticket_is_not_under_itself(api: Caller, shop: Any) -> None:
    number = shop.ticket().number

    refused = api.patch(f"/tickets/{number}", {"parent": number})

    assert (refused.status, refused.body["code"]) == (422, "circle")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "\x01"}, "name"),
        ({"name": "Ann", "emails": ["nonsense"]}, "emails"),
        ({"name": "Ann", "phones": ["x"]}, "phones"),
        ({"name": "Ann", "language": "xx"}, "language"),
        ({"name": "Ann", "organization": 10**6}, "organization"),
        ({"name": "Ann", "is_admin": True}, "is_admin"),
    ],
)
def test_contacts(api: Caller, body: dict[str, Any], field: str) -> None:
    refused = api.post("/contacts", body)

    assert refused.status == 422, refused.body
    assert any(name.startswith(field) for name in refused.body["errors"]), refused.body

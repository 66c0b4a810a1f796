"""JSON that nobody means well, sent to every operation that reads JSON: refused each time, an error of ours never."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.api.caller import Caller

DEEP = 100_000
TEXTS: dict[str, bytes] = {
    "nothing": b"",
    "space": b"   ",
    "half": b'{"name": "x"',
    "two documents": b"{} {}",
    "comment": b'{/* */"name": "x"}',
    "comma": b'{"name": "x",}',
    "null": b"null",
    "number": b"1",
    "text": b'"x"',
    "list": b"[]",
    "deep lists": b"[" * DEEP,
    "deep lists that end": b"[" * DEEP + b"]" * DEEP,
    "deep objects": b'{"name":' * DEEP,
    "deep value": b'{"name":' + b"[" * DEEP + b"]" * DEEP + b"}",
    "not a number": b'{"name": NaN, "line": NaN, "size": NaN}',
    "endless": b'{"name": Infinity, "size": -Infinity, "priority": Infinity}',
    "huge exponent": b'{"name": "x", "size": 1e999999, "desk": 1e999999, "priority": 1e400}',
    "huge integer": b'{"name": "x", "size": ' + b"9" * 5000 + b', "desk": ' + b"9" * 5000 + b"}",
    "lone surrogate": rb'{"name": "\ud800", "subject": "\udfff", "body": "\ud800x", "filename": "\udc00"}',
    "surrogates in a name": rb'{"\ud800": 1}',
    "raw surrogate": b'{"name": "\xed\xa0\x80"}',
    "broken UTF-8": b'{"name": "\xff\xfe"}',
    "UTF-16": '{"name": "x"}'.encode("utf-16"),
    "mark of order": b'\xef\xbb\xbf{"name": "x"}',
    "NUL": rb'{"name": "\u0000", "subject": "\u0000", "body": "\u0000", "filename": "\u0000"}',
    "raw NUL": b'{"name": "\x00"}',
    "proto": b'{"__proto__": {"is_admin": true}, "constructor": {}}',
    "many names": b"{" + b",".join(b'"n%d":1' % number for number in range(50_000)) + b"}",
    "long name": b'{"' + b"n" * 1_000_000 + b'": 1}',
    "four megabytes": b'{"name": "' + b"x" * (4 * 1024 * 1024) + b'"}',
}


@pytest.fixture
def boss(caller_for: Callable[..., Caller]) -> Caller:
    """Return a caller who may do everything."""
    return caller_for("administrator", role="administrator")


def operations() -> list[tuple[str, str, str]]:
    """Return every operation that reads JSON: its id, method and address."""
    from okno.api.document import openapi_document
    from okno.api.urls import API

    return [
        (operation["operationId"], method.upper(), path)
        for path, methods in openapi_document(API)["paths"].items()
        for method, operation in methods.items()
        if "application/json" in operation.get("requestBody", {}).get("content", {})
    ]


@pytest.mark.parametrize("kind", TEXTS)
def test_no_text_breaks_an_operation(boss: Caller, shop: Any, kind: str) -> None:
    ticket = shop.ticket()
    filled = {"{number}": str(ticket.number), "{id}": "1", "{key}": "00000000-0000-4000-8000-000000000000"}
    for operation, method, path in operations():
        address = path.removeprefix("/api/v1")
        for name, value in filled.items():
            address = address.replace(name, value)

        refused = boss.send(method, address, raw=TEXTS[kind])

        where = (operation, refused.status, refused.body)
        assert refused.status in (400, 404, 413, 422), where
        assert len(refused.raw) < 20_000, where


@pytest.mark.parametrize(
    "value", [None, True, 0, -1, 1.5, 1e308, "", "x", "\ud800", [], {}, [[]], {"a": {}}, [None]]
)
def test_no_value_breaks_a_field(boss: Caller, shop: Any, value: Any) -> None:
    from okno.api.document import openapi_document
    from okno.api.urls import API

    schemas = openapi_document(API)["components"]["schemas"]
    number = shop.ticket().number
    for path, name in (
        ("/tickets", "NewTicketBody"),
        (f"/tickets/{number}", "TicketChange"),
        (f"/tickets/{number}/messages", "NewMessageBody"),
        (f"/tickets/{number}/participants", "NewParticipantBody"),
        ("/contacts", "NewContactBody"),
        ("/organizations", "NewOrganizationBody"),
        ("/uploads", "NewUploadBody"),
        ("/members", "NewMemberBody"),
        ("/teams", "NewTeamBody"),
        ("/webhooks", "NewWebhookBody"),
    ):
        for field in schemas[name]["properties"]:
            method = "PATCH" if name == "TicketChange" else "POST"
            answer = boss.send(method, path, raw=json.dumps({field: value}).encode())
            assert answer.status in (200, 201, 400, 409, 422), (path, field, answer.body)


def test_of_two_values_of_one_name_the_last_counts_for_everybody(boss: Caller) -> None:
    made = boss.send(
        "POST", "/contacts", raw=b'{"name": "First", "name": "Last", "emails": [], "emails": []}'
    )

    assert (made.status, made.body["name"]) == (201, "Last")


@pytest.mark.parametrize("length", ["-1", "x", "1e3", "99999999999999999999", "\u0663"])
def test_lengths_that_lie(boss: Caller, length: str) -> None:
    answer = boss.send("POST", "/contacts", body={"name": "x"}, headers={"Content-Length": length})

    assert answer.status in (201, 400, 413, 422)


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "a b", "\u043a\u043b\u044e\u0447", "a\x00b"])
def test_keys_that_are_none(boss: Caller, key: str) -> None:
    refused = boss.post("/contacts", {"name": "x"}, key=key)

    assert (refused.status, refused.body["code"]) == (422, "bad_idempotency_key")

"""Messages by the API."""

from __future__ import annotations

from typing import Any

from tests.api.caller import Caller


def test_reply_leaves_and_tells_its_delivery(api: Caller, shop: Any) -> None:
    shop.mailbox()
    number = shop.ticket().number

    made = api.post(f"/tickets/{number}/messages", {"kind": "reply", "body": "Try again."})

    assert made.status == 201, made.body
    assert made.headers["Location"] == f"/api/v1/tickets/{number}/messages/{made.body['id']}"
    assert made.body["direction"] == "out"
    assert made.body["body"] == "Try again."
    assert made.body["author"] == {
        "kind": "member", "id": shop.member("agent").pk, "name": "Agent", "address": ""
    }  # fmt: skip
    assert [(one["address"], one["role"]) for one in made.body["delivery"]] == [
        ("requester@client.example", "to")
    ]
    assert api.get(f"/tickets/{number}/messages/{made.body['id']}").body["body"] == "Try again."


def test_note_never_leaves_and_may_change_the_status(api: Caller, shop: Any) -> None:
    number = shop.ticket().number

    made = api.post(f"/tickets/{number}/messages", {"kind": "note", "body": "Hm.", "status": "waiting"})

    assert made.status == 201, made.body
    assert made.body["direction"] == "internal"
    assert made.body["delivery"] == []
    assert api.get(f"/tickets/{number}").body["category"] == "waiting"


def test_messages_are_paged_oldest_first(api: Caller, shop: Any) -> None:
    number = shop.ticket().number
    for index in range(3):
        api.post(f"/tickets/{number}/messages", {"kind": "note", "body": f"Note {index}"})

    first = api.get(f"/tickets/{number}/messages", limit=3).body
    rest = api.get(f"/tickets/{number}/messages", limit=3, cursor=first["next"]).body

    assert [item["body"] for item in first["items"][1:]] == ["Note 0", "Note 1"]
    assert [item["body"] for item in rest["items"]] == ["Note 2"]
    assert rest["next"] is None


def test_copies_may_be_added_to_the_usual_recipients(api: Caller, shop: Any) -> None:
    number = shop.ticket().number

    made = api.post(
        f"/tickets/{number}/messages", {"kind": "reply", "body": "Hi.", "cc": ["boss@client.example"]}
    )

    assert [(one["address"], one["role"]) for one in made.body["delivery"]] == [
        ("boss@client.example", "cc"),
        ("requester@client.example", "to"),
    ]


def test_reply_that_crosses_another_message_is_refused(api: Caller, shop: Any) -> None:
    number = shop.ticket().number
    seen = api.get(f"/tickets/{number}/messages").body["items"][-1]["id"]
    api.post(f"/tickets/{number}/messages", {"kind": "reply", "body": "First."})

    crossed = api.post(f"/tickets/{number}/messages", {"kind": "reply", "body": "Second.", "seen": seen})

    assert crossed.status == 409
    assert crossed.body["code"] == "answered_meanwhile"

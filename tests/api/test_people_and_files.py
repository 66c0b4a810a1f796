"""Participants, contacts, files and the directory by the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.api.caller import Caller


def test_participants_come_and_go(api: Caller, shop: Any) -> None:
    number = shop.ticket().number
    watcher = shop.member("watcher")

    copied = api.post(
        f"/tickets/{number}/participants", {"role": "copied", "contact": {"email": "boss@client.example"}}
    )
    watching = api.post(f"/tickets/{number}/participants", {"role": "watcher", "member": watcher.email})

    assert copied.status == 201, copied.body
    assert copied.body["contact"]["email"] == "boss@client.example"
    assert watching.body["member"]["id"] == watcher.pk
    assert not watching.body["is_visible"]
    listed = api.get(f"/tickets/{number}/participants").body
    assert [one["role"] for one in listed["items"]] == ["requester", "copied", "watcher"]
    gone = api.delete(f"/tickets/{number}/participants/{copied.body['id']}")
    assert (gone.status, gone.raw) == (204, b"")
    assert api.delete(f"/tickets/{number}/participants/{copied.body['id']}").status == 404
    requester = listed["items"][0]["id"]
    assert api.delete(f"/tickets/{number}/participants/{requester}").status == 422


@pytest.mark.parametrize(
    "body",
    [
        {"role": "copied"},
        {"role": "copied", "member": "agent@nowhere.example"},
        {"role": "watcher", "contact": 1, "member": 1},
        {"role": "requester", "contact": {"email": "a@client.example"}},
    ],
)
def test_participants_have_one_person_and_a_fitting_role(
    api: Caller, shop: Any, body: dict[str, Any]
) -> None:
    assert api.post(f"/tickets/{shop.ticket().number}/participants", body).status == 422


def test_contacts_are_made_found_and_changed(api: Caller) -> None:
    made = api.post(
        "/contacts", {"name": "Ann Bell", "emails": ["Ann@Client.example"], "phones": ["+7 900 1234567"]}
    )

    assert made.status == 201, made.body
    assert [one["value"] for one in made.body["emails"]] == ["ann@client.example"]
    assert [one["value"] for one in made.body["phones"]] == ["+79001234567"]
    found = {
        q: [one["id"] for one in api.get("/contacts", q=q).body["items"]]
        for q in ("Ann", "ann b", "ann@cl", "+7900", "Bob")
    }
    assert found == {q: [] if q == "Bob" else [made.body["id"]] for q in found}
    changed = api.patch(
        f"/contacts/{made.body['id']}", {"title": "Director", "emails": ["ann@client.example", "a@b.example"]}
    )
    assert changed.body["title"] == "Director"
    assert changed.body["name"] == "Ann Bell"
    assert [one["value"] for one in changed.body["emails"]] == ["ann@client.example", "a@b.example"]
    assert changed.body["phones"] == made.body["phones"]
    assert api.get(f"/contacts/{made.body['id']}").body == changed.body


def test_contacts_share_no_address(api: Caller) -> None:
    api.post("/contacts", {"name": "Ann", "emails": ["ann@client.example"]})

    second = api.post("/contacts", {"name": "Anna", "emails": ["ann@client.example"]})

    assert (second.status, second.body["code"]) == (409, "address_taken")
    assert second.body["errors"].keys() == {"emails"}


@pytest.mark.parametrize("rows", [1, 30])
def test_contacts_cost_the_same_for_any_number_of_rows(
    api: Caller, shop: Any, rows: int, django_assert_num_queries: Any
) -> None:
    for index in range(rows):
        shop.contact(f"contact{index}")
    api.get("/contacts")

    with django_assert_num_queries(13):
        assert len(api.get("/contacts", limit=100).body["items"]) == rows


def test_a_file_is_sent_attached_and_fetched(api: Caller, shop: Any) -> None:
    number = shop.ticket().number

    sent = api.upload(
        "/attachments", file=SimpleUploadedFile("../évil.html", b"<script>alert(1)</script>", "text/html")
    )
    said = api.post(
        f"/tickets/{number}/messages", {"kind": "note", "body": "See.", "attachments": [sent.body["key"]]}
    )

    assert sent.status == 201, sent.body
    assert sent.body["filename"] == "évil.html"
    assert said.status == 201, said.body
    assert [one["key"] for one in said.body["attachments"]] == [sent.body["key"]]
    fetched = api.get(f"/attachments/{sent.body['key']}")
    assert fetched.raw == b"<script>alert(1)</script>"
    assert fetched.headers["Content-Type"] == "application/octet-stream"
    assert fetched.headers["Content-Disposition"].startswith("attachment")
    assert fetched.headers["X-Content-Type-Options"] == "nosniff"
    again = api.post(
        f"/tickets/{number}/messages", {"kind": "note", "body": "Again.", "attachments": [sent.body["key"]]}
    )
    assert again.status == 422


def test_an_upload_belongs_to_its_sender_until_it_is_said(api: Caller, caller_for: Any, shop: Any) -> None:
    other = caller_for("another")
    sent = api.upload("/attachments", file=SimpleUploadedFile("a.txt", b"secret"))

    assert other.get(f"/attachments/{sent.body['key']}").status == 404
    number = shop.ticket().number
    stolen = other.post(
        f"/tickets/{number}/messages", {"kind": "note", "body": "Mine?", "attachments": [sent.body["key"]]}
    )
    assert stolen.status == 422


def test_uploads_are_multipart_and_limited(api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    from okno.api import limits

    monkeypatch.setattr(limits, "MULTIPART_LIMIT", 1000)

    assert api.upload("/attachments", file=SimpleUploadedFile("a.bin", b"x" * 2000)).status == 413
    assert api.post("/attachments", {"file": "x"}).status == 415
    assert api.upload("/attachments", other=SimpleUploadedFile("a.bin", b"x")).status == 422
    bad = api.send("POST", "/attachments", raw=b"--nonsense", content_type="multipart/form-data")
    assert bad.status == 400


def test_directory(api: Caller, shop: Any) -> None:
    me = api.get("/me").body
    assert me["member"]["email"] == shop.member("agent").email
    assert me["roles"] == [{"role": "agent", "scope": "workspace", "desk": None, "team": None}]
    assert me["token"]["scopes"] == ["*"]
    assert [one["key"] for one in api.get("/statuses").body["items"]][:3] == ["new", "open", "waiting"]
    assert {one["key"] for one in api.get("/types").body["items"]} >= {"question", "incident"}
    assert [one["name"] for one in api.get("/members").body["items"]] == ["Agent"]
    assert [one["name"] for one in api.get("/teams").body["items"]] == ["First line"]


def test_words_come_in_the_language_that_was_asked_for(api: Caller) -> None:
    api.language = "ru"

    assert api.get("/statuses").body["items"][0]["name"] == "Новая"


def test_events_of_a_ticket(api: Caller, shop: Any) -> None:
    number = shop.ticket().number
    api.patch(f"/tickets/{number}", {"priority": 4})

    events = api.get(f"/tickets/{number}/events").body["items"]

    assert [one["type"] for one in events] == [
        "ticket.created", "ticket.message_added", "ticket.priority_changed"
    ]  # fmt: skip
    assert events[-1]["payload"] == {"old": 2, "new": 4}
    assert events[-1]["actor"] == {"kind": "member", "id": shop.member("agent").pk, "name": "Agent"}
    assert events[-1]["subject"]["number"] == number

"""The same key, once more."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.api.caller import Caller, Reply

NEW = {"subject": "Printer", "body": "It burns.", "requester": {"email": "ann@client.example"}}


def test_a_repeated_request_has_one_effect_and_the_same_answer(api: Caller) -> None:
    first = api.post("/tickets", NEW, key="one")
    again = api.post("/tickets", NEW, key="one")

    assert (first.status, again.status) == (201, 201)
    assert again.body == first.body
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert len(api.get("/tickets").body["items"]) == 1


def test_a_key_is_for_one_request(api: Caller, shop: Any) -> None:
    api.post("/tickets", NEW, key="one")
    number = shop.ticket().number

    for refused in (
        api.post("/tickets", NEW | {"subject": "Other"}, key="one"),
        api.post("/contacts", {"name": "Ann"}, key="one"),
        api.patch(f"/tickets/{number}", {"priority": 4}, key="one"),
    ):
        assert (refused.status, refused.body["code"]) == (422, "idempotency_key_reused")
    assert api.get(f"/tickets/{number}").body["priority"] == 2


def test_a_key_belongs_to_its_token(api: Caller, caller_for: Any) -> None:
    api.post("/tickets", NEW, key="one")

    assert "Idempotency-Replayed" not in caller_for("another").post("/tickets", NEW, key="one").headers


def test_a_refusal_is_not_remembered(api: Caller, shop: Any) -> None:
    ticket = shop.ticket()
    body = {"kind": "note", "body": "x", "status": "later"}
    assert api.post(f"/tickets/{ticket.number}/messages", body, key="one").status == 422

    from okno.tickets.models import Status

    Status.objects.create(key="later", category="waiting", names={"en": "Later"})

    assert api.post(f"/tickets/{ticket.number}/messages", body, key="one").status == 201


def test_every_kind_of_write_may_be_repeated(api: Caller, shop: Any) -> None:
    number = shop.ticket().number
    copied = api.post(
        f"/tickets/{number}/participants",
        {"role": "copied", "contact": {"email": "b@client.example"}},
        key="copy",
    ).body["id"]

    for _attempt in range(2):
        assert (
            api.post(f"/tickets/{number}/messages", {"kind": "note", "body": "x"}, key="note").status == 201
        )
        assert api.patch(f"/tickets/{number}", {"priority": 4}, key="change").status == 200
        gone = api.delete(f"/tickets/{number}/participants/{copied}", key="delete")
        assert (gone.status, gone.raw) == (204, b"")
        sent = api.upload("/attachments", key="file", file=SimpleUploadedFile("a.txt", b"same"))
        assert sent.status == 201
    other = api.upload("/attachments", key="file", file=SimpleUploadedFile("a.txt", b"other"))
    assert other.status == 422
    assert len(api.get(f"/tickets/{number}/messages").body["items"]) == 2


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "ключ"])
def test_bad_keys(api: Caller, key: str) -> None:
    assert api.post("/tickets", NEW, key=key).status == 422


def test_old_answers_are_forgotten_every_night(api: Caller, shop: Any) -> None:
    from okno.api.models import IdempotencyRecord
    from okno.api.retention import forget_answers
    from okno.spine.models import Timer

    api.post("/tickets", NEW, key="one")
    forget_answers(shop.now)
    assert IdempotencyRecord.objects.count() == 1

    IdempotencyRecord.objects.update(created_at=shop.now - timedelta(days=3))
    forget_answers(shop.now)

    assert not IdempotencyRecord.objects.exists()
    assert Timer.objects.filter(kind="api.forget_answers", state="due").exists()


@pytest.mark.timeout(60)
def test_many_at_once_have_one_effect(open_shop: Any, now: Any) -> None:
    from okno.spine.actor import SYSTEM
    from okno.team.commands.tokens import create_token
    from okno.tenancy.scope import scope

    with scope(open_shop.workspace):
        token = create_token(actor=SYSTEM, member=open_shop.member("agent"), name="t", scopes=["*"], now=now)
        number = open_shop.ticket().number
    api = Caller(open_shop.host, token)

    def note(_index: int) -> Reply:
        return api.post(f"/tickets/{number}/messages", {"kind": "note", "body": "Once."}, key="once")

    def contact(_index: int) -> Reply:
        return api.post("/tickets", NEW)

    replies = at_once(note, 6)
    assert {reply.status for reply in replies} == {201}
    assert len({reply.body["id"] for reply in replies}) == 1
    assert sum("Idempotency-Replayed" not in reply.headers for reply in replies) == 1
    assert len(api.get(f"/tickets/{number}/messages").body["items"]) == 2
    # Without keys each has its effect, and all find the one new contact.
    made = at_once(contact, 4)
    assert {reply.status for reply in made} <= {201, 409}
    assert len({reply.body["requester"]["id"] for reply in made if reply.status == 201}) == 1


def at_once(call: Any, times: int) -> list[Reply]:
    """Call from so many threads at the same moment."""
    barrier = Barrier(times)

    def run(index: int) -> Reply:
        from django.db import connection

        try:
            barrier.wait()
            reply: Reply = call(index)
            return reply
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(run, range(times)))

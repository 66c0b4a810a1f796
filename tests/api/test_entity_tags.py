"""Two at once: nobody overwrites what he has not seen, nobody fetches what he has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.caller import Caller, Reply


def seen(api: Caller, number: int) -> str:
    return api.get(f"/tickets/{number}").headers["ETag"]


def change(api: Caller, number: int, tag: str, **body: Any) -> Reply:
    return api.send("PATCH", f"/tickets/{number}", body=body, headers={"If-Match": tag})


def test_a_change_of_what_was_seen_is_made_and_of_what_is_newer_refused(api: Caller, shop: Any) -> None:
    number = shop.ticket().number
    tag = seen(api, number)

    first = change(api, number, tag, priority=4)
    assert first.status == 200
    assert first.headers["ETag"] == seen(api, number) != tag
    second = change(api, number, tag, subject="Overwritten")

    assert (second.status, second.body["code"]) == (412, "changed_meanwhile")
    assert second.headers["ETag"] == seen(api, number)
    assert api.get(f"/tickets/{number}").body["subject"] != "Overwritten"


@pytest.mark.parametrize("tag", ['"nothing"', "nonsense", 'W/"x", "y"'])
def test_other_tags_match_nothing(api: Caller, shop: Any, tag: str) -> None:
    number = shop.ticket().number

    assert change(api, number, tag, priority=4).status == 412
    assert api.get(f"/tickets/{number}").body["priority"] == 2


@pytest.mark.parametrize("given", ["*", '"other", {}', "{}"])
def test_matching_tags(api: Caller, shop: Any, given: str) -> None:
    number = shop.ticket().number

    assert change(api, number, given.format(seen(api, number)), priority=4).status == 200


def test_a_message_makes_another_tag(api: Caller, shop: Any) -> None:
    number = shop.ticket().number
    tag = seen(api, number)
    api.post(f"/tickets/{number}/messages", {"kind": "note", "body": "x"})

    assert change(api, number, tag, priority=4).status == 412


def test_without_a_tag_nothing_is_asked(api: Caller, shop: Any) -> None:
    assert api.patch(f"/tickets/{shop.ticket().number}", {"priority": 4}).status == 200


def test_what_one_has_is_not_sent_again(api: Caller, shop: Any) -> None:
    number = shop.ticket().number
    tag = seen(api, number)

    for given in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        known = api.send("GET", f"/tickets/{number}", headers={"If-None-Match": given})
        assert (known.status, known.raw, known.headers["ETag"]) == (304, b"", tag)
    api.patch(f"/tickets/{number}", {"priority": 4})
    assert api.send("GET", f"/tickets/{number}", headers={"If-None-Match": tag}).status == 200


def test_a_stranger_learns_nothing_by_tags(api: Caller, shop: Any, caller_for: Callable[..., Caller]) -> None:
    from okno.team.models import Desk, Team

    number = shop.ticket().number
    team = Team.objects.create(desk=Desk.objects.earliest("id"), name="Second line")
    stranger = caller_for("stranger", role="agent", scope="team", team=team)

    assert change(stranger, number, seen(api, number), priority=4).status == 404
    assert change(stranger, number, "*", priority=4).status == 404
    assert stranger.send("GET", f"/tickets/{number}", headers={"If-None-Match": "*"}).status == 404


def test_with_a_key_a_change_is_answered_again_though_the_tag_is_old_by_then(api: Caller, shop: Any) -> None:
    number = shop.ticket().number
    tag = seen(api, number)

    first, second = (
        api.send("PATCH", f"/tickets/{number}", body={"priority": 4}, key="k", headers={"If-Match": tag})
        for _attempt in range(2)
    )

    assert (first.status, second.status) == (200, 200)
    assert second.headers["ETag"] == first.headers["ETag"]


def test_spam_goes_and_comes_back_and_only_spam_is_deleted(api: Caller, shop: Any) -> None:
    number = shop.ticket().number
    assert api.delete(f"/tickets/{number}").body["code"] == "not_spam"

    assert api.post(f"/tickets/{number}/spam").body["is_spam"] is True
    assert api.get("/tickets").body["items"] == []
    assert api.delete(f"/tickets/{number}/spam").body["is_spam"] is False
    assert len(api.get("/tickets").body["items"]) == 1
    tag = seen(api, number)
    api.post(f"/tickets/{number}/spam")
    assert api.send("DELETE", f"/tickets/{number}", headers={"If-Match": tag}).status == 412
    assert api.delete(f"/tickets/{number}").status == 204
    assert api.get(f"/tickets/{number}").status == 404

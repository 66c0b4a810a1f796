"""Who gets in, and what is refused before any operation sees it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError

from tests.api.caller import PREFIX, Caller
from tests.servers.installation import wait_until


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer nonsense",
        "Bearer okno_" + "x" * 43,
        "Basic okno_" + "x" * 43,
        "Bearer okno_\xff\x00",
    ],
)
def test_without_a_valid_token_nothing_is_told(shop: Any, header: str) -> None:
    refused = Caller(shop.host, None).send("GET", "/me", headers={"Authorization": header})

    assert refused.status == 401
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")
    assert shop.host not in str(refused.body)


def test_a_token_ends_when_it_is_revoked(api: Caller, shop: Any) -> None:
    from okno.team.commands.tokens import revoke_token
    from okno.team.models import ApiToken

    assert api.get("/me").status == 200
    revoke_token(actor=shop.actor("agent"), token_id=ApiToken.objects.get().pk, now=shop.now)

    assert api.get("/me").status == 401


def test_a_token_ends_with_its_time(api: Caller, shop: Any) -> None:
    from okno.accounts.models import KeyHash
    from okno.team.models import ApiToken

    ApiToken.objects.update(expires_at=shop.now - timedelta(seconds=1))
    assert api.get("/me").status == 401

    ApiToken.objects.update(expires_at=None)
    assert api.get("/me").status == 200
    KeyHash.objects.update(expires_at=shop.now - timedelta(seconds=1))
    assert api.get("/me").status == 401


def test_a_token_ends_with_its_member(api: Caller, shop: Any) -> None:
    from okno.team.models import Member

    Member.objects.update(is_active=False)

    assert api.get("/me").status == 401


def test_no_other_key_opens_the_api(api: Caller) -> None:
    from okno.accounts.models import KeyHash

    KeyHash.objects.update(purpose=KeyHash.Purpose.LOGIN_LINK)

    assert api.get("/me").status == 401


def test_use_is_remembered_at_most_once_a_minute(
    api: Caller, shop: Any, django_assert_num_queries: Any
) -> None:
    from okno.team.models import ApiToken

    api.get("/me")
    first = ApiToken.objects.get().last_used_at
    assert first is not None

    api.get("/me")
    assert ApiToken.objects.get().last_used_at == first
    ApiToken.objects.update(last_used_at=first - timedelta(minutes=2))
    api.get("/me")
    assert ApiToken.objects.get().last_used_at >= first


@pytest.mark.parametrize("path", ["/nothing", "/tickets/", "/tickets/x", "", "/openapi.json/"])
def test_what_is_nowhere_is_a_problem(api: Caller, path: str) -> None:
    assert api.get(path).status in (404, 422)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE"])
def test_other_methods_are_named(api: Caller, method: str) -> None:
    refused = api.send(method, "/tickets")

    assert refused.status == 405
    assert {word.strip() for word in refused.headers["Allow"].split(",")} == {"GET", "POST"}


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_bodies_are_json(api: Caller, kind: str) -> None:
    assert api.send("POST", "/tickets", raw=b"a=b", content_type=kind).status == 415


def test_large_bodies_are_refused_unread(api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    from okno.api import limits

    monkeypatch.setattr(limits, "JSON_LIMIT", 1000)

    assert api.post("/tickets", {"subject": "x" * 1000}).status == 413


@pytest.fixture
def two_a_minute(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a token ask twice a minute, in a minute that does not end."""
    from okno.api import gate

    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"api_per_minute": 2})
    moment = gate.current_time().replace(second=43, microsecond=0)
    monkeypatch.setattr(gate, "current_time", lambda: moment)


def test_too_many_requests_are_slowed(
    two_a_minute: None, api: Caller, caller_for: Callable[..., Caller]
) -> None:
    answers = [api.get("/me"), api.get("/nothing/of/this/kind"), api.get("/tickets/999"), api.get("/me")]

    assert [one.status for one in answers] == [200, 404, 404, 429]
    assert [one.headers.get("RateLimit-Remaining") for one in answers] == ["1", None, "0", "0"]
    assert {one.headers["RateLimit-Limit"] for one in (answers[0], *answers[2:])} == {"2"}
    assert answers[3].headers["Retry-After"] == answers[3].headers["RateLimit-Reset"] == "17"
    assert caller_for("somebody-else").get("/me").status == 200, "each token counts for itself"


def test_the_limit_counts_in_minutes(two_a_minute: None, api: Caller) -> None:
    from okno.api.models import RequestCount

    assert [api.get("/me").status for _attempt in range(3)][-1] == 429
    RequestCount.objects.update(minute=RequestCount.objects.get().minute - timedelta(minutes=1))

    assert api.get("/me").headers["RateLimit-Remaining"] == "1"


@pytest.mark.parametrize(
    ("networks", "address", "status"),
    [
        (["192.0.2.0/24"], "192.0.2.77", 200),
        (["192.0.2.0/24"], "::ffff:192.0.2.77", 200),
        (["192.0.2.0/24"], "192.0.3.77", 403),
        (["192.0.2.0/24", "2001:db8::/32"], "2001:db8::7", 200),
        (["192.0.2.7/32"], "", 403),
        ([], "198.51.100.1", 200),
    ],
)
def test_a_token_works_only_from_its_networks(
    api: Caller, networks: list[str], address: str, status: int
) -> None:
    from okno.team.models import ApiToken

    ApiToken.objects.update(networks=networks)

    answer = api.send("GET", "/me", address=address)

    assert answer.status == status
    assert status == 200 or answer.body["code"] == "wrong_address"


def test_an_address_is_not_believed_from_a_header(api: Caller) -> None:
    from okno.team.models import ApiToken

    ApiToken.objects.update(networks=["192.0.2.0/24"])

    refused = api.send("GET", "/me", headers={"X-Forwarded-For": "192.0.2.1", "Forwarded": "for=192.0.2.1"})

    assert refused.status == 403


def test_a_database_that_does_not_answer_is_a_problem_of_its_own(
    api: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    from okno.api import gate

    def fail(*args: Any, **options: Any) -> None:
        raise OperationalError

    monkeypatch.setattr(gate, "presented_key", fail)

    refused = api.get("/me")

    assert (refused.status, refused.body["code"]) == (503, "unavailable")
    assert refused.headers["Retry-After"] == "1"


def test_a_bug_is_a_problem_that_tells_nothing(api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    from okno.api.routes import directory

    def fail(*args: Any) -> None:
        raise RuntimeError("secret of the code")

    monkeypatch.setattr(directory, "member_answer", fail)

    refused = api.get("/me")

    assert refused.status == 500
    assert "secret" not in str(refused.body)


def test_a_refusal_leaves_nothing_behind(api: Caller, shop: Any) -> None:
    from okno.people.models import Contact

    body = {"subject": "x", "body": "x", "requester": {"email": "new@client.example"}, "custom": {"none": 1}}

    assert api.post("/tickets", body).status == 422
    assert not Contact.objects.exists()


def test_answers_are_not_kept_by_caches(api: Caller) -> None:
    assert api.get("/me").headers["Cache-Control"] == "no-store"
    assert "Content-Security-Policy" in api.get("/me").headers


def test_two_workspaces_see_nothing_of_each_other(open_shop: Any, now: Any) -> None:
    from okno.spine.actor import SYSTEM
    from okno.team.commands.tokens import create_token
    from okno.tenancy.scope import scope
    from tests.conftest import make_shop

    other = make_shop(now)
    made: dict[str, Any] = {}
    for name, shop in (("ours", open_shop), ("theirs", other)):
        with scope(shop.workspace):
            token = create_token(
                actor=SYSTEM,
                member=shop.member("administrator", role="administrator"),
                name="t",
                scopes=["*"],
                now=now,
            )
            ticket = shop.ticket(name)
            participant = ticket.participants.get()
            made[name] = {
                "token": token, "number": ticket.number, "contact": ticket.requester_id,
                "member": shop.member("administrator").pk, "team": ticket.team_id,
                "message": ticket.messages.get().pk, "participant": participant.pk,
            }  # fmt: skip
    # Numbers are counted in each workspace: make theirs one that ours does not have.
    with scope(other.workspace):
        made["theirs"]["number"] = other.ticket("another").number
        made["theirs"]["message"] = other.ticket("third").messages.get().pk
    ours, theirs = made["ours"], made["theirs"]
    api = Caller(open_shop.host, ours["token"])

    assert api.get("/me").status == 200
    assert Caller(other.host, ours["token"]).get("/me").status == 401
    assert Caller("unknown.example", ours["token"]).get("/me").status == 200
    assert [one["subject"] for one in api.get("/tickets").body["items"]] == ["ours"]
    assert [one["id"] for one in api.get("/contacts").body["items"]] == [ours["contact"]]
    assert {one["subject"]["number"] for one in api.get("/events", limit=100).body["items"]} <= {
        ours["number"],
        None,
    }
    for path in (
        f"/tickets/{theirs['number']}",
        f"/tickets/{theirs['number']}/messages",
        f"/tickets/{theirs['number']}/events",
        f"/tickets/{ours['number']}/messages/{theirs['message']}",
        f"/contacts/{theirs['contact']}",
    ):
        assert api.get(path).status == 404, path
    assert api.delete(f"/tickets/{ours['number']}/participants/{theirs['participant']}").status == 404
    for change in (
        {"assignee": theirs["member"]},
        {"team": theirs["team"]},
        {"requester": theirs["contact"]},
        {"parent": theirs["number"]},
    ):
        refused = api.patch(f"/tickets/{ours['number']}", change)
        assert (refused.status, list(refused.body["errors"])) == (422, list(change)), change


def test_the_feed_of_events_may_be_followed(open_shop: Any, now: Any) -> None:
    from okno.spine.actor import SYSTEM
    from okno.team.commands.tokens import create_token
    from okno.tenancy.scope import scope

    with scope(open_shop.workspace):
        token = create_token(actor=SYSTEM, member=open_shop.member("agent"), name="t", scopes=["*"], now=now)
    api = Caller(open_shop.host, token)
    begin = api.get("/events", start="newest").body
    assert (begin["items"], begin["next"]) == ([], None)

    with scope(open_shop.workspace):
        number = open_shop.ticket().number
    # Other tests' open transactions hold the horizon back.
    wait_until(lambda: len(api.get("/events", cursor=begin["resume"]).body["items"]) == 3)
    first = api.get("/events", cursor=begin["resume"], limit=2).body
    rest = api.get("/events", cursor=first["next"]).body

    assert [one["type"] for one in first["items"] + rest["items"]] == [
        "contact.created", "ticket.created", "ticket.message_added"
    ]  # fmt: skip
    assert rest["next"] is None
    assert api.get("/events", cursor=rest["resume"]).body["items"] == []
    assert rest["items"][-1]["subject"]["number"] == number
    everything = api.get("/events").body["items"]
    # What happened to tokens and the workspace is for those who may see the settings.
    assert {one["subject"]["kind"] for one in everything} == {"contact", "ticket"}


def test_a_session_is_no_way_into_the_api(shop: Any, client: Any) -> None:
    client.force_login(
        shop.member("agent").user, backend="allauth.account.auth_backends.AuthenticationBackend"
    )

    assert client.get(f"{PREFIX}/me", SERVER_NAME=shop.host).status_code == 401

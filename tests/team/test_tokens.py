"""API tokens: who makes and ends which."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from okno.accounts.models import KeyHash
from okno.lib.crypto import token_digest
from okno.lib.errors import Denied, Invalid, NotFound
from okno.spine.actor import SYSTEM
from okno.spine.models import Event
from okno.team.commands.tokens import create_token, create_token_for_cli, revoke_token, scopes_from_words
from okno.team.models import ApiToken


def make(shop: Any, by: str = "agent", for_whom: str | None = None, **options: Any) -> str:
    values = {"name": "test", "scopes": ["tickets:read"], "now": shop.now} | options
    return create_token(actor=shop.actor(by), member=shop.member(for_whom or by), **values)


def test_the_secret_is_kept_nowhere(shop: Any) -> None:
    secret = make(shop)

    token, key = ApiToken.objects.get(), KeyHash.objects.get()
    assert secret.startswith("okno_")
    assert token.digest == key.digest == token_digest(secret)
    assert key.workspace_id == shop.workspace.pk
    assert token.expires_at == key.expires_at == shop.now + timedelta(days=365)
    event = Event.objects.get(type="token.created")
    assert (event.actor_id, event.payload["scopes"]) == (shop.member("agent").pk, ["tickets:read"])
    assert secret not in str(event.payload)


def test_revoking_ends_it_once(shop: Any) -> None:
    make(shop)
    token = ApiToken.objects.get()

    for _attempt in range(2):
        revoke_token(actor=shop.actor("agent"), token_id=token.pk, now=shop.now)

    assert ApiToken.objects.get().revoked_at == shop.now
    assert not KeyHash.objects.exists()
    assert Event.objects.filter(type="token.revoked").count() == 1


@pytest.mark.parametrize(
    ("by", "allowed"),
    [
        ("administrator", True),
        ("configurator", False),
        ("support_administrator", False),
        ("supervisor", False),
    ],
)
def test_only_an_administrator_manages_tokens_of_others(shop: Any, by: str, allowed: bool) -> None:
    make(shop)
    token = ApiToken.objects.get()
    if allowed:
        make(shop, by, "agent")
        revoke_token(actor=shop.actor(by), token_id=token.pk, now=shop.now)
        return
    with pytest.raises(Denied):
        make(shop, by, "agent")
    with pytest.raises(Denied):
        revoke_token(actor=shop.actor(by), token_id=token.pk, now=shop.now)
    assert ApiToken.objects.get().revoked_at is None


def test_a_token_makes_no_tokens(shop: Any) -> None:
    actor = replace(shop.actor("agent"), token_id=1, token_scopes=frozenset({"*"}))

    with pytest.raises(Denied):
        create_token(actor=actor, member=shop.member("agent"), name="x", scopes=["*"], now=shop.now)


@pytest.mark.parametrize(
    "options",
    [
        {"scopes": []},
        {"scopes": ["tickets:reed"]},
        {"name": " "},
        {"expires_at": "past"},
        {"expires_at": "late"},
    ],
)
def test_what_makes_no_token(shop: Any, options: dict[str, Any]) -> None:
    moments = {"past": shop.now, "late": shop.now + timedelta(days=366)}
    values = {
        name: moments.get(value, value) if name == "expires_at" else value for name, value in options.items()
    }

    with pytest.raises(Invalid):
        make(shop, **values)
    assert not KeyHash.objects.exists()


def test_scopes_are_written_with_commas_or_spaces() -> None:
    assert scopes_from_words("tickets:read, people:write *") == ["tickets:read", "people:write", "*"]
    with pytest.raises(Invalid, match="tickets:reed"):
        scopes_from_words("tickets:reed")


def test_the_command_line_finds_the_member(shop: Any) -> None:
    member = shop.member("agent")

    secret = create_token_for_cli(
        actor=SYSTEM,
        address=member.email.upper(),
        scopes="tickets:read,people:read",
        name="cli",
        now=shop.now,
    )

    assert ApiToken.objects.get(digest=token_digest(secret)).member_id == member.pk
    with pytest.raises(NotFound):
        create_token_for_cli(actor=SYSTEM, address="x@nowhere.example", scopes="*", name="cli", now=shop.now)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ([], []),
        (["192.0.2.7", " 192.0.2.7/32 "], ["192.0.2.7/32"]),
        (["192.0.2.77/24", "2001:DB8::1/32"], ["192.0.2.0/24", "2001:db8::/32"]),
    ],
)
def test_networks_are_kept_as_they_count(shop: Any, given: list[str], kept: list[str]) -> None:
    make(shop, networks=given)

    assert ApiToken.objects.get().networks == kept
    assert Event.objects.get(type="token.created").payload["networks"] == kept


@pytest.mark.parametrize(
    "given", ["example.com", "192.0.2.0/33", "300.1.1.1", "*", "::1%eth0/64", "x" * 5000]
)
def test_what_is_no_network_makes_no_token(shop: Any, given: str) -> None:
    with pytest.raises(Invalid) as refused:
        make(shop, networks=[given])

    assert "networks" in refused.value.fields
    assert not ApiToken.objects.exists()


def test_a_token_has_a_bounded_number_of_networks(shop: Any) -> None:
    with pytest.raises(Invalid):
        make(shop, networks=[f"192.0.2.{number}" for number in range(51)])

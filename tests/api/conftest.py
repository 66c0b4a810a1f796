"""Callers with tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.caller import Caller


@pytest.fixture(autouse=True)
def quick_hash(settings: Any) -> None:
    """Hash passwords quickly: the slow hash is not what these tests are about."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def token_of(shop: Any) -> Callable[..., str]:
    """Return a maker of tokens: for a member by name (with a role), with scopes."""
    from okno.spine.actor import SYSTEM
    from okno.team.commands.tokens import create_token

    def make(name: str = "agent", *, scopes: tuple[str, ...] = ("*",), **options: Any) -> str:
        member = shop.member(name, **options)
        return create_token(actor=SYSTEM, member=member, name="test", scopes=scopes, now=shop.now)

    return make


@pytest.fixture
def caller_for(shop: Any, token_of: Callable[..., str]) -> Callable[..., Caller]:
    """Return a maker of callers in the name of a member."""

    def make(name: str = "agent", **options: Any) -> Caller:
        return Caller(shop.host, token_of(name, **options))

    return make


@pytest.fixture
def api(caller_for: Callable[..., Caller]) -> Caller:
    """Return a caller in the name of an agent, with a token for everything."""
    return caller_for("agent")

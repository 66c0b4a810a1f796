"""Browsers of members, and an exchange."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.api.caller import Caller
from tests.conftest import Shop


@pytest.fixture
def browser(shop: Shop) -> Callable[..., Client]:
    """Return a maker of browsers of members."""

    def make(name: str = "agent", **options: Any) -> Client:
        client = Client(headers={"host": shop.host, "accept": "text/html"})
        client.force_login(shop.member(name, **options).user)  # type: ignore[attr-defined]
        return client

    return make


@pytest.fixture
def exchange(shop: Shop) -> Callable[..., Caller]:
    """Return a maker of exchanges that call in the name of a member."""
    from okno.spine.actor import SYSTEM
    from okno.team.commands.tokens import create_token

    def make(name: str = "agent", *, scopes: tuple[str, ...] = ("*",), **options: Any) -> Caller:
        member: Any = shop.member(name, **options)
        token = create_token(actor=SYSTEM, member=member, name="exchange", scopes=scopes, now=shop.now)
        return Caller(shop.host, token)

    return make

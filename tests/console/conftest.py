"""A browser without scripts, signed in as a member of the test's workspace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.conftest import Shop

Browser = Callable[..., Client]


def browser_for(shop: Shop, name: str | None = "agent", **role: Any) -> Client:
    """Return a client on the shop's host; signed in as the member of that name unless it is None."""
    client = Client(headers={"host": shop.host, "accept": "text/html"})
    if name is not None:
        shop.actor(name, **role)
        client.force_login(shop.members[name].user)
    return client


@pytest.fixture
def browser(shop: Shop) -> Browser:
    """Give the maker of signed-in clients."""

    def make(name: str | None = "agent", **role: Any) -> Client:
        return browser_for(shop, name, **role)

    return make

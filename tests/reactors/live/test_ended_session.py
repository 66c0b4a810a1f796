"""Whoever is signed out, or has to set up a second factor first, hears nothing more."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client, RequestFactory

from okno.accounts.models import Session
from okno.accounts.sessions import end_sessions
from okno.reactors.live.views import _audience, _renewed
from okno.team.models import Role
from okno.tenancy.scope import scope
from okno.tickets.policy import hears
from tests.conftest import Shop


def listening(shop: Shop) -> Any:
    """Return the request of an agent's event stream, as it was when it began."""
    with scope(shop.workspace):  # type: ignore[arg-type]
        member: Any = shop.member("agent")
    client = Client(headers={"host": shop.host, "accept": "text/html"})
    client.post("/accounts/login/", {"login": member.email, "password": "a long pass phrase"})
    request = RequestFactory(headers={"host": shop.host}).get("/events/")
    request.session = SessionStore(client.cookies["okno_session"].value)
    assert _audience(request) is not None
    return request


def test_an_ended_session_hears_no_more(open_shop: Shop) -> None:
    request = listening(open_shop)
    assert _renewed(request) is not None
    end_sessions(Session.objects.all())
    assert _renewed(request) is None


def test_a_lacking_factor_silences(open_shop: Shop) -> None:
    request = listening(open_shop)
    open_shop.workspace.second_factor_roles = ["agent"]  # type: ignore[attr-defined]
    open_shop.workspace.save()  # type: ignore[attr-defined]
    assert _renewed(request) is None


@pytest.mark.parametrize("role", Role.values)
def test_what_happens_to_members_is_for_readers_of_the_audit(shop: Shop, role: str) -> None:
    is_heard = hears(shop.actor(role))  # type: ignore[arg-type]
    assert is_heard("member", {}) is (role in (Role.ADMINISTRATOR, Role.SUPPORT_ADMINISTRATOR))

"""Signing in by a link: once, within ten minutes, in the browser that asked, whoever may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from okno.modules.portal.entrance import sessions
from okno.modules.portal.models import PortalSession, SignInLink
from okno.modules.portal.setup import change_portal
from okno.people.models import Contact, ContactAddress
from okno.spine.actor import SYSTEM
from tests.conftest import Shop
from tests.modules.portal.conftest import browser, write_letters

ADDRESS = "requester@client.example"


def ask(client: Client, address: str = ADDRESS) -> Any:
    return client.post("/my/sign-in/", {"email": address})


def is_in(client: Client) -> bool:
    return client.get("/my/").status_code == 200


def test_a_link_signs_in_and_proves_the_address(shop: Shop) -> None:
    shop.contact()
    client = browser(shop)
    assert client.get("/my/").headers["Location"] == "/my/sign-in/?next=%2Fmy%2F"
    assert ask(client).headers["Location"] == "/my/sign-in/sent/"
    (secret,) = write_letters()
    assert "requester@client.example" in client.get(f"/my/link/?key={secret}").content.decode()
    assert not is_in(client)
    assert client.post("/my/link/", {"key": secret}).headers["Location"] == "/my/"
    assert is_in(client)
    assert ContactAddress.objects.get(value=ADDRESS).verified_at is not None
    cookie = client.cookies[sessions.COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/my/")


def test_one_comes_to_where_one_wanted(shop: Shop) -> None:
    ticket: Any = shop.ticket()
    client = browser(shop)
    client.get(f"/my/sign-in/?next=/my/requests/{ticket.number}/")
    ask(client)
    (secret,) = write_letters()
    answer = client.post("/my/link/", {"key": secret})
    assert answer.headers["Location"] == f"/my/requests/{ticket.number}/"


@pytest.mark.parametrize("there", ["https://evil.example/", "//evil.example/my/", "/settings/", "/my\\@evil"])
def test_one_is_led_nowhere_else(shop: Shop, there: str) -> None:
    shop.contact()
    client = browser(shop)
    client.get("/my/sign-in/", {"next": there})
    ask(client)
    (secret,) = write_letters()
    assert client.post("/my/link/", {"key": secret}).headers["Location"] == "/my/"


def test_a_link_works_once(shop: Shop) -> None:
    shop.contact()
    client = browser(shop)
    ask(client)
    (secret,) = write_letters()
    client.post("/my/link/", {"key": secret})
    client.post("/my/sign-out/")
    assert client.post("/my/link/", {"key": secret}).status_code == 404
    assert not is_in(client)


def test_a_link_works_in_its_browser_only(shop: Shop) -> None:
    shop.contact()
    client, thief = browser(shop), browser(shop)
    ask(client)
    ask(thief, "thief@elsewhere.example")
    secret, _other = write_letters()
    assert thief.get(f"/my/link/?key={secret}").status_code == 403
    assert thief.post("/my/link/", {"key": secret}).status_code == 403
    assert not is_in(thief)
    assert client.post("/my/link/", {"key": secret}).status_code == 302


def test_a_link_gets_old(shop: Shop) -> None:
    shop.contact()
    client = browser(shop)
    ask(client)
    (secret,) = write_letters()
    SignInLink.objects.update(expires_at=shop.now - timedelta(seconds=1))
    assert client.get(f"/my/link/?key={secret}").status_code == 404
    assert client.post("/my/link/", {"key": secret}).status_code == 404


@pytest.mark.parametrize("secret", ["", "x" * 5000, "my_nonsense", "\x00"])
def test_nonsense_is_no_link(shop: Shop, secret: str) -> None:
    assert browser(shop).get("/my/link/", {"key": secret}).status_code == 404


def test_nobody_learns_who_is_known(shop: Shop) -> None:
    shop.contact()
    change_portal(actor=SYSTEM, values={"admits": "known"}, now=shop.now)
    known, unknown = ask(browser(shop)), ask(browser(shop), "nobody@nowhere.example")
    assert (known.status_code, known.headers["Location"]) == (
        unknown.status_code,
        unknown.headers["Location"],
    )
    assert len(write_letters()) == 1
    assert not Contact.objects.filter(addresses__value="nobody@nowhere.example").exists()


def test_whoever_reads_his_mail_may_come_if_the_portal_says_so(shop: Shop) -> None:
    client = browser(shop)
    ask(client, "new@nowhere.example")
    (secret,) = write_letters()
    assert not Contact.objects.filter(addresses__value="new@nowhere.example").exists()
    client.post("/my/link/", {"key": secret})
    assert is_in(client)
    assert Contact.objects.filter(addresses__value="new@nowhere.example").count() == 1


@pytest.mark.parametrize("address", ["", "no address", "a@b\r\nBcc: c@d.example", "x" * 300 + "@a.example"])
def test_what_is_no_address_is_refused(shop: Shop, address: str) -> None:
    assert ask(browser(shop), address).status_code == 422
    assert write_letters() == []


def test_one_address_gets_few_letters(shop: Shop) -> None:
    shop.contact()
    client = browser(shop)
    statuses = [ask(client).status_code for _time in range(8)]
    assert statuses[:5] == [302] * 5
    assert statuses[-1] == 429


def test_signed_out_everywhere(shop: Shop, signed_in: Callable[[str], Client]) -> None:
    here, there = signed_in("requester"), signed_in("requester")
    assert PortalSession.objects.count() == 2
    here.post("/my/profile/sign-out/")
    assert not is_in(there)


def test_a_session_ends_when_its_address_is_somebody_elses(
    shop: Shop, signed_in: Callable[[str], Client]
) -> None:
    client = signed_in("requester")
    other: Any = shop.contact("other")
    ContactAddress.objects.filter(value=ADDRESS).update(contact=other)
    assert not is_in(client)


def test_a_session_runs_out(shop: Shop, signed_in: Callable[[str], Client]) -> None:
    client = signed_in("requester")
    PortalSession.objects.update(expires_at=shop.now - timedelta(seconds=1))
    assert not is_in(client)


def test_members_are_not_requesters_and_requesters_no_members(
    shop: Shop, signed_in: Callable[[str], Client]
) -> None:
    client = signed_in("requester")
    assert client.get("/tickets/").headers["Location"].startswith("/accounts/login/")
    agent = browser(shop)
    agent.force_login(shop.member("agent").user)  # type: ignore[attr-defined]
    assert agent.get("/my/").headers["Location"].startswith("/my/sign-in/")

"""Signing in and out: password, second step, links, limits."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.test import Client

from okno.accounts.commands import login_link
from okno.accounts.models import KeyHash, User

PASSWORD = "a long pass phrase"
WRONG = "The address or the password is not right."


@pytest.fixture
def visitor(shop: Any) -> Client:
    """Give a browser on the shop's host."""
    cache.clear()
    return Client(headers={"host": shop.host, "accept": "text/html"})


@pytest.fixture
def agent(shop: Any) -> Any:
    """Give an agent with a password."""
    return shop.member("agent")


def sign_in(client: Client, email: str, password: str = PASSWORD) -> Any:
    return client.post("/accounts/login/", {"login": email, "password": password})


def current_code(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return str(format_hotp_value(hotp_value(secret, counter)))


def switch_second_step_on(client: Client) -> str:
    """Set TOTP up as a person would, and return its secret."""
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/")
    assert page.status_code == 200
    assert "<svg" in page.content.decode()
    secret = str(page.context["form"].secret)
    answer = client.post("/accounts/2fa/totp/activate/", {"code": current_code(secret)})
    assert answer["Location"] == "/accounts/2fa/recovery-codes/"
    return secret


def test_password_signs_in_under_a_new_session(visitor: Client, agent: Any) -> None:
    visitor.get("/accounts/login/")
    visitor.session["seen"] = True
    before = visitor.session.session_key
    answer = sign_in(visitor, agent.email.upper())
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert visitor.session.session_key != before
    assert visitor.session["_auth_user_id"] == str(agent.user_id)


def test_next_page_is_kept_but_no_foreign_one(visitor: Client, agent: Any) -> None:
    form = {"login": agent.email, "password": PASSWORD, "next": "/tickets/7/"}
    assert visitor.post("/accounts/login/", form)["Location"] == "/tickets/7/"
    visitor.post("/accounts/logout/")
    form["next"] = "https://evil.example/"
    assert visitor.post("/accounts/login/", form)["Location"] == "/"


def test_unknown_and_wrong_look_alike(visitor: Client, agent: Any) -> None:
    wrong = sign_in(visitor, agent.email, "not the password")
    unknown = sign_in(visitor, "nobody@client.example", "not the password")
    for answer in (wrong, unknown):
        assert answer.status_code == 200
        assert WRONG in answer.content.decode()
        assert "_auth_user_id" not in visitor.session


def test_disabled_user_is_told_so(visitor: Client, agent: Any) -> None:
    User.objects.filter(pk=agent.user_id).update(is_active=False)
    assert sign_in(visitor, agent.email).status_code in (200, 302)
    assert "_auth_user_id" not in visitor.session


def test_guessing_stops(visitor: Client, agent: Any) -> None:
    for _ in range(5):
        assert WRONG in sign_in(visitor, agent.email, "guess").content.decode()
    answer = sign_in(visitor, agent.email)
    assert "Too many attempts" in answer.content.decode()
    assert "_auth_user_id" not in visitor.session


def test_sign_out_ends_the_session(visitor: Client, agent: Any) -> None:
    sign_in(visitor, agent.email)
    assert visitor.get("/accounts/logout/").status_code == 200
    assert "_auth_user_id" in visitor.session
    visitor.post("/accounts/logout/")
    assert "_auth_user_id" not in visitor.session


def test_sign_in_needs_the_proof_of_origin(shop: Any, agent: Any) -> None:
    strict = Client(enforce_csrf_checks=True, headers={"host": shop.host})
    assert sign_in(strict, agent.email).status_code == 403


def test_there_is_no_sign_up(visitor: Client) -> None:
    for path in (
        "/accounts/signup/",
        "/accounts/email/",
        "/accounts/login/code/",
        "/accounts/password/reset/key/x-y/",
    ):
        assert visitor.get(path).status_code == 404


def test_second_step_is_asked_for_and_each_code_works_once(visitor: Client, agent: Any) -> None:
    sign_in(visitor, agent.email)
    secret = switch_second_step_on(visitor)
    stored = Authenticator.objects.get(user=agent.user, type="totp").data["secret"]
    assert secret not in stored
    visitor.post("/accounts/logout/")

    assert sign_in(visitor, agent.email)["Location"] == "/accounts/2fa/authenticate/"
    assert "_auth_user_id" not in visitor.session
    wrong = visitor.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert "not right" in wrong.content.decode()
    assert "_auth_user_id" not in visitor.session


def test_recovery_code_lets_in_once(visitor: Client, agent: Any) -> None:
    sign_in(visitor, agent.email)
    switch_second_step_on(visitor)
    page = visitor.get("/accounts/2fa/recovery-codes/").content.decode()
    code = re.findall(r"<li>(\d{8})</li>", page)[0]
    for is_first in (True, False):
        visitor.post("/accounts/logout/")
        sign_in(visitor, agent.email)
        visitor.post("/accounts/2fa/authenticate/", {"code": code})
        assert ("_auth_user_id" in visitor.session) is is_first


def test_codes_cannot_be_tried_without_end(visitor: Client, agent: Any) -> None:
    sign_in(visitor, agent.email)
    switch_second_step_on(visitor)
    visitor.post("/accounts/logout/")
    sign_in(visitor, agent.email)
    answers = [visitor.post("/accounts/2fa/authenticate/", {"code": f"00000{n}"}) for n in range(6)]
    assert "Too many attempts" in answers[-1].content.decode() or answers[-1].status_code == 429


def test_security_pages_ask_for_the_password_again(visitor: Client, agent: Any) -> None:
    sign_in(visitor, agent.email)
    answer = visitor.get("/accounts/2fa/totp/activate/")
    assert answer["Location"].startswith("/accounts/reauthenticate/")


def test_changed_password_ends_other_sessions(shop: Any, visitor: Client, agent: Any) -> None:
    other = Client(headers={"host": shop.host, "accept": "text/html"})
    sign_in(other, agent.email)
    sign_in(visitor, agent.email)
    form = {"oldpassword": PASSWORD, "password1": "another long phrase", "password2": "another long phrase"}
    assert visitor.post("/accounts/password/change/", form).status_code == 302
    assert visitor.get("/accounts/password/change/").status_code == 200
    assert other.get("/accounts/password/change/").status_code == 302


def test_login_link_works_once(shop: Any, visitor: Client, agent: Any) -> None:
    link = login_link(user=agent.user, workspace=shop.workspace, now=shop.now)
    path = link.partition(shop.host)[2].partition("/")[2]
    assert visitor.get(f"/{path}")["Location"] == "/"
    assert visitor.session["_auth_user_id"] == str(agent.user_id)
    visitor.post("/accounts/logout/")
    assert visitor.get(f"/{path}").status_code == 404
    assert "_auth_user_id" not in visitor.session


def test_login_link_dies_after_ten_minutes(shop: Any, visitor: Client, agent: Any) -> None:
    link = login_link(user=agent.user, workspace=shop.workspace, now=shop.now - timedelta(minutes=11))
    assert visitor.get(f"/accounts/link/?{link.partition('?')[2]}").status_code == 404


@pytest.mark.parametrize("key", ["", "okno_nonsense", "x" * 5000])
def test_nonsense_links_are_dead(visitor: Client, key: str) -> None:
    for path in ("/accounts/link/", "/accounts/password/reset/key/", "/welcome/", "/invitation/"):
        assert visitor.get(path, {"key": key}).status_code == 404


def test_secrets_are_stored_hashed(shop: Any, agent: Any) -> None:
    link = login_link(user=agent.user, workspace=shop.workspace, now=shop.now)
    secret = link.partition("key=")[2]
    row = KeyHash.objects.get(user=agent.user)
    assert secret not in f"{row.digest} {row.payload}"
    assert len(row.digest) == 64

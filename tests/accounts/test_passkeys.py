"""Passkeys without a browser: whose they are, and answers that no browser would give."""

from __future__ import annotations

import json
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client

PASSWORD = "a long pass phrase"
NONSENSE = [
    "",
    "null",
    "[]",
    "{}",
    '"x"',
    "7",
    "{",
    json.dumps({"response": 1}),
    json.dumps({"id": "a", "rawId": "a", "type": "public-key", "response": {}}),
    json.dumps(
        {
            "id": "AA",
            "rawId": "AA",
            "type": "public-key",
            "response": {
                "clientDataJSON": "AA",
                "authenticatorData": "AA",
                "signature": "AA",
                "userHandle": "AA",
            },
            "clientExtensionResults": {},
        }
    ),
    json.dumps(
        {
            "id": "é",
            "rawId": ["x"],
            "type": None,
            "response": {"clientDataJSON": "e30", "attestationObject": "oA", "userHandle": None},
            "clientExtensionResults": None,
        }
    ),
]


@pytest.fixture
def browser(shop: Any) -> Client:
    """Give a browser in which an agent has just proven who he is."""
    cache.clear()
    client = Client(headers={"host": shop.host, "accept": "text/html"})
    client.post("/accounts/login/", {"login": shop.member("agent").email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


@pytest.mark.parametrize("credential", NONSENSE)
def test_nonsense_opens_nothing_and_breaks_nothing(shop: Any, browser: Client, credential: str) -> None:
    stranger = Client(headers={"host": shop.host, "accept": "application/json"})
    assert "request_options" in stranger.get("/accounts/2fa/passkeys/login/").json()
    answer = stranger.post("/accounts/2fa/passkeys/login/", {"credential": credential})
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/")
    assert "_auth_user_id" not in stranger.session
    assert browser.get("/accounts/2fa/passkeys/add/").status_code == 200
    added = browser.post("/accounts/2fa/passkeys/add/", {"name": "Key", "credential": credential})
    assert added.status_code == 200
    assert not Authenticator.objects.exists()


def test_the_passkey_of_another_is_not_found(shop: Any, browser: Client) -> None:
    other = shop.member("outsider").user
    theirs = Authenticator.objects.create(
        user=other, type="webauthn", data={"name": "Theirs", "credential": {}}
    )
    for path in ("edit", "remove"):
        address = f"/accounts/2fa/passkeys/{theirs.pk}/{path}/"
        assert browser.get(address).status_code == 404
        assert browser.post(address, {"name": "Mine now"}).status_code == 404
    assert Authenticator.objects.get().data["name"] == "Theirs"


def test_renaming(shop: Any, browser: Client) -> None:
    mine = Authenticator.objects.create(
        user=shop.members["agent"].user, type="webauthn", data={"name": "Old", "credential": {}}
    )
    address = f"/accounts/2fa/passkeys/{mine.pk}/edit/"
    assert browser.post(address, {"name": " \x00 "}).status_code == 200
    assert browser.post(address, {"name": "  Laptop\n at home "})["Location"] == "/settings/profile/"
    assert Authenticator.objects.get().data["name"] == "Laptop at home"
    assert "Laptop at home" in browser.get("/settings/profile/").content.decode()


def test_passkeys_are_made_after_a_fresh_proof_only(shop: Any) -> None:
    cache.clear()
    client = Client(headers={"host": shop.host, "accept": "text/html"})
    assert client.get("/accounts/2fa/passkeys/add/").status_code == 302
    client.post("/accounts/login/", {"login": shop.member("agent").email, "password": PASSWORD})
    answer = client.get("/accounts/2fa/passkeys/add/")
    assert answer["Location"].startswith("/accounts/reauthenticate/")


def test_challenges_are_limited_by_address(shop: Any) -> None:
    cache.clear()
    client = Client(headers={"host": shop.host, "accept": "application/json"})
    answers = [
        client.post("/accounts/2fa/passkeys/login/", {"credential": "{}"}).status_code for _ in range(11)
    ]
    assert answers[-1] == 429

"""The page of the modules: presets, a switch for each, for administrators only."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from okno.tenancy.models import Workspace


@pytest.fixture
def boss(shop: Any) -> Client:
    """Give the browser of an administrator."""
    return browser(shop, "administrator")


def browser(shop: Any, role: str) -> Client:
    client = Client(SERVER_NAME=shop.host)
    client.force_login(shop.member(role, role=role).user)
    return client


def is_on(shop: Any, name: str) -> bool:
    return name in Workspace.objects.get(pk=shop.workspace.pk).modules


def test_a_module_goes_and_comes_back(shop: Any, boss: Client) -> None:
    answer = boss.post("/settings/modules/switch/", {"name": "phone"}, follow=True)
    assert not is_on(shop, "phone")
    assert b"Switch Phone on" in answer.content
    assert b"Use this set" in answer.content
    answer = boss.post("/settings/modules/switch/", {"name": "phone", "on": "1"}, follow=True)
    assert is_on(shop, "phone")
    assert b"Use this set" not in answer.content


def test_a_set_brings_everything_back(shop: Any, boss: Client) -> None:
    for name in ("phone", "portal", "form"):
        boss.post("/settings/modules/switch/", {"name": name})
    boss.post("/settings/modules/switch/", {"preset": "help_desk"})
    assert all(is_on(shop, name) for name in ("phone", "portal", "form"))


@pytest.mark.parametrize("given", [{"name": "unheard_of", "on": "1"}, {"preset": "everything"}, {}])
def test_what_is_unknown_is_refused(shop: Any, boss: Client, given: dict[str, str]) -> None:
    assert boss.post("/settings/modules/switch/", given).status_code == 422
    assert is_on(shop, "phone")


@pytest.mark.parametrize("role", ["support_administrator", "configurator", "supervisor", "agent"])
def test_others_may_not(shop: Any, role: str) -> None:
    client = browser(shop, role)
    assert client.get("/settings/modules/").status_code == 403
    assert client.post("/settings/modules/switch/", {"name": "phone"}).status_code == 403
    assert is_on(shop, "phone")

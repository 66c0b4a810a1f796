"""Who may open which settings page: every page with every role, strangers and visitors."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from okno.accounts.models import User
from okno.team.models import Role, Team

A, S, C = Role.ADMINISTRATOR, Role.SUPPORT_ADMINISTRATOR, Role.CONFIGURATOR
EVERYBODY = set(Role)
TEAM, DESK, SYSTEM = {A, S}, {A, C}, {A}
PAGES = {
    "/settings/": EVERYBODY,
    "/settings/profile/": EVERYBODY,
    "/settings/tokens/": EVERYBODY,
    "/settings/members/": TEAM,
    "/settings/members/new/": TEAM,
    "/settings/members/{member}/": TEAM,
    "/settings/members/{member}/deactivation/": TEAM,
    "/settings/audit/": TEAM,
    "/settings/teams/": TEAM,
    "/settings/teams/new/": TEAM,
    "/settings/teams/{team}/": TEAM,
    "/settings/teams/desks/new/": TEAM,
    "/settings/teams/desks/{desk}/": TEAM,
    "/settings/mailboxes/": DESK,
    "/settings/mailboxes/new/": DESK,
    "/settings/mailboxes/{mailbox}/": DESK,
    "/settings/mail/": DESK,
    "/settings/mail/all/": DESK,
    "/settings/mail/{desk}/receipt/ru/": DESK,
    "/settings/fields/": DESK,
    "/settings/fields/new/": DESK,
    "/settings/fields/{field}/": DESK,
    "/settings/workspace/": DESK,
    "/settings/modules/": SYSTEM,
    "/settings/security/": SYSTEM,
}
ACTS = {
    "/settings/members/{member}/invitation/": TEAM,
    "/settings/members/{member}/roles/": TEAM,
    "/settings/members/{member}/sessions/end/": TEAM,
    "/settings/members/{member}/factors/reset/": TEAM,
    "/settings/members/{member}/activation/": TEAM,
    "/settings/mailboxes/{mailbox}/switch/": DESK,
    "/settings/mailboxes/{mailbox}/test/": DESK,
    "/settings/mailboxes/test/": DESK,
}


@pytest.fixture
def ids(shop: Any) -> dict[str, int]:
    """Make one of everything, and return the ids for the addresses."""
    from okno.tickets.models import CustomField

    cache.clear()
    team = Team.objects.get()
    field = CustomField.objects.create(key="floor", names={"en": "Floor"}, kind="choice", choices=["1", "2"])
    target = shop.member("target", role="light_agent")
    return {
        "member": target.pk,
        "team": team.pk,
        "desk": team.desk_id,
        "mailbox": shop.mailbox().pk,
        "field": field.pk,
    }


def browser(shop: Any, user: User | None = None) -> Client:
    client = Client(headers={"host": shop.host, "accept": "text/html"})
    if user is not None:
        client.force_login(user)
    return client


@pytest.mark.parametrize("role", Role.values)
def test_pages(shop: Any, ids: dict[str, int], role: str) -> None:
    client = browser(shop, shop.member(role, role=role).user)
    got = {path: client.get(path.format(**ids)).status_code for path in PAGES}
    assert got == {path: 200 if role in allowed else 403 for path, allowed in PAGES.items()}


@pytest.mark.parametrize("role", Role.values)
def test_acts(shop: Any, ids: dict[str, int], role: str) -> None:
    client = browser(shop, shop.member(role, role=role).user)
    for path, allowed in ACTS.items():
        answer = client.post(path.format(**ids))
        assert (answer.status_code != 403) == (role in allowed), path
        assert client.get(path.format(**ids)).status_code == 405, path


def test_strangers_and_visitors(shop: Any, ids: dict[str, int]) -> None:
    stranger = browser(shop, User.objects.create_user("stranger@client.example", "a long pass phrase"))
    visitor = browser(shop)
    for path in PAGES:
        assert stranger.get(path.format(**ids)).status_code == 404, path
        assert visitor.get(path.format(**ids))["Location"].startswith("/accounts/login/"), path
    for path in ACTS:
        assert stranger.post(path.format(**ids)).status_code == 404, path
        assert visitor.post(path.format(**ids)).status_code == 401, path


def test_what_does_not_exist(shop: Any, ids: dict[str, int]) -> None:
    client = browser(shop, shop.member("administrator", role="administrator").user)
    nothing = dict.fromkeys(ids, 999_999)
    for path in PAGES:
        if "{" in path:
            assert client.get(path.format(**nothing)).status_code == 404, path
            assert client.post(path.format(**nothing)).status_code == 404, path


def test_menu_holds_only_what_one_may_open(shop: Any) -> None:
    agent = browser(shop, shop.member("agent").user).get("/settings/").content.decode()
    boss = (
        browser(shop, shop.member("administrator", role="administrator").user)
        .get("/settings/")
        .content.decode()
    )
    for path in ("/settings/members/", "/settings/mailboxes/", "/settings/modules/"):
        assert path not in agent
        assert path in boss


@pytest.mark.parametrize("language", ["en", "ru"])
def test_pages_say_what_they_are_for(shop: Any, ids: dict[str, int], language: str) -> None:
    from okno.team.models import Member

    boss = shop.member("administrator", role="administrator")
    Member.objects.filter(pk=boss.pk).update(language=language)
    client = browser(shop, boss.user)
    for path in PAGES:
        page = client.get(path.format(**ids)).content.decode()
        assert f'<html lang="{language}"' in page
        lead = page.partition('class="page-lead">')[2].partition("</p>")[0].strip()
        assert lead, path

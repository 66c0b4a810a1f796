"""Two workspaces side by side: nothing of one opens in the other."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from okno.accounts.commands import login_link
from okno.channels.email.models import Mailbox
from okno.team.commands.invite import invite_member
from okno.team.commands.roles import RoleInScope
from okno.team.models import Member, Team
from okno.tenancy.scope import scope
from tests.conftest import make_shop


@pytest.fixture
def shops(open_shop: Any) -> tuple[Any, Any]:
    """Give two committed workspaces, each with an administrator."""
    other = make_shop(open_shop.now)
    for shop in (open_shop, other):
        with scope(shop.workspace):
            shop.member("administrator", role="administrator")
            shop.member("agent")
            shop.mailbox()
    # Cached limits live in the same database.
    cache.clear()
    return open_shop, other


def browser(shop: Any) -> Client:
    return Client(headers={"host": shop.host, "accept": "text/html"})


def test_rows_of_the_other_do_not_exist(shops: tuple[Any, Any]) -> None:
    ours, theirs = shops
    client = browser(ours)
    client.force_login(ours.member("administrator").user)
    with scope(theirs.workspace):
        member, team, mailbox = Member.objects.get(name="Agent"), Team.objects.get(), Mailbox.objects.get()
    for path in (
        f"members/{member.pk}/",
        f"teams/{team.pk}/",
        f"teams/desks/{team.desk_id}/",
        f"mailboxes/{mailbox.pk}/",
    ):
        assert client.get(f"/settings/{path}").status_code == 404
    assert client.post(f"/settings/members/{member.pk}/deactivation/").status_code == 404
    assert client.post(f"/settings/mailboxes/{mailbox.pk}/switch/").status_code == 404
    page = client.get("/settings/members/").content.decode()
    assert ours.host in page
    assert theirs.host not in page
    with scope(theirs.workspace):
        member.refresh_from_db()
        mailbox.refresh_from_db()
        assert (member.is_active, mailbox.is_active) == (True, True)


def test_session_of_one_is_nothing_in_the_other(shops: tuple[Any, Any]) -> None:
    ours, theirs = shops
    client = browser(theirs)
    client.force_login(ours.member("administrator").user)
    answer = client.get("/settings/members/")
    assert answer.status_code == 404
    assert (
        theirs.workspace.name not in answer.content.decode().partition("<main")[2].partition("auth-card")[2]
    )


def test_links_of_one_are_dead_in_the_other(shops: tuple[Any, Any]) -> None:
    ours, theirs = shops
    with scope(ours.workspace):
        made = invite_member(
            actor=ours.actor("administrator"),
            workspace=ours.workspace,
            email="new@client.example",
            role=RoleInScope(role="agent"),
            now=ours.now,
        )
        sign_in = login_link(user=ours.member("agent").user, workspace=ours.workspace, now=ours.now)
    assert browser(theirs).get(f"/invitation/?{made.url.partition('?')[2]}").status_code == 404
    assert browser(theirs).get(f"/accounts/link/?{sign_in.partition('?')[2]}").status_code == 404
    assert browser(ours).get(f"/invitation/?{made.url.partition('?')[2]}").status_code == 200
    assert browser(ours).get(f"/accounts/link/?{sign_in.partition('?')[2]}").status_code == 302


def test_an_address_belongs_to_one_mailbox_in_all_workspaces(shops: tuple[Any, Any]) -> None:
    ours, theirs = shops
    client = browser(ours)
    client.force_login(ours.member("administrator").user)
    form = {
        "address": f"support@{theirs.host}",
        "imap_port": "993",
        "imap_security": "tls",
        "imap_folder": "INBOX",
        "smtp_port": "465",
        "smtp_security": "tls",
    }
    answer = client.post("/settings/mailboxes/new/", form)
    assert answer.status_code == 422
    assert answer.context["form"].errors["address"]

"""The first administrator and invited people, in the browser."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from okno.accounts.models import KeyHash, User
from okno.lib.errors import Conflict, Denied, NotFound
from okno.spine.actor import SYSTEM
from okno.team.commands.first import (
    FirstWords,
    create_first_administrator,
    first_link_path,
    has_administrator,
)
from okno.team.commands.invite import accept_invitation, invite_member, join_by_invitation
from okno.team.commands.roles import RoleInScope
from okno.team.models import Member, RoleGrant
from okno.tenancy.models import Workspace, WorkspaceHost

PASSWORD = "a long pass phrase"
FIRST = {
    "name": "Ольга",
    "email": "Olga@Acme.example",
    "password": PASSWORD,
    "workspace_name": "Acme",
    "language": "ru",
    "timezone": "Europe/Moscow",
}


@pytest.fixture
def visitor(shop: Any) -> Client:
    """Give a browser on the shop's host."""
    cache.clear()
    return Client(headers={"host": shop.host, "accept": "text/html"})


def invitation(shop: Any, email: str = "new@client.example", **more: Any) -> str:
    made = invite_member(
        actor=shop.actor("administrator"),
        workspace=shop.workspace,
        email=email,
        role=RoleInScope(role="agent"),
        now=more.pop("now", shop.now),
        **more,
    )
    return made.url.partition("key=")[2]


def test_first_page_makes_the_administrator_once(shop: Any, visitor: Client) -> None:
    path = first_link_path(workspace=shop.workspace, now=shop.now)
    assert visitor.get(path).status_code == 200
    assert visitor.get(path).status_code == 200
    answer = visitor.post(path, FIRST)
    assert (answer.status_code, answer["Location"]) == (302, "/setup/")
    member = Member.objects.get(email="olga@acme.example")
    assert visitor.session["_auth_user_id"] == str(member.user_id)
    assert RoleGrant.objects.get(member=member).role == "administrator"
    shop.workspace.refresh_from_db()
    assert (shop.workspace.name, shop.workspace.timezone) == ("Acme", "Europe/Moscow")
    assert has_administrator()
    other = Client(headers={"host": shop.host})
    assert other.get(path).status_code == 404
    assert other.post(path, {**FIRST, "email": "thief@acme.example"}).status_code == 404
    with pytest.raises(Conflict):
        first_link_path(workspace=shop.workspace, now=shop.now)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "nonsense"),
        ("name", " "),
        ("password", "short"),
        ("password", "password1234"),
        ("workspace_name", ""),
        ("language", "xx"),
        ("timezone", "Mars/Olympus"),
    ],
)
def test_first_page_refuses_at_the_field_and_the_link_lives_on(
    shop: Any, visitor: Client, field: str, value: str
) -> None:
    path = first_link_path(workspace=shop.workspace, now=shop.now)
    answer = visitor.post(path, {**FIRST, field: value})
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert not Member.objects.exists()
    assert not User.objects.exists()
    assert visitor.post(path, FIRST).status_code == 302


def test_newer_first_link_replaces_the_older(shop: Any, visitor: Client) -> None:
    old = first_link_path(workspace=shop.workspace, now=shop.now)
    new = first_link_path(workspace=shop.workspace, now=shop.now)
    assert visitor.get(old).status_code == 404
    assert visitor.get(new).status_code == 200


def test_first_page_notes_the_host_it_is_reached_by(shop: Any) -> None:
    words = FirstWords(workspace_name="Acme", language="en", timezone="UTC")
    secret = first_link_path(workspace=shop.workspace, now=shop.now).partition("key=")[2]
    WorkspaceHost.objects.filter(workspace=shop.workspace).update(host="localhost")
    create_first_administrator(
        secret=secret,
        workspace=shop.workspace,
        host="Desk.Acme.example:8000",
        words=words,
        now=shop.now,
        email="olga@acme.example",
        name="Olga",
        password=PASSWORD,
    )
    assert WorkspaceHost.objects.get(host="desk.acme.example").is_primary


def test_first_administrator_may_be_somebody_who_has_an_account(shop: Any, visitor: Client) -> None:
    user = User.objects.create_user("olga@acme.example", PASSWORD, name="Olga")
    path = first_link_path(workspace=shop.workspace, now=shop.now)
    assert "Sign in with it first" in visitor.post(path, FIRST).content.decode()
    visitor.force_login(user)
    page = visitor.get(path).content.decode()
    assert 'name="password"' not in page
    words = {key: FIRST[key] for key in ("workspace_name", "language", "timezone")}
    assert visitor.post(path, words).status_code == 302
    assert Member.objects.get().user_id == user.pk


def test_sign_in_page_of_an_empty_desk_says_where_to_begin(shop: Any, visitor: Client) -> None:
    assert "printed in the terminal" in visitor.get("/accounts/login/").content.decode()
    shop.member("agent")
    assert "printed in the terminal" not in visitor.get("/accounts/login/").content.decode()


def test_invited_person_comes_in_once(shop: Any, visitor: Client) -> None:
    path = f"/invitation/?key={invitation(shop)}"
    assert "new@client.example" in visitor.get(path).content.decode()
    answer = visitor.post(path, {"name": "Nina", "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    member = Member.objects.select_related("user").get(email="new@client.example")
    assert (member.name, member.user.email) == ("Nina", "new@client.example")
    assert visitor.session["_auth_user_id"] == str(member.user_id)
    assert (
        Client(headers={"host": shop.host}).post(path, {"name": "X", "password": PASSWORD}).status_code == 404
    )
    member.user.refresh_from_db()
    assert member.user.check_password(PASSWORD)


def test_weak_password_keeps_the_invitation(shop: Any, visitor: Client) -> None:
    path = f"/invitation/?key={invitation(shop)}"
    answer = visitor.post(path, {"name": "Nina", "password": "password"})
    assert answer.status_code == 422
    assert answer.context["form"].errors["password"]
    assert not User.objects.filter(email="new@client.example").exists()
    assert visitor.post(path, {"name": "Nina", "password": PASSWORD}).status_code == 302


def test_invitation_dies_after_three_days(shop: Any, visitor: Client) -> None:
    secret = invitation(shop, now=shop.now - timedelta(hours=73))
    assert visitor.get(f"/invitation/?key={secret}").status_code == 404
    with pytest.raises(NotFound):
        accept_invitation(secret=secret, workspace=shop.workspace, name="X", password=PASSWORD, now=shop.now)


def test_one_kind_of_link_opens_no_other_door(shop: Any, visitor: Client) -> None:
    secret = invitation(shop)
    for path in ("/accounts/link/", "/accounts/password/reset/key/", "/welcome/"):
        assert visitor.get(path, {"key": secret}).status_code == 404


def test_invitation_of_another_workspace_is_dead_here(shop: Any) -> None:
    secret = invitation(shop)
    other = Workspace.objects.create(name="Other", created_at=shop.now)
    with pytest.raises(NotFound):
        accept_invitation(secret=secret, workspace=other, name="X", password=PASSWORD, now=shop.now)
    assert KeyHash.objects.filter(used_at=None).exists()


def test_somebody_with_an_account_must_sign_in_to_join(shop: Any, visitor: Client) -> None:
    user = User.objects.create_user("new@client.example", PASSWORD)
    secret = invitation(shop)
    path = f"/invitation/?key={secret}"
    assert visitor.get(path)["Location"].startswith("/accounts/login/?next=/invitation/")
    assert visitor.post(path, {"name": "Thief", "password": "stolen pass phrase"}).status_code == 302
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    with pytest.raises(Conflict):
        accept_invitation(
            secret=secret, workspace=shop.workspace, name="Thief", password=PASSWORD, now=shop.now
        )
    visitor.force_login(user)
    assert visitor.get(path).status_code == 200
    assert visitor.post(path)["Location"] == "/"
    assert Member.objects.get(email="new@client.example").user_id == user.pk


def test_another_account_cannot_join(shop: Any, visitor: Client) -> None:
    User.objects.create_user("new@client.example", PASSWORD)
    thief = User.objects.create_user("thief@client.example", PASSWORD)
    secret = invitation(shop)
    visitor.force_login(thief)
    assert visitor.post(f"/invitation/?key={secret}").status_code == 403
    with pytest.raises(Denied):
        join_by_invitation(secret=secret, workspace=shop.workspace, user=thief, now=shop.now)
    assert Member.objects.get(email="new@client.example").user_id is None


def test_whoever_is_no_member_learns_nothing(shop: Any, visitor: Client) -> None:
    shop.ticket("Salaries of everybody")
    visitor.force_login(User.objects.create_user("stranger@client.example", PASSWORD))
    answer = visitor.get("/tickets/")
    assert answer.status_code == 404
    assert "Salaries" not in answer.content.decode()


def test_switched_off_member_is_out_at_once(shop: Any, visitor: Client) -> None:
    from okno.team.commands.members import deactivate_member

    shop.member("administrator", role="administrator")
    agent = shop.member("agent")
    visitor.force_login(agent.user)
    assert visitor.get("/tickets/").status_code == 200
    deactivate_member(actor=SYSTEM, workspace=shop.workspace, member_id=agent.pk, now=shop.now)
    assert visitor.get("/tickets/").status_code == 404

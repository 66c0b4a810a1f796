"""Settings pages at work: what is saved, what is refused and where the words stand."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from okno.channels.email.models import Mailbox
from okno.team.models import ApiToken, Desk, Member, RoleGrant, Team
from okno.tickets.models import CustomField

MAILBOX = {
    "address": "help@acme.example",
    "name": "Acme",
    "team_id": "",
    "imap_host": "",
    "imap_port": "993",
    "imap_security": "tls",
    "imap_folder": "INBOX",
    "smtp_host": "",
    "smtp_port": "465",
    "smtp_security": "tls",
}
PROFILE = {"name": "Olga", "language": "", "theme": "", "signature": "", "undo_seconds": "10"}


@pytest.fixture
def boss(shop: Any) -> Client:
    """Give an administrator's browser."""
    cache.clear()
    client = Client(headers={"host": shop.host, "accept": "text/html"})
    client.force_login(shop.member("administrator", role="administrator").user)
    return client


@pytest.fixture
def agent(shop: Any) -> Client:
    """Give an agent's browser."""
    client = Client(headers={"host": shop.host, "accept": "text/html"})
    client.force_login(shop.member("agent").user)
    return client


def errors(answer: Any, form: str = "form") -> dict[str, Any]:
    assert answer.status_code == 422
    return dict(answer.context[form].errors)


def test_language_and_theme_take_effect(shop: Any, agent: Client) -> None:
    answer = agent.post("/settings/profile/", {**PROFILE, "language": "ru", "theme": "dark"})
    assert answer["Location"] == "/settings/profile/"
    page = agent.get("/settings/profile/").content.decode()
    assert '<html lang="ru" data-theme="okno-dark"' in page
    elsewhere = Client(headers={"host": shop.host, "accept": "text/html"})
    elsewhere.force_login(shop.member("agent").user)
    assert '<html lang="ru" data-theme="okno-dark"' in elsewhere.get("/settings/profile/").content.decode()
    agent.post("/settings/profile/", PROFILE)
    assert (
        '<html lang="en">'
        in agent.get("/settings/profile/", headers={"accept-language": "en"}).content.decode()
    )


def test_profile_is_kept(shop: Any, agent: Client) -> None:
    agent.post(
        "/settings/profile/",
        {**PROFILE, "undo_seconds": "0", "signature": "Best,\r\nOlga", "has_shortcuts": "on"},
    )
    member = Member.objects.get(name="Olga")
    assert (member.undo_seconds, member.signature, member.has_shortcuts) == (0, "Best,\nOlga", True)
    agent.post("/settings/profile/", PROFILE)
    member.refresh_from_db()
    assert not member.has_shortcuts


@pytest.mark.parametrize(
    ("field", "value"),
    [("undo_seconds", "31"), ("undo_seconds", "x"), ("language", "xx"), ("theme", "pink"), ("name", " ")],
)
def test_impossible_profiles(agent: Client, field: str, value: str) -> None:
    assert list(errors(agent.post("/settings/profile/", {**PROFILE, field: value}))) == [field]


def test_notifications_are_muted_one_by_one(shop: Any, agent: Client) -> None:
    agent.post("/settings/profile/notifications/", {"on": ["assigned:bell", "nonsense:bell"]})
    muted = Member.objects.get(pk=shop.member("agent").pk).muted
    assert "assigned:bell" not in muted
    assert "assigned:mail" in muted
    page = agent.get("/settings/profile/").content.decode()
    assert 'value="assigned:bell" checked' in page
    assert 'value="assigned:mail" checked' not in page


def test_invitation_shows_its_link_once(shop: Any, boss: Client) -> None:
    form = {
        "email": "new@client.example",
        "name": "Nina",
        "role": "agent",
        "where": "workspace",
        "teams": [Team.objects.get().pk],
    }
    answer = boss.post("/settings/members/new/", form)
    assert answer.status_code == 200
    assert "/invitation/?key=" in answer.content.decode()
    member = Member.objects.get(email="new@client.example")
    assert "/invitation/?key=" not in boss.get(f"/settings/members/{member.pk}/").content.decode()
    assert "email" in errors(boss.post("/settings/members/new/", form))
    again = boss.post(f"/settings/members/{member.pk}/invitation/").content.decode()
    assert "/invitation/?key=" in again


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "nonsense"),
        ("role", "emperor"),
        ("where", "team:999999"),
        ("where", "everywhere"),
        ("teams", "999999"),
    ],
)
def test_impossible_invitations(boss: Client, field: str, value: str) -> None:
    form = {"email": "new@client.example", "role": "agent", "where": "workspace", field: value}
    assert list(errors(boss.post("/settings/members/new/", form))) == [field]
    assert not Member.objects.filter(email="new@client.example").exists()


def test_support_administrator_is_not_offered_mightier_roles(shop: Any) -> None:
    client = Client(headers={"host": shop.host, "accept": "text/html"})
    client.force_login(shop.member("support_administrator", role="support_administrator").user)
    page = client.get("/settings/members/new/").content.decode()
    assert 'value="administrator"' not in page
    form = {"email": "new@client.example", "role": "administrator", "where": "workspace"}
    assert "role" in errors(client.post("/settings/members/new/", form))


def test_roles_are_given_and_taken(shop: Any, boss: Client) -> None:
    agent, team = shop.member("agent"), Team.objects.get()
    path = f"/settings/members/{agent.pk}/"
    boss.post(f"{path}roles/", {"role": "supervisor", "where": f"team:{team.pk}"})
    grant = RoleGrant.objects.get(member=agent, role="supervisor")
    assert (grant.scope, grant.team_id) == ("team", team.pk)
    repeated = boss.post(f"{path}roles/", {"role": "supervisor", "where": f"team:{team.pk}"})
    assert errors(repeated, "role_form")
    boss.post(f"{path}roles/{grant.pk}/revocation/")
    assert not RoleGrant.objects.filter(pk=grant.pk).exists()


def test_last_administrator_is_told_why_not(shop: Any, boss: Client) -> None:
    member = shop.member("administrator")
    grant = RoleGrant.objects.get(member=member)
    answer = boss.post(f"/settings/members/{member.pk}/roles/{grant.pk}/revocation/")
    assert answer.status_code == 409
    assert "only administrator" in answer.content.decode()
    assert RoleGrant.objects.filter(pk=grant.pk).exists()


def test_switching_off_and_on(shop: Any, boss: Client) -> None:
    agent, colleague = shop.member("agent"), shop.member("colleague")
    path = f"/settings/members/{agent.pk}/"
    assert boss.post(f"{path}deactivation/", {"successor": colleague.pk})["Location"] == path
    agent.refresh_from_db()
    assert not agent.is_active
    assert "again" in boss.get(path).content.decode()
    boss.post(f"{path}activation/")
    agent.refresh_from_db()
    assert agent.is_active


def test_members_list_costs_the_same_for_many(shop: Any, boss: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert boss.get("/settings/members/").status_code == 200
        return len(seen)

    queries()
    few = queries()
    for number in range(20):
        shop.member(f"person{number}")
    assert queries() == few


def test_teams_and_the_second_desk(shop: Any, boss: Client) -> None:
    agent = shop.member("agent")
    form = {"name": "Network", "line": "2", "members": [agent.pk]}
    assert 'name="desk"' not in boss.get("/settings/teams/new/").content.decode()
    assert boss.post("/settings/teams/new/", form)["Location"] == "/settings/teams/"
    team = Team.objects.get(name="Network")
    assert list(team.memberships.values_list("member_id", flat=True)) == [agent.pk]
    assert "name" in errors(boss.post("/settings/teams/new/", form))

    boss.post("/settings/teams/desks/new/", {"name": "Payroll"})
    second = Desk.objects.get(name="Payroll")
    assert 'name="desk"' in boss.get("/settings/teams/new/").content.decode()
    boss.post(f"/settings/teams/{team.pk}/", {**form, "desk": second.pk, "is_active": "on"})
    team.refresh_from_db()
    assert (team.desk_id, team.is_active) == (second.pk, True)
    answer = boss.post(f"/settings/teams/desks/{second.pk}/", {"name": "Payroll"})
    assert errors(answer)["__all__"]


def test_fields_of_ones_own(shop: Any, boss: Client) -> None:
    form = {"name_en": "Floor number", "name_ru": "Этаж", "kind": "choice", "choices": "1\n2\n\n2"}
    assert boss.post("/settings/fields/new/", form)["Location"] == "/settings/fields/"
    field = CustomField.objects.get()
    assert (field.key, field.choices) == ("floor_number", ["1", "2"])
    boss.post(f"/settings/fields/{field.pk}/", {"name_en": "Floor", "choices": "1\n2\n3"})
    field.refresh_from_db()
    assert (field.key, field.choices, field.is_active, field.names) == (
        "floor_number",
        ["1", "2", "3"],
        False,
        {"en": "Floor"},
    )


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"name_en": "", "name_ru": " "}, "name_en"),
        ({"kind": "picture"}, "kind"),
        ({"choices": ""}, "choices"),
        ({"key": "Nonsense!"}, "key"),
        ({"key": "taken"}, "key"),
    ],
)
def test_impossible_fields(shop: Any, boss: Client, change: dict[str, str], where: str) -> None:
    CustomField.objects.create(key="taken", names={"en": "Taken"}, kind="text")
    form = {"name_en": "Floor", "kind": "choice", "choices": "1", **change}
    assert where in errors(boss.post("/settings/fields/new/", form))
    assert CustomField.objects.count() == 1


def test_token_is_shown_once_and_stored_hashed(shop: Any, agent: Client) -> None:
    answer = agent.post(
        "/settings/tokens/",
        {
            "name": "Order form",
            "scopes": ["tickets:write"],
            "days": "30",
            "networks": "192.0.2.0/24, 2001:db8::7",
        },
    )
    secret = answer.context["secret"]
    assert secret
    assert secret in answer.content.decode()
    token = ApiToken.objects.get()
    assert token.networks == ["192.0.2.0/24", "2001:db8::7/128"]
    assert "192.0.2.0/24, 2001:db8::7/128" in agent.get("/settings/tokens/").content.decode()
    assert (token.member_id, token.scopes) == (shop.member("agent").pk, ["tickets:write"])
    assert secret not in token.digest
    assert secret not in agent.get("/settings/tokens/").content.decode()
    agent.post(f"/settings/tokens/{token.pk}/revocation/")
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_tokens_of_others_are_for_administrators(shop: Any, agent: Client, boss: Client) -> None:
    member = shop.member("colleague")
    form = {"name": "Order form", "scopes": ["tickets:read"], "days": "30", "member": member.pk}
    boss.post("/settings/tokens/", form)
    token = ApiToken.objects.get(member=member)
    assert "Order form" not in agent.get("/settings/tokens/").content.decode()
    assert agent.post(f"/settings/tokens/{token.pk}/revocation/").status_code == 403
    agent.post("/settings/tokens/", form)
    assert ApiToken.objects.filter(member=member).count() == 1


@pytest.mark.parametrize(
    ("field", "value"), [("name", " "), ("scopes", "root"), ("scopes", ""), ("days", "9999")]
)
def test_impossible_tokens(agent: Client, field: str, value: str) -> None:
    form = {"name": "Order form", "scopes": "tickets:read", "days": "30", field: value}
    assert list(errors(agent.post("/settings/tokens/", form))) == [field]
    assert not ApiToken.objects.exists()


def test_mailbox_is_added_changed_and_switched(shop: Any, boss: Client) -> None:
    form = {**MAILBOX, "smtp_host": "smtp.acme.example", "smtp_user": "help", "smtp_password": "hunter two"}
    answer = boss.post("/settings/mailboxes/new/", form)
    assert (
        answer["Location"] == f"/settings/mailboxes/{Mailbox.objects.get(address=form['address']).pk}/start/"
    )
    mailbox = Mailbox.objects.get(address="help@acme.example")
    assert "hunter two" not in mailbox.smtp_secret
    sealed = mailbox.smtp_secret
    page = boss.get(f"/settings/mailboxes/{mailbox.pk}/").content.decode()
    assert "hunter two" not in page
    boss.post(f"/settings/mailboxes/{mailbox.pk}/", {**form, "name": "Acme help", "smtp_password": ""})
    mailbox.refresh_from_db()
    assert (mailbox.name, mailbox.smtp_secret) == ("Acme help", sealed)
    boss.post(f"/settings/mailboxes/{mailbox.pk}/switch/")
    mailbox.refresh_from_db()
    assert not mailbox.is_active
    boss.post(f"/settings/mailboxes/{mailbox.pk}/switch/", {"on": "1"})
    mailbox.refresh_from_db()
    assert mailbox.is_active
    assert "address" in errors(boss.post("/settings/mailboxes/new/", form))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("address", "nonsense"),
        ("address", "help+tag@acme.example"),
        ("imap_port", "0"),
        ("imap_port", "x"),
        ("smtp_security", "rot13"),
        ("team_id", "999999"),
    ],
)
def test_impossible_mailboxes(boss: Client, field: str, value: str) -> None:
    answer = boss.post(
        "/settings/mailboxes/new/", {**MAILBOX, "imap_host": "imap.acme.example", field: value}
    )
    assert list(errors(answer)) == [field]


def test_connection_test_tells_in_words_saves_nothing_and_holds_no_transaction(
    open_shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every other test runs within a transaction and a scope; here the view must be seen to leave its own."""
    from okno.channels.email import mailboxes
    from okno.tenancy.scope import scope, scoped_workspace_id

    with scope(open_shop.workspace):
        user = open_shop.member("administrator", role="administrator").user
    boss = Client(headers={"host": open_shop.host, "accept": "text/html"})
    boss.force_login(user)
    seen: list[tuple[bool, int | None]] = []
    check = mailboxes.SmtpSender.check

    def spy(sender: Any) -> None:
        seen.append((connection.in_atomic_block, scoped_workspace_id()))
        check(sender)

    monkeypatch.setattr(mailboxes.SmtpSender, "check", spy)
    form = {**MAILBOX, "smtp_host": "127.0.0.1", "smtp_port": "1", "smtp_security": "none"}
    part = boss.post("/settings/mailboxes/test/", form, headers={"hx-request": "true"})
    words = part.getvalue().decode()
    assert "Sending does not work" in words
    assert "<html" not in words
    page = boss.post("/settings/mailboxes/test/", form).getvalue().decode()
    assert "Sending does not work" in page
    assert 'value="help@acme.example"' in page
    assert page.rstrip().endswith("</html>")
    assert seen == [(False, None), (False, None)]
    with scope(open_shop.workspace):
        assert not Mailbox.objects.filter(address="help@acme.example").exists()


def test_workspace_changes_name_zone_and_colour(shop: Any, boss: Client) -> None:
    form = {"name": "Acme", "language": "ru", "timezone": "Asia/Tokyo", "accent_hue": "150"}
    assert boss.post("/settings/workspace/", form).status_code == 302
    shop.workspace.refresh_from_db()
    assert (shop.workspace.name, shop.workspace.language, shop.workspace.timezone) == (
        "Acme",
        "ru",
        "Asia/Tokyo",
    )
    for field, value in (
        ("timezone", "Mars/Olympus"),
        ("language", "xx"),
        ("accent_hue", "999"),
        ("name", ""),
    ):
        assert list(errors(boss.post("/settings/workspace/", {**form, field: value}))) == [field]

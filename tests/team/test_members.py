"""Who may invite, change, promote and switch off whom."""

from __future__ import annotations

from typing import Any

import pytest

from okno.accounts.models import KeyHash
from okno.lib.errors import Conflict, Denied, Invalid, NotFound
from okno.spine.actor import SYSTEM
from okno.spine.models import Event
from okno.team.commands.invite import invite_member, renew_invitation
from okno.team.commands.members import activate_member, change_member, change_preferences, deactivate_member
from okno.team.commands.roles import RoleInScope, grant_role, revoke_role
from okno.team.events import MemberChanged
from okno.team.models import Member, Role, RoleGrant, Team, TeamMembership

MANAGERS = {Role.ADMINISTRATOR, Role.SUPPORT_ADMINISTRATOR}
AGENT = RoleInScope(role=Role.AGENT)


def invite(
    shop: Any, by: str, email: str = "new@client.example", role: RoleInScope = AGENT, **more: Any
) -> Any:
    return invite_member(
        actor=shop.actor(by), workspace=shop.workspace, email=email, role=role, now=shop.now, **more
    )


def events(kind: str) -> list[str]:
    return list(Event.objects.filter(subject_kind=kind).order_by("id").values_list("type", flat=True))


@pytest.mark.parametrize("role", Role.values)
def test_who_may_invite(shop: Any, role: str) -> None:
    shop.actor(role)
    before = Member.objects.count()
    if role in MANAGERS:
        made = invite(shop, role)
        assert made.member.email == "new@client.example"
        assert RoleGrant.objects.get(member=made.member).role == Role.AGENT
        assert events("member") == ["member.role_granted", "member.invited"]
    else:
        with pytest.raises(Denied):
            invite(shop, role)
        assert Member.objects.count() == before
        assert events("member") == []


def test_invitation_names_the_link_once_and_stores_its_hash(shop: Any) -> None:
    made = invite(shop, "administrator")
    secret = made.url.partition("key=")[2]
    key = KeyHash.objects.get(purpose=KeyHash.Purpose.INVITATION, payload={"member": made.member.pk})
    assert secret not in f"{key.digest}{key.payload}"
    assert not made.was_sent
    assert f"{secret}" not in "".join(
        str(payload) for payload in Event.objects.values_list("payload", flat=True)
    )


def test_invitation_goes_by_mail_where_there_is_a_way_out(shop: Any) -> None:
    from okno.channels.email.models import OutgoingMail

    mailbox = shop.mailbox()
    mailbox.smtp_host = "smtp.shop.example"
    mailbox.save()
    made = invite(shop, "administrator")
    assert made.was_sent
    letter = OutgoingMail.objects.get(purpose="account")
    assert [person["address"] for person in letter.to] == ["new@client.example"]
    assert letter.cc == letter.bcc == []
    assert made.url in letter.text


def test_support_administrator_makes_nobody_mightier(shop: Any) -> None:
    for role in (Role.ADMINISTRATOR, Role.CONFIGURATOR):
        with pytest.raises(Denied):
            invite(shop, "support_administrator", role=RoleInScope(role=role))
    agent = shop.member("agent")
    with pytest.raises(Denied):
        grant_role(
            actor=shop.actor("support_administrator"),
            member_id=agent.pk,
            role=RoleInScope(role=Role.ADMINISTRATOR),
            now=shop.now,
        )


def test_support_administrator_leaves_administrators_alone(shop: Any) -> None:
    boss = shop.member("boss", role="administrator")
    shop.member("administrator", role="administrator")
    actor = shop.actor("support_administrator")
    with pytest.raises(Denied):
        change_member(actor=actor, member_id=boss.pk, changes={"name": "Nobody"}, now=shop.now)
    with pytest.raises(Denied):
        deactivate_member(actor=actor, workspace=shop.workspace, member_id=boss.pk, now=shop.now)
    grant = RoleGrant.objects.get(member=boss)
    with pytest.raises(Denied):
        revoke_role(actor=actor, member_id=boss.pk, grant_id=grant.pk, now=shop.now)


@pytest.mark.parametrize("email", ["", "nonsense", "a@b@c", "two words@x.example"])
def test_nonsense_addresses(shop: Any, email: str) -> None:
    with pytest.raises(Invalid) as refusal:
        invite(shop, "administrator", email=email)
    assert "email" in refusal.value.fields


def test_known_addresses_are_refused_with_what_to_do(shop: Any) -> None:
    agent = shop.member("agent")
    with pytest.raises(Conflict, match="member already"):
        invite(shop, "administrator", email=agent.email.upper())
    invite(shop, "administrator")
    with pytest.raises(Conflict, match="invited already"):
        invite(shop, "administrator")
    Member.objects.filter(pk=agent.pk).update(is_active=False)
    with pytest.raises(Conflict, match="switched off"):
        invite(shop, "administrator", email=agent.email)


def test_renewed_invitation_kills_the_former_link(shop: Any) -> None:
    made = invite(shop, "administrator")
    again = renew_invitation(
        actor=shop.actor("administrator"), workspace=shop.workspace, member_id=made.member.pk, now=shop.now
    )
    assert again.url != made.url
    assert KeyHash.objects.filter(purpose=KeyHash.Purpose.INVITATION, used_at=None).count() == 1
    with pytest.raises(Conflict):
        renew_invitation(
            actor=shop.actor("administrator"),
            workspace=shop.workspace,
            member_id=shop.member("agent").pk,
            now=shop.now,
        )


@pytest.mark.parametrize(
    ("scope", "where"),
    [("desk", {}), ("team", {}), ("workspace", {"team_id": 1}), ("everywhere", {}), ("own", {"desk_id": 1})],
)
def test_scope_must_fit(shop: Any, scope: str, where: dict[str, int]) -> None:
    agent = shop.member("agent")
    with pytest.raises(Invalid):
        grant_role(
            actor=shop.actor("administrator"),
            member_id=agent.pk,
            role=RoleInScope(role=Role.SUPERVISOR, scope=scope, **where),
            now=shop.now,
        )


def test_role_of_a_foreign_team_is_not_found(shop: Any) -> None:
    with pytest.raises(NotFound):
        grant_role(
            actor=shop.actor("administrator"),
            member_id=shop.member("agent").pk,
            role=RoleInScope(role=Role.SUPERVISOR, scope="team", team_id=999_999),
            now=shop.now,
        )


def test_role_in_a_team_is_given_and_taken(shop: Any) -> None:
    agent, team = shop.member("agent"), Team.objects.get()
    actor = shop.actor("administrator")
    role = RoleInScope(role=Role.SUPERVISOR, scope="team", team_id=team.pk)
    grant = grant_role(actor=actor, member_id=agent.pk, role=role, now=shop.now)
    with pytest.raises(Conflict):
        grant_role(actor=actor, member_id=agent.pk, role=role, now=shop.now)
    revoke_role(actor=actor, member_id=agent.pk, grant_id=grant.pk, now=shop.now)
    with pytest.raises(NotFound):
        revoke_role(actor=actor, member_id=agent.pk, grant_id=grant.pk, now=shop.now)
    assert events("member") == ["member.role_granted", "member.role_revoked"]


def test_last_administrator_stays(shop: Any) -> None:
    boss = shop.member("administrator", role="administrator")
    invited = invite(shop, "administrator", role=RoleInScope(role=Role.ADMINISTRATOR)).member
    assert invited.user_id is None
    grant = RoleGrant.objects.get(member=boss)
    with pytest.raises(Conflict) as refusal:
        revoke_role(actor=shop.actor("administrator"), member_id=boss.pk, grant_id=grant.pk, now=shop.now)
    assert refusal.value.code == "last_administrator"
    with pytest.raises(Conflict):
        deactivate_member(actor=SYSTEM, workspace=shop.workspace, member_id=boss.pk, now=shop.now)
    boss.refresh_from_db()
    assert boss.is_active

    shop.member("second", role="administrator")
    deactivate_member(actor=SYSTEM, workspace=shop.workspace, member_id=boss.pk, now=shop.now)
    boss.refresh_from_db()
    assert not boss.is_active


def test_nobody_switches_himself_off(shop: Any) -> None:
    shop.member("second", role="administrator")
    boss = shop.member("administrator", role="administrator")
    with pytest.raises(Conflict) as refusal:
        deactivate_member(
            actor=shop.actor("administrator"), workspace=shop.workspace, member_id=boss.pk, now=shop.now
        )
    assert refusal.value.code == "oneself"


def test_switched_off_member_loses_tokens_and_invitation(shop: Any) -> None:
    from okno.team.commands.tokens import create_token
    from okno.team.models import ApiToken

    agent, actor = shop.member("agent"), shop.actor("administrator")
    create_token(
        actor=shop.actor("agent"), member=agent, name="script", scopes=["tickets:read"], now=shop.now
    )
    made = invite(shop, "administrator")
    for member in (agent, made.member):
        deactivate_member(actor=actor, workspace=shop.workspace, member_id=member.pk, now=shop.now)
        deactivate_member(actor=actor, workspace=shop.workspace, member_id=member.pk, now=shop.now)
    assert ApiToken.objects.get(member=agent).revoked_at == shop.now
    assert not KeyHash.objects.filter(used_at=None).exists()
    assert events("member").count("member.deactivated") == 2
    activate_member(actor=actor, member_id=agent.pk, now=shop.now)
    agent.refresh_from_db()
    assert agent.is_active
    assert ApiToken.objects.get(member=agent).revoked_at is not None


def test_successor_must_work_here(shop: Any) -> None:
    agent = shop.member("agent")
    for successor in (agent.pk, 999_999):
        with pytest.raises(Invalid):
            deactivate_member(
                actor=shop.actor("administrator"),
                workspace=shop.workspace,
                member_id=agent.pk,
                successor_id=successor,
                now=shop.now,
            )


def test_changing_a_member(shop: Any) -> None:
    agent, actor = shop.member("agent"), shop.actor("administrator")
    changes = {"name": "  Анна  Каренина ", "title": "Engineer", "language": "ru", "email": "other@x.example"}
    changed = change_member(actor=actor, member_id=agent.pk, changes=changes, now=shop.now)
    assert (changed.name, changed.title, changed.language) == ("Анна Каренина", "Engineer", "ru")
    agent.refresh_from_db()
    assert agent.email.startswith("agent@")
    change_member(actor=actor, member_id=agent.pk, changes=changes, now=shop.now)
    assert events("member") == ["member.changed"]
    payload = Event.objects.get(type="member.changed").payload
    assert payload["old"] == {"name": "Agent", "title": "", "language": ""}
    assert payload["new"] == {"name": "Анна Каренина", "title": "Engineer", "language": "ru"}
    assert "Анна" not in str(MemberChanged.shred(payload))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("language", "xx"),
        ("theme", "pink"),
        ("undo_seconds", 31),
        ("undo_seconds", -1),
        ("has_shortcuts", "maybe"),
        ("muted", ["x" * 81]),
    ],
)
def test_impossible_preferences_name_their_field(shop: Any, field: str, value: Any) -> None:
    actor = shop.actor("agent")
    with pytest.raises(Invalid) as refusal:
        change_preferences(actor=actor, changes={field: value}, now=shop.now)
    assert list(refusal.value.fields) == [field]
    assert events("member") == []


def test_preferences_are_ones_own(shop: Any) -> None:
    actor = shop.actor("light_agent")
    changes = {
        "undo_seconds": 0,
        "theme": "dark",
        "muted": ["b:mail", "a:bell", "b:mail"],
        "title": "Director",
    }
    member = change_preferences(actor=actor, changes=changes, now=shop.now)
    assert (member.undo_seconds, member.theme, member.muted) == (0, "dark", ["a:bell", "b:mail"])
    assert member.title == ""
    with pytest.raises(Denied):
        change_preferences(actor=SYSTEM, changes={"theme": "dark"}, now=shop.now)


def test_membership_of_teams_comes_with_the_invitation(shop: Any) -> None:
    team = Team.objects.get()
    made = invite(shop, "administrator", team_ids=[team.pk, team.pk])
    assert TeamMembership.objects.get(member=made.member).team_id == team.pk

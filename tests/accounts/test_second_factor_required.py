"""Second factors that a role needs: who is led to set one up, and how a lost one is reset."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client

from okno.accounts.models import Session
from okno.channels.email.models import OutgoingMail
from okno.lib.errors import Conflict, Denied, Invalid
from okno.spine.models import ConfigVersion, Event
from okno.spine.versions import roll_back
from okno.team.commands.factors import require_factors, reset_factors
from okno.team.models import Member, Role
from okno.tenancy.scope import scope
from tests.accounts.passkey_sample import passkey_data
from tests.conftest import Shop, make_shop

PASSWORD = "a long pass phrase"


def browser(shop: Shop, name: str, role: str | None = None) -> Client:
    cache.clear()
    member: Any = shop.member(name, role=role or name)
    client = Client(headers={"host": shop.host, "accept": "text/html"})
    client.post("/accounts/login/", {"login": member.email, "password": PASSWORD})
    return client


def give_factor(member: Any) -> None:
    Authenticator.objects.create(user=member.user, type="webauthn", data=passkey_data("Key"))


def require(shop: Shop, *roles: str) -> None:
    shop.workspace.second_factor_roles = list(roles)  # type: ignore[attr-defined]
    shop.workspace.save()  # type: ignore[attr-defined]


def test_whoever_lacks_one_is_led_to_set_one_up_and_does_nothing_before(shop: Shop) -> None:
    require(shop, "agent")
    client = browser(shop, "agent")
    ticket: Any = shop.ticket()
    for path in ("/tickets/", f"/tickets/{ticket.number}/", "/settings/profile/", "/settings/tokens/"):
        assert client.get(path)["Location"] == "/settings/security/second-factor/"
    assert client.post(f"/tickets/{ticket.number}/take/").status_code == 403
    part = client.get("/tickets/", headers={"HX-Request": "true"})
    assert (part.status_code, part["HX-Redirect"]) == (403, "/settings/security/second-factor/")
    page = client.get("/settings/security/second-factor/").content.decode()
    assert "/accounts/2fa/totp/activate/" in page
    assert "/accounts/2fa/passkeys/add/" in page
    assert client.get("/accounts/2fa/totp/activate/")["Location"].startswith("/accounts/reauthenticate/")
    give_factor(shop.members["agent"])
    assert client.get("/tickets/").status_code == 200
    assert client.get("/settings/security/second-factor/")["Location"] == "/"


def test_recovery_codes_alone_are_no_factor(shop: Shop) -> None:
    require(shop, "agent")
    client = browser(shop, "agent")
    Authenticator.objects.create(user=shop.members["agent"].user, type="recovery_codes", data={})
    assert client.get("/tickets/").status_code == 302


def test_other_roles_are_not_asked(shop: Shop) -> None:
    require(shop, "administrator")
    assert browser(shop, "agent").get("/tickets/").status_code == 200
    stranger = Client(headers={"host": shop.host, "accept": "text/html"})
    assert stranger.get("/settings/security/second-factor/")["Location"].startswith("/accounts/login/")


def test_the_page_sets_the_roles_and_keeps_a_version(shop: Shop) -> None:
    client = browser(shop, "administrator")
    give_factor(shop.members["administrator"])
    assert client.post("/settings/security/", {"roles": ["administrator", "agent"]}).status_code == 302
    shop.workspace.refresh_from_db()  # type: ignore[attr-defined]
    assert shop.workspace.second_factor_roles == ["administrator", "agent"]  # type: ignore[attr-defined]
    event = Event.objects.get(type="config.changed", subject_kind="security")
    assert event.payload["new"] == {"second_factor_roles": ["administrator", "agent"]}
    client.post("/settings/security/", {"roles": ["administrator", "agent"]})
    assert Event.objects.filter(subject_kind="security").count() == 1
    client.post("/settings/security/", {})
    assert ConfigVersion.objects.filter(kind="security").count() == 3
    roll_back(
        actor=shop.actor("administrator"),  # type: ignore[arg-type]
        kind_name="security",
        object_id=shop.workspace.pk,  # type: ignore[attr-defined]
        number=2,
        now=shop.now,
    )
    shop.workspace.refresh_from_db()  # type: ignore[attr-defined]
    assert shop.workspace.second_factor_roles == ["administrator", "agent"]  # type: ignore[attr-defined]
    assert client.post("/settings/security/", {"roles": ["king"]}).status_code == 422


def test_nobody_shuts_himself_out(shop: Shop) -> None:
    client = browser(shop, "administrator")
    answer = client.post("/settings/security/", {"roles": ["administrator"]})
    assert answer.status_code == 422
    assert "for yourself first" in answer.content.decode()
    shop.workspace.refresh_from_db()  # type: ignore[attr-defined]
    assert shop.workspace.second_factor_roles == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("role", Role.values)
def test_who_may_require_one(shop: Shop, role: str) -> None:
    client, actor = browser(shop, role), shop.actor(role)
    wanted = 200 if role == Role.ADMINISTRATOR else 403
    assert client.get("/settings/security/").status_code == wanted
    if role != Role.ADMINISTRATOR:
        with pytest.raises(Denied):
            require_factors(actor=actor, workspace=shop.workspace, roles=[], now=shop.now)  # type: ignore[arg-type]
    with pytest.raises((Denied, Invalid)):
        require_factors(actor=actor, workspace=shop.workspace, roles=["king"], now=shop.now)  # type: ignore[arg-type]


def test_an_administrator_resets_what_somebody_has_lost(shop: Shop) -> None:
    mailbox: Any = shop.mailbox()
    mailbox.smtp_host = "smtp.shop.example"
    mailbox.save()
    admin, agent = browser(shop, "administrator"), browser(shop, "agent")
    member: Any = shop.members["agent"]
    give_factor(member)
    assert "Reset the second factors" in admin.get(f"/settings/members/{member.pk}/").content.decode()
    admin.post(f"/settings/members/{member.pk}/factors/reset/")
    assert not Authenticator.objects.filter(user=member.user).exists()
    assert not Session.objects.filter(user=member.user).exists()
    assert agent.get("/tickets/").status_code == 302
    assert Event.objects.get(type="member.factor_changed").payload == {"factor": "all", "change": "reset"}
    [letter] = OutgoingMail.objects.filter(purpose="account")
    assert letter.to[0]["address"] == member.email
    admin.post(f"/settings/members/{member.pk}/factors/reset/")
    assert Event.objects.filter(type="member.factor_changed").count() == 1


def test_nobody_resets_his_own_or_those_of_somebody_mightier(shop: Shop) -> None:
    support, admin = shop.actor("support_administrator"), shop.actor("administrator")
    mightier: Any = shop.members["administrator"]
    give_factor(mightier)
    for actor, error in ((support, Denied), (admin, Conflict), (shop.actor("agent"), Denied)):
        with pytest.raises(error):
            reset_factors(
                actor=actor,  # type: ignore[arg-type]
                workspace=shop.workspace,  # type: ignore[arg-type]
                member_id=mightier.pk,
                now=shop.now,
            )
    assert Authenticator.objects.filter(user=mightier.user).exists()


def test_one_workspace_does_not_decide_for_another(open_shop: Shop) -> None:
    other = make_shop(open_shop.now)
    with scope(open_shop.workspace):  # type: ignore[arg-type]
        member: Any = open_shop.member("agent")
        open_shop.actor("administrator")
        give_factor(member)
    with scope(other.workspace):  # type: ignore[arg-type]
        Member.objects.create(user=member.user, name="Agent", email=member.email)
    with scope(open_shop.workspace), pytest.raises(Conflict) as refusal:  # type: ignore[arg-type]
        reset_factors(
            actor=open_shop.actor("administrator"),  # type: ignore[arg-type]
            workspace=open_shop.workspace,  # type: ignore[arg-type]
            member_id=member.pk,
            now=open_shop.now,
        )
    assert refusal.value.code == "works_elsewhere"
    assert Authenticator.objects.filter(user=member.user).exists()

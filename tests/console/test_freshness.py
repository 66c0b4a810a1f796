"""Step-up: dangerous settings ask again who is there, and lose nothing by it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.core.cache import cache
from django.test import Client

from okno.console.freshness import FORM_FOR, FRESH_FOR
from okno.spine.models import Event
from okno.team.models import ApiToken, RoleGrant
from tests.conftest import Shop
from tests.console.conftest import Browser

PASSWORD = "a long pass phrase"
PAGES = [
    "/settings/tokens/",
    "/settings/modules/",
    "/settings/security/",
    "/settings/webhooks/",
    "/settings/mailboxes/oauth/",
]
TOKEN = {"name": "Monitoring", "scopes": ["tickets:read"], "days": "30"}


@pytest.fixture
def admin(browser: Browser) -> Client:
    """Give an administrator's browser."""
    cache.clear()
    return browser("administrator")


def grow_old(client: Client, age: timedelta) -> None:
    """Make the last proof of a session older."""
    session = client.session
    for record in session[AUTHENTICATION_METHODS_SESSION_KEY]:
        record["at"] -= age.total_seconds()
    session.save()


@pytest.mark.parametrize("path", PAGES)
def test_a_dangerous_page_asks_first_and_then_comes(admin: Client, path: str) -> None:
    assert admin.get(path).status_code == 200
    grow_old(admin, FRESH_FOR)
    asked = admin.get(f"{path}?a=1")
    assert asked["Location"] == f"/accounts/reauthenticate/?next={path.replace('/', '%2F')}%3Fa%3D1"
    wrong = admin.post(asked["Location"], {"password": "wrong", "next": f"{path}?a=1"})
    assert wrong.status_code == 200
    assert admin.get(path).status_code == 302
    answer = admin.post(asked["Location"], {"password": PASSWORD, "next": f"{path}?a=1"})
    assert answer["Location"] == f"{path}?a=1"
    assert admin.get(path).status_code == 200


def test_a_form_that_was_opened_in_time_is_taken(admin: Client, shop: Shop) -> None:
    form = {**TOKEN, "member": shop.members["administrator"].pk}  # type: ignore[attr-defined]
    grow_old(admin, FRESH_FOR + timedelta(minutes=30))
    assert admin.post("/settings/tokens/", form).status_code == 200
    assert ApiToken.objects.count() == 1
    grow_old(admin, FORM_FOR)
    late = admin.post(
        "/settings/tokens/", form, headers={"referer": f"http://{shop.host}/settings/tokens/?b=2"}
    )
    assert late["Location"] == "/accounts/reauthenticate/?next=%2Fsettings%2Ftokens%2F%3Fb%3D2"
    assert ApiToken.objects.count() == 1


def test_nobody_is_led_to_a_foreign_page(admin: Client) -> None:
    grow_old(admin, FORM_FOR + FRESH_FOR)
    answer = admin.post(
        "/settings/modules/switch/", {"name": "form"}, headers={"referer": "https://evil.example/x"}
    )
    assert answer["Location"] == "/accounts/reauthenticate/?next=%2Fsettings%2F"
    led = admin.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": "https://evil.example/"})
    assert "evil" not in led["Location"]


def test_parts_of_a_page_send_the_whole_page(admin: Client) -> None:
    grow_old(admin, FORM_FOR + FRESH_FOR)
    answer = admin.post("/settings/modules/switch/", {"name": "form"}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"][:26]) == (403, "/accounts/reauthenticate/?")
    assert not Event.objects.filter(type="workspace.module_switched").exists()


def test_roles_are_changed_after_a_fresh_proof_only(admin: Client, shop: Shop) -> None:
    agent: Any = shop.member("agent")
    page = f"/settings/members/{agent.pk}/"
    assert "Give the role" in admin.get(page).content.decode()
    grow_old(admin, FORM_FOR + FRESH_FOR)
    old = admin.get(page)
    assert old.status_code == 200
    assert "Give the role" not in old.content.decode()
    assert "Confirm that it is you to change roles" in old.content.decode()
    answer = admin.post(f"{page}roles/", {"role": "supervisor", "where": "workspace"})
    assert answer.status_code == 302
    assert RoleGrant.objects.filter(member=agent).count() == 1


def test_the_audit_is_read_without_and_taken_out_with_a_fresh_proof(admin: Client) -> None:
    grow_old(admin, FORM_FOR + FRESH_FOR)
    page = admin.get("/settings/audit/?what=team").content.decode()
    assert "Confirm that it is you to download" in page
    assert "%2Fsettings%2Faudit%2F%3Fwhat%3Dteam" in page
    assert admin.post("/settings/audit/export/").status_code == 302
    assert not Event.objects.filter(type="audit.exported").exists()


def test_the_proof_of_somebody_else_proves_nothing(admin: Client, shop: Shop) -> None:
    shop.actor("supervisor", role="administrator")
    session = admin.session
    session["account_authentication_methods_user"] = str(shop.members["supervisor"].user_id)  # type: ignore[attr-defined]
    session.save()
    assert admin.get("/settings/security/").status_code == 302


def test_whoever_has_nothing_to_prove_it_by_is_not_locked_out(admin: Client, shop: Shop) -> None:
    user = shop.members["administrator"].user  # type: ignore[attr-defined]
    user.set_unusable_password()
    user.save()
    admin.force_login(user)
    grow_old(admin, FORM_FOR + FRESH_FOR)
    assert admin.get("/settings/security/").status_code == 200

"""Sessions: where somebody is signed in, and how that ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session as StoredSession
from django.core.cache import cache
from django.test import Client

from okno.accounts.devices import device_words
from okno.accounts.models import Session
from okno.accounts.sessions import MARK, SEEN_EVERY, forget_dead_sessions
from okno.spine.models import Event
from okno.team.commands.members import activate_member, deactivate_member

PASSWORD = "a long pass phrase"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.0 Mobile/15E148 Safari/604.1"
)


def signed_in(shop: Any, name: str = "agent", agent: str = FIREFOX) -> Client:
    """Return a browser in which a member has signed in with his password."""
    member = shop.member(name, role=name if name == "administrator" else "agent")
    client = Client(headers={"host": shop.host, "accept": "text/html", "user-agent": agent})
    client.post("/accounts/login/", {"login": member.email, "password": PASSWORD})
    assert "_auth_user_id" in client.session
    return client


def is_signed_in(client: Client) -> bool:
    return client.get("/settings/profile/").status_code == 200


@pytest.fixture(autouse=True)
def fresh_limits(db: None) -> None:
    """Begin with no attempts counted."""
    cache.clear()


def test_a_sign_in_is_remembered_and_in_the_audit(shop: Any) -> None:
    client = signed_in(shop)
    session = Session.objects.get()
    assert (session.user, session.workspace) == (shop.members["agent"].user, shop.workspace)
    assert (session.address, session.agent, session.method) == ("127.0.0.1", FIREFOX, "password")
    event = Event.objects.get(type="member.signed_in")
    assert event.payload == {"method": "password", "address": "127.0.0.1"}
    assert event.actor_id == shop.members["agent"].pk
    page = client.get("/settings/profile/").content.decode()
    assert "Firefox, Windows" in page
    assert "127.0.0.1" in page


def test_one_session_is_ended_from_another(shop: Any) -> None:
    here, phone = signed_in(shop), signed_in(shop, agent=PHONE)
    target = Session.objects.get(agent=PHONE)
    answer = here.post(f"/settings/profile/sessions/{target.pk}/end/")
    assert answer["Location"] == "/settings/profile/#sessions"
    assert not is_signed_in(phone)
    assert is_signed_in(here)
    assert here.post(f"/settings/profile/sessions/{target.pk}/end/").status_code == 404
    assert Event.objects.get(type="member.sessions_ended").payload == {"count": 1, "everywhere": False}


def test_all_others_are_ended_at_once(shop: Any) -> None:
    here, *others = [signed_in(shop) for _ in range(3)]
    here.post("/settings/profile/sessions/end/")
    assert is_signed_in(here)
    assert not any(is_signed_in(other) for other in others)
    here.post("/settings/profile/sessions/end/")
    assert Event.objects.filter(type="member.sessions_ended").count() == 1


def test_nobody_ends_the_sessions_of_another(shop: Any) -> None:
    signed_in(shop)
    target, stranger = Session.objects.get(), signed_in(shop, "outsider")
    assert stranger.post(f"/settings/profile/sessions/{target.pk}/end/").status_code == 404
    member = shop.members["agent"]
    assert stranger.post(f"/settings/members/{member.pk}/sessions/end/").status_code == 403
    assert Session.objects.filter(pk=target.pk).exists()


def test_an_administrator_ends_all_of_a_member(shop: Any) -> None:
    admin, agent = signed_in(shop, "administrator"), signed_in(shop)
    member = shop.members["agent"]
    assert "Firefox, Windows" in admin.get(f"/settings/members/{member.pk}/").content.decode()
    admin.post(f"/settings/members/{member.pk}/sessions/end/")
    assert not is_signed_in(agent)
    assert is_signed_in(admin)


def test_whoever_is_switched_off_is_out_and_stays_out(shop: Any) -> None:
    agent = signed_in(shop)
    member, actor = shop.members["agent"], shop.actor("administrator")
    deactivate_member(actor=actor, workspace=shop.workspace, member_id=member.pk, now=shop.now)
    assert not StoredSession.objects.filter(session_key=agent.cookies["okno_session"].value).exists()
    activate_member(actor=actor, member_id=member.pk, now=shop.now)
    assert not is_signed_in(agent)


def test_a_new_password_ends_the_others_and_keeps_this_one(shop: Any) -> None:
    here, other = signed_in(shop), signed_in(shop)
    here.post("/accounts/reauthenticate/", {"password": PASSWORD})
    fresh = "another long pass phrase"
    here.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": fresh, "password2": fresh})
    assert is_signed_in(here)
    assert not is_signed_in(other)
    # The session has a new key by now, under which it can still be ended.
    session = Session.objects.get()
    assert session.session_key == here.cookies["okno_session"].value
    assert Event.objects.filter(type="member.password_changed").count() == 1


def test_an_ended_session_is_over_even_if_it_was_written_back(shop: Any, monkeypatch: Any) -> None:
    client = signed_in(shop)
    Session.objects.all().delete()
    session = client.session
    session[MARK] = {**session[MARK], "seen": (shop.now - SEEN_EVERY - timedelta(minutes=1)).isoformat()}
    session.save()
    assert not is_signed_in(client)


def test_it_is_noted_now_and_then_that_a_session_is_in_use(shop: Any) -> None:
    client = signed_in(shop)
    long_ago = shop.now - timedelta(days=2)
    Session.objects.update(seen_at=long_ago)
    client.get("/settings/profile/")
    assert Session.objects.get().seen_at == long_ago
    session = client.session
    session[MARK] = {**session[MARK], "seen": long_ago.isoformat()}
    session.save()
    client.get("/settings/profile/")
    assert Session.objects.get().seen_at > long_ago


def test_signing_out_takes_the_session_off_the_list(shop: Any) -> None:
    here, other = signed_in(shop), signed_in(shop, agent=PHONE)
    other.post("/accounts/logout/")
    assert "iPhone" not in here.get("/settings/profile/").content.decode()
    forget_dead_sessions(shop.now)
    assert Session.objects.count() == 1


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox, Windows"),
        (PHONE, "Safari, iPhone"),
        (
            "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
            "Chrome, Android",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Linux"),
        ("<script>alert(1)</script>", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)
def test_devices_in_words(agent: str, words: str) -> None:
    assert device_words(agent) == words

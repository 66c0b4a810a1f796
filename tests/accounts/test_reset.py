"""A forgotten password: the same answer for everybody, and a letter only to whom it concerns."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client

from okno.accounts.models import User
from okno.channels.email.models import OutgoingMail
from okno.spine.models import Timer
from okno.team.resets import send_reset

NEW_PASSWORD = "quite another phrase"


@pytest.fixture
def visitor(shop: Any) -> Client:
    """Give a browser on the shop's host, and the shop a mailbox with a way out."""
    cache.clear()
    mailbox = shop.mailbox()
    mailbox.smtp_host = "smtp.shop.example"
    mailbox.save()
    return Client(headers={"host": shop.host, "accept": "text/html"})


def ask(client: Client, email: str) -> Any:
    return client.post("/accounts/password/reset/", {"email": email})


def page_without(answer: Any, email: str) -> str:
    """Return a page without what differs on every page and without the address that was typed."""
    return re.sub(
        r'("X-CSRFToken": |name="csrfmiddlewaretoken" value=)"\w+"', "", answer.content.decode()
    ).replace(email, "")


def work() -> list[OutgoingMail]:
    """Do what the worker does with the requests, and return the letters."""
    for timer in Timer.objects.filter(kind="accounts.password_reset", state="due"):
        send_reset(timer)
        Timer.objects.filter(pk=timer.pk).update(state="done")
    return list(OutgoingMail.objects.filter(purpose="account").order_by("id"))


def key_of(letter: OutgoingMail) -> str:
    found = re.search(r"\?key=(\S+)", letter.text)
    assert found is not None
    return found[1]


def test_answer_is_the_same_for_known_and_unknown(shop: Any, visitor: Client) -> None:
    agent = shop.member("agent")
    known = ask(visitor, agent.email)
    unknown = ask(visitor, f"nobody@{shop.host}")
    assert known.status_code == unknown.status_code == 200
    assert page_without(known, agent.email) == page_without(unknown, f"nobody@{shop.host}")
    assert Timer.objects.filter(kind="accounts.password_reset").count() == 2
    letters = work()
    assert [letter.to[0]["address"] for letter in letters] == [agent.email]


def test_letter_sets_a_new_password_once(shop: Any, visitor: Client) -> None:
    agent = shop.member("agent")
    ask(visitor, agent.email.upper())
    key = key_of(work()[0])
    page = f"/accounts/password/reset/key/?key={key}"
    assert visitor.get(page).status_code == 200
    assert visitor.get(page).status_code == 200
    assert visitor.post(page, {"password": NEW_PASSWORD})["Location"] == "/accounts/login/"
    agent.user.refresh_from_db()
    assert agent.user.check_password(NEW_PASSWORD)
    assert visitor.post(page, {"password": "yet another phrase"}).status_code == 404


def test_weak_password_is_refused_at_its_field_and_uses_nothing_up(shop: Any, visitor: Client) -> None:
    agent = shop.member("agent")
    ask(visitor, agent.email)
    page = f"/accounts/password/reset/key/?key={key_of(work()[0])}"
    weak = visitor.post(page, {"password": "password"})
    assert weak.status_code == 422
    assert weak.context["form"].errors["password"]
    assert visitor.post(page, {"password": NEW_PASSWORD}).status_code == 302


def test_newer_letter_replaces_the_older(shop: Any, visitor: Client) -> None:
    agent = shop.member("agent")
    ask(visitor, agent.email)
    work()
    ask(visitor, agent.email)
    first, second = (key_of(letter) for letter in work())
    assert visitor.get(f"/accounts/password/reset/key/?key={first}").status_code == 404
    assert visitor.get(f"/accounts/password/reset/key/?key={second}").status_code == 200


def test_three_requests_an_hour(shop: Any, visitor: Client) -> None:
    assert [ask(visitor, f"nobody@{shop.host}").status_code for _ in range(4)] == [200, 200, 200, 429]
    answer = ask(visitor, f"nobody@{shop.host}")
    assert answer["Retry-After"]


def test_nonsense_is_no_address(visitor: Client) -> None:
    answer = ask(visitor, "not an address")
    assert answer.status_code == 422
    assert Timer.objects.filter(kind="accounts.password_reset").count() == 0


def test_first_proof_of_the_address_wipes_what_a_stranger_may_have_set_up(shop: Any, visitor: Client) -> None:
    agent = shop.member("agent")
    Authenticator.objects.create(user=agent.user, type="totp", data={"secret": "sealed"})
    ask(visitor, agent.email)
    visitor.post(f"/accounts/password/reset/key/?key={key_of(work()[0])}", {"password": NEW_PASSWORD})
    assert not Authenticator.objects.filter(user=agent.user).exists()
    assert EmailAddress.objects.get(user=agent.user).verified


def test_second_factor_outlives_a_reset_of_a_proven_address(shop: Any, visitor: Client) -> None:
    agent = shop.member("agent")
    EmailAddress.objects.create(user=agent.user, email=agent.email, verified=True, primary=True)
    Authenticator.objects.create(user=agent.user, type="totp", data={"secret": "sealed"})
    ask(visitor, agent.email)
    visitor.post(f"/accounts/password/reset/key/?key={key_of(work()[0])}", {"password": NEW_PASSWORD})
    assert Authenticator.objects.filter(user=agent.user).exists()


def test_no_letter_to_whoever_does_not_work_here(shop: Any, visitor: Client) -> None:
    User.objects.create_user("stranger@elsewhere.example", "a long pass phrase")
    former = shop.member("former")
    former.is_active = False
    former.save()
    ask(visitor, "stranger@elsewhere.example")
    ask(visitor, former.email)
    assert work() == []


def test_with_a_second_workspace_its_mailbox_never_carries_the_letter(
    shop: Any, visitor: Client, settings: Any
) -> None:
    from okno.tenancy.models import Workspace

    agent = shop.member("agent")
    Workspace.objects.create(name="Other", created_at=shop.now)
    ask(visitor, agent.email)
    assert work() == []
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"smtp_url": "smtps://relay.example:465"})
    ask(visitor, agent.email)
    (letter,) = work()
    assert letter.mailbox_id is None
    assert letter.from_address == f"okno@{shop.host}"


def test_link_is_made_of_our_host_and_not_of_the_request(shop: Any, visitor: Client) -> None:
    agent = shop.member("agent")
    ask(visitor, agent.email)
    (letter,) = work()
    assert f"http://{shop.host}:" in letter.text


def test_dead_after_an_hour(shop: Any, visitor: Client) -> None:
    from okno.accounts.keys import issue_key
    from okno.accounts.models import KeyHash

    agent = shop.member("agent")
    key = issue_key(
        purpose=KeyHash.Purpose.PASSWORD_RESET,
        workspace=shop.workspace,
        user=agent.user,
        now=shop.now - timedelta(minutes=61),
    )
    assert (
        visitor.post(f"/accounts/password/reset/key/?key={key}", {"password": NEW_PASSWORD}).status_code
        == 404
    )
    agent.user.refresh_from_db()
    assert not agent.user.check_password(NEW_PASSWORD)


def test_words_of_a_sent_letter_are_not_kept(shop: Any, visitor: Client) -> None:
    from okno.channels.email.letters import forget_secrets

    agent = shop.member("agent")
    ask(visitor, agent.email)
    (letter,) = work()
    forget_secrets(mail=letter, results={agent.email: {"state": "sent"}}, now=shop.now)
    letter.refresh_from_db()
    assert "key=" not in letter.text


def test_nobody_reads_the_letter_in_the_outbox(shop: Any, visitor: Client) -> None:
    agent = shop.member("agent")
    ask(visitor, agent.email)
    (letter,) = work()
    visitor.force_login(shop.member("administrator", role="administrator").user)
    page = visitor.get(f"/outbox/{letter.pk}/")
    assert page.status_code == 200
    assert key_of(letter) not in page.content.decode()


def test_worker_does_what_was_asked_for(open_shop: Any) -> None:
    from okno.spine.work import drain
    from okno.tenancy.scope import scope

    cache.clear()
    with scope(open_shop.workspace):
        agent = open_shop.member("agent")
        mailbox = open_shop.mailbox()
        mailbox.smtp_host = "smtp.shop.example"
        mailbox.save()
    client = Client(headers={"host": open_shop.host, "accept": "text/html"})
    assert ask(client, agent.email).status_code == 200
    assert drain(Timer) == 1
    with scope(open_shop.workspace):
        letter = OutgoingMail.objects.get(purpose="account")
    page = f"/accounts/password/reset/key/?key={key_of(letter)}"
    assert client.post(page, {"password": NEW_PASSWORD}).status_code == 302
    form = {"login": agent.email, "password": NEW_PASSWORD}
    assert client.post("/accounts/login/", form)["Location"] == "/"

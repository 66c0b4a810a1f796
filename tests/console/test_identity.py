"""Who gets in, and how everybody else is turned away."""

from __future__ import annotations

import pytest
from django.test import Client

from okno.accounts.models import User
from okno.lib.errors import Conflict
from okno.tenancy.scope import scope
from tests.conftest import Shop, make_shop
from tests.console.conftest import Browser, browser_for

PAGES = ["/tickets/", "/contacts/", "/organizations/", "/notifications/", "/palette/", "/tickets/counts/"]


@pytest.mark.parametrize("page", PAGES)
def test_whoever_is_not_signed_in_is_sent_to_the_sign_in(browser: Browser, page: str) -> None:
    response = browser(None).get(page)
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/?next=")


def test_a_part_of_a_page_sends_the_whole_page_to_the_sign_in(browser: Browser) -> None:
    response = browser(None).get("/tickets/counts/", headers={"hx-request": "true"})
    assert response.status_code == 401
    assert response["HX-Redirect"].startswith("/accounts/login/")


def test_a_program_is_not_sent_anywhere(shop: Shop) -> None:
    response = Client(headers={"host": shop.host, "accept": "*/*"}).get("/tickets/rows/")
    assert response.status_code == 401


@pytest.mark.parametrize("page", PAGES)
def test_somebody_who_does_not_work_here_finds_nothing(shop: Shop, page: str) -> None:
    client = Client(headers={"host": shop.host, "accept": "text/html"})
    client.force_login(User.objects.create_user("stranger@elsewhere.example", "a long pass phrase"))
    response = client.get(page)
    assert response.status_code == 404
    assert "stranger@elsewhere.example" in response.content.decode()


def test_a_member_who_left_finds_nothing(shop: Shop, browser: Browser) -> None:
    client = browser()
    member = shop.members["agent"]
    member.is_active = False
    member.save()
    assert client.get("/tickets/").status_code == 404


def test_a_member_of_another_workspace_finds_nothing_here(db: None, now: object) -> None:
    ours, theirs = make_shop(now), make_shop(now)
    with scope(theirs.workspace):
        client = browser_for(theirs, "agent")
    assert client.get("/tickets/").status_code == 200
    assert client.get("/tickets/", headers={"host": ours.host}).status_code == 404


def test_a_role_without_tickets_is_told_so(browser: Browser) -> None:
    response = browser("nobody", role=None).get("/tickets/")
    assert response.status_code == 403
    assert "role" in response.content.decode()


def test_nothing_is_kept_by_caches(browser: Browser) -> None:
    assert browser().get("/tickets/")["Cache-Control"] == "no-store"


def test_the_member_is_spoken_to_in_his_language(shop: Shop, browser: Browser) -> None:
    client = browser()
    member = shop.members["agent"]
    member.language = "ru"
    member.save()
    assert '<html lang="ru"' in client.get("/tickets/", headers={"accept-language": "en"}).content.decode()


def test_without_a_language_of_his_own_the_browser_decides(browser: Browser) -> None:
    page = browser().get("/tickets/", headers={"accept-language": "ru,en;q=0.5"}).content.decode()
    assert '<html lang="ru"' in page


def test_a_refusal_undoes_what_the_view_had_written(
    shop: Shop, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    from okno.console.people import contact
    from okno.people.models import Contact

    def refuse(*args: object, **values: object) -> None:
        shop.contact("halfway")
        raise Conflict("Somebody was faster.")

    monkeypatch.setattr(contact, "_save", refuse)
    response = browser().post("/contacts/new/", {"name": "Nora"})
    assert response.status_code == 409
    assert "Somebody was faster." in response.content.decode()
    assert not Contact.objects.filter(name="Halfway").exists()


def test_an_unknown_address_is_a_page_in_words(browser: Browser) -> None:
    response = browser().get("/no-such-page/")
    assert response.status_code == 404
    assert "Nothing is here" in response.content.decode()


def test_a_database_that_is_away_is_told_as_such(
    shop: Shop, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    from okno.console import tickets

    def away(*args: object, **values: object) -> None:
        raise OperationalError("the connection is closed")

    client = browser()
    client.raise_request_exception = False
    monkeypatch.setattr(tickets, "list_page", away)
    response = client.get("/tickets/")
    assert (response.status_code, response["Retry-After"]) == (503, "5")


def test_a_failure_of_ours_asks_the_database_nothing(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    from okno.console import tickets

    def broken(*args: object, **values: object) -> None:
        raise ZeroDivisionError

    client = browser()
    client.raise_request_exception = False
    monkeypatch.setattr(tickets, "list_page", broken)
    response = client.get("/tickets/")
    assert response.status_code == 500
    assert "Something broke on our side" in response.content.decode()

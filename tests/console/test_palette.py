"""The palette's answers."""

from __future__ import annotations

from okno.tickets.models import Ticket
from tests.conftest import Shop
from tests.console.conftest import Browser


def test_nothing_typed_offers_places_and_acts(browser: Browser) -> None:
    page = browser().get("/palette/").content.decode()
    for words in ("All open", "Contacts", "Create a ticket", "Unassigned"):
        assert words in page


def test_a_ticket_is_found_by_number_and_words(shop: Shop, browser: Browser) -> None:
    ticket: Ticket = shop.ticket("The kettle whistles")
    client = browser()
    for typed in (f"#{ticket.number}", str(ticket.number), "kettle", "KETTLE whis"):
        page = client.get("/palette/", {"q": typed}).content.decode()
        assert f'href="/tickets/{ticket.number}/"' in page, typed


def test_people_are_found_by_name_and_address(shop: Shop, browser: Browser) -> None:
    contact = shop.contact("nora")
    client = browser()
    for typed in ("nora", "@Nor", "nora@client"):
        assert f'href="/contacts/{contact.pk}/"' in client.get("/palette/", {"q": typed}).content.decode(), (
            typed
        )
    assert "/contacts/" not in client.get("/palette/", {"q": ">nora"}).content.decode()


def test_a_sign_narrows_to_its_kind(shop: Shop, browser: Browser) -> None:
    shop.ticket("Create a better kettle")
    page = browser().get("/palette/", {"q": ">create"}).content.decode()
    assert "Create a ticket" in page
    assert "kettle" not in page


def test_acts_on_the_ticket_at_hand_are_for_those_who_may(shop: Shop, browser: Browser) -> None:
    number = shop.ticket().number
    assert 'data-press="a"' in browser().get(f"/palette/?number={number}").content.decode()
    assert 'data-press="a"' not in browser().get("/palette/").content.decode()
    assert 'data-press="a"' not in browser("light_agent").get(f"/palette/?number={number}").content.decode()


def test_each_sees_only_the_places_of_his_role(browser: Browser) -> None:
    assert "/intake/" not in browser().get("/palette/").content.decode()
    assert "/intake/" in browser("administrator").get("/palette/").content.decode()


def test_nonsense_finds_nothing_and_breaks_nothing(browser: Browser) -> None:
    client = browser()
    for typed in ("\x00", "#", "@", ">", "x" * 3000, "#99999999999999999999", "%", "'\""):
        assert client.get("/palette/", {"q": typed}).status_code == 200
    assert "Nothing fits" in client.get("/palette/", {"q": "zzzzzz"}).content.decode()

"""People in a real browser: a table brought, looked at, let in and taken back; two cards merged and parted."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from okno.people.models import Contact
from okno.spine.models import Timer
from okno.spine.work import drain
from okno.tenancy.scope import scope
from tests.console.ticket import test_in_browser as on_tickets
from tests.console.ticket.test_in_browser import Window

pytestmark = pytest.mark.browser
# Fixtures are found by their names here.
chromium, site, window = on_tickets.chromium, on_tickets.site, on_tickets.window
TABLE = "ФИО;Почта;Телефон\nМарина Соколова;ms@log.example;8 912 345-67-89\nОшибка;не адрес;\n".encode(
    "cp1251"
)


def accessible(page: Any) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_a_table_is_brought_and_two_cards_are_merged(window: Window) -> None:
    page, home = window.page, window.address.split("/tickets/")[0]
    page.goto(f"{home}/contacts/imports/")
    accessible(page)
    page.set_input_files("input[type=file]", {"name": "people.csv", "mimeType": "text/csv", "buffer": TABLE})
    page.get_by_role("button", name="Bring it").click()
    expect(page.get_by_label("Почта")).to_have_value("email")
    accessible(page)
    page.get_by_role("button", name="See what it would do").click()
    expect(page.get_by_text("You may leave this page")).to_be_visible()
    drain(Timer)
    # The page asks by itself and shows what was found.
    expect(page.get_by_role("heading", name="What it would do")).to_be_visible()
    expect(page.get_by_text("is not a mail address")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Import", exact=True).click()
    drain(Timer)
    expect(page.get_by_text("The table is in.")).to_be_visible()
    with scope(window.shop.workspace):
        marina = Contact.objects.get(name="Марина Соколова")
        other = window.shop.contact("marina")
    page.goto(f"{home}/contacts/{marina.pk}/merge/?q=marina")
    page.get_by_role("link", name="Marina").click()
    accessible(page)
    page.get_by_role("button", name="Merge").click()
    expect(page.get_by_text("Marina went up in this card")).to_be_visible()
    expect(page.get_by_text("marina@client.example")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Part them again").click()
    expect(page).to_have_url(f"{home}/contacts/{other.pk}/")
    with scope(window.shop.workspace):
        assert not Contact.objects.exclude(merged_into=None).exists()

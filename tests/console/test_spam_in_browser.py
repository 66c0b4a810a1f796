"""Held mail and spam in a real browser: by keys alone, undone, on a phone and at night, and for everybody."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from okno.tenancy.scope import scope
from okno.tickets.models import HeldMessage
from tests.console.test_held import hold
from tests.console.test_spam import spam_mail, spam_ticket
from tests.console.ticket import test_in_browser as on_tickets
from tests.console.ticket.test_in_browser import Window

pytestmark = pytest.mark.browser
# Fixtures are found by their names here.
chromium, site, window = on_tickets.chromium, on_tickets.site, on_tickets.window
LOOKS = [(1440, "light"), (1440, "dark"), (360, "light"), (360, "dark")]


def held_mails(window: Window) -> list[Any]:
    """Return two mails that wait: one on the window's ticket, one on none."""
    with scope(window.shop.workspace):
        return [hold(window.shop, window.ticket), hold(window.shop, address="flood@evil.example")]


def decision(window: Window, held: HeldMessage) -> str:
    """Return what was decided."""
    with scope(window.shop.workspace):
        return HeldMessage.objects.get(pk=held.pk).decision


def home(window: Window) -> str:
    """Return where the site is."""
    return window.address.split("/tickets/")[0]


def test_held_mail_is_decided_by_keys_and_spam_is_undone(window: Window) -> None:
    first, second = held_mails(window)
    page = window.page
    page.goto(f"{home(window)}/held/")
    expect(page.locator("#count-held")).to_have_text("2")
    page.keyboard.press("!")
    expect(page.locator(f"#held-{first.pk}")).to_have_count(0)
    assert decision(window, first) == "spam"
    page.keyboard.press("z")
    expect(page.locator(f"#held-{first.pk}")).to_be_visible()
    assert decision(window, first) == ""
    page.keyboard.press("y")
    expect(page.locator(f"#held-{first.pk}")).to_have_count(0)
    page.keyboard.press("e")
    expect(page.get_by_text("No mail waits for a decision")).to_be_visible()
    assert [decision(window, one) for one in (first, second)] == ["accepted", "new_ticket"]


def test_a_ticket_is_called_spam_by_a_key_and_put_back(window: Window) -> None:
    page = window.open()
    page.locator(".timeline").focus()
    page.keyboard.press("!")
    page.keyboard.press("Enter")
    expect(page.locator("#ticket-spam")).to_contain_text("marked this ticket as spam")
    expect(page.locator("#spam-box")).to_have_count(0)
    assert window.now().spam_at is not None
    page.keyboard.press("z")
    expect(page.locator("#ticket-spam")).to_be_empty()
    assert window.now().spam_at is None


def test_the_list_s_cursor_row_is_called_spam_by_a_key(window: Window) -> None:
    page = window.page
    page.goto(f"{home(window)}/tickets/?view=all")
    page.keyboard.press("j")
    page.keyboard.press("!")
    expect(page.locator(".toast")).to_contain_text("1 ticket changed.")
    assert window.now().spam_at is not None
    page.keyboard.press("z")
    expect(page.locator(".toast").last).to_contain_text("1 ticket put back.")
    assert window.now().spam_at is None


@pytest.mark.parametrize("window", LOOKS, indirect=True)
def test_the_pages_fit_and_can_be_used_by_everybody(window: Window) -> None:
    held_mails(window)
    with scope(window.shop.workspace):
        spam_mail(window.shop, subject="Pills at a price that nobody would have believed before today")
        ticket = spam_ticket(window.shop, by="other")
    page = window.page
    for url in ("/held/", "/spam/", "/spam/?show=tickets", f"/tickets/{ticket.number}/"):
        page.goto(home(window) + url)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), url
        wide = page.evaluate(
            "[...document.querySelectorAll('.table-box')].filter(b => b.scrollWidth > b.clientWidth).length"
        )
        assert wide == 0, url
        found = Axe().run(page).response["violations"]
        serious = [one["id"] for one in found if one["impact"] in ("serious", "critical")]
        assert serious == [], (url, serious)

"""Writing what mail says in a real browser: the preview follows, the test leaves, and the pages fit everybody."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from okno.channels.email.models import MailText, OutgoingMail
from okno.team.models import RoleGrant
from okno.tenancy.scope import scope
from tests.console.ticket import test_in_browser as on_tickets
from tests.console.ticket.test_in_browser import Window
from tests.portal.test_ticket_page import link_of, resolve

pytestmark = pytest.mark.browser
# Fixtures are found by their names here.
chromium, site, window = on_tickets.chromium, on_tickets.site, on_tickets.window
LOOKS = [(1440, "light"), (1440, "dark"), (360, "light"), (360, "dark")]
TEXT = "/settings/mail/all/receipt/en/"


def go(window: Window, path: str) -> Page:
    """Open a page as somebody who may set up mail."""
    with scope(window.shop.workspace):
        member = window.shop.member("agent")
        RoleGrant.objects.get_or_create(member=member, role="configurator", scope="workspace")
    window.page.goto(window.address.split("/tickets/")[0] + path)
    window.page.wait_for_selector("html[data-islands]", state="attached")
    return window.page


def test_the_preview_follows_what_is_typed(window: Window) -> None:
    page = go(window, TEXT)
    paper = page.frame_locator(".mail-preview iframe")
    expect(paper.locator(".words")).to_contain_text("We have received your request.")
    page.locator("textarea[name=body]").click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("Good day, {requester}! ")
    expect(paper.locator(".words")).to_contain_text("Good day, Maria Client! Hello!")
    page.get_by_label("On dark paper").check()
    expect(paper.locator("td.card")).to_have_css("background-color", "rgb(30, 33, 40)")
    page.get_by_label("On a phone").check()
    expect(page.locator(".mail-preview-paper")).to_have_css("width", "360px")
    page.get_by_label("As plain text").check()
    expect(page.locator("#mail-preview pre")).to_contain_text("Good day, Maria Client! Hello!")
    page.locator("textarea[name=body]").press("Control+End")
    page.keyboard.type(" {nobody}")
    expect(page.locator("#mail-preview")).to_contain_text("There is no {nobody} here.")
    with scope(window.shop.workspace):
        assert not MailText.objects.exists()


def test_a_test_leaves_as_it_stands_and_saving_takes_effect(window: Window) -> None:
    page = go(window, TEXT)
    page.locator("input[name=subject]").fill("Your number is {number}")
    page.get_by_role("button", name="Send me a test").click()
    expect(page.locator("#trial")).to_contain_text(f"agent@{window.shop.host}")
    with scope(window.shop.workspace):
        assert OutgoingMail.objects.get(purpose="test").subject == "Your number is 10482"
        assert not MailText.objects.exists()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".toast")).to_contain_text("Saved.")
    with scope(window.shop.workspace):
        assert MailText.objects.get().subject == "Your number is {number}"
    page.get_by_role("button", name="Reset to default").click()
    expect(page.locator("input[name=subject]")).to_have_value("Received: {subject} [#{number}]")


@pytest.mark.parametrize("window", LOOKS, indirect=True)
def test_the_pages_fit_and_can_be_used_by_everybody(window: Window) -> None:
    with scope(window.shop.workspace):
        resolve(window.shop, window.ticket)
        link = link_of(window.shop, window.ticket)
    paths = (
        "/settings/mail/",
        TEXT,
        "/settings/mail/all/reply/ru/",
        f"{link}solved/",
        f"{link}problem/",
        link,
    )
    for path in paths:
        page = go(window, path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        found = Axe().run(page).response["violations"]
        serious = [one["id"] for one in found if one["impact"] in ("serious", "critical")]
        assert serious == [], (path, serious)

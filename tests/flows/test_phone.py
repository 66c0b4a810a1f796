"""A call in a real browser, by the keyboard alone: found, kept through a crash, finished."""

from __future__ import annotations

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.flows.conftest import People
from tests.servers.installation import Installation

NUMBER = "+79995550142"


def assert_accessible(page: Page) -> None:
    """Fail for anything that axe finds, by day and by night."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found = Axe().run(page).response["violations"]
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == [], scheme


def tab_to(page: Page, name: str, value: str = "") -> None:
    """Go to a control by the keyboard alone."""
    for _ in range(30):
        page.keyboard.press("Tab")
        at = page.evaluate("[document.activeElement.name, document.activeElement.value]")
        if at[0] == name and value in ("", at[1]):
            return
    raise AssertionError(f"the keyboard does not reach {name}")


def test_a_call_by_keyboard_survives_a_crash_and_is_finished(okno: Installation, people: People) -> None:
    contact = okno.sql(
        "SELECT c.id, c.name FROM people_contact c JOIN tickets_ticket t ON t.requester_id = c.id "
        "WHERE t.is_open AND t.spam_at IS NULL AND c.merged_into_id IS NULL ORDER BY c.id LIMIT 1"
    )[0]
    okno.sql(
        "INSERT INTO people_contactaddress (workspace_id, contact_id, kind, value, is_primary) "
        "SELECT workspace_id, id, 'phone', %s, true FROM people_contact WHERE id = %s RETURNING id",
        NUMBER,
        contact[0],
    )
    _person, page = people.member(reduced_motion="reduce")
    page.goto(f"{okno.url}/phone/")
    expect(page.locator("#id_who")).to_be_focused()
    page.keyboard.type("8999555")
    expect(page.locator("[data-item][role=option]:visible")).to_contain_text(contact[1])
    page.keyboard.press("Enter")
    expect(page.locator("#id_who")).to_have_value("+7 999 555-01-42")
    expect(page.locator("#caller")).to_contain_text(contact[1])
    expect(page.locator("#caller table")).to_be_visible()
    tab_to(page, "subject")
    page.keyboard.type("The scanner hums")
    expect(page).to_have_url(re.compile(r"/phone/\?call=\d+$"))
    tab_to(page, "said")
    page.keyboard.type("Since the morning.")
    # The page goes before the pause is over.
    page.goto(f"{okno.url}/contacts/")
    page.goto(f"{okno.url}/phone/")
    page.get_by_role("link", name="The scanner hums").press("Enter")
    expect(page.locator("#id_said")).to_have_value("Since the morning.")
    assert_accessible(page)
    tab_to(page, "act", "finish")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tickets/*/")
    expect(page.locator("#thread")).to_contain_text("Since the morning.")
    row = okno.sql(
        "SELECT is_draft, channel, requester_id FROM tickets_ticket WHERE subject = 'The scanner hums'"
    )
    assert row == [(False, "phone", contact[0])]

"""The portal in a real browser: come in by a link, ask, read the answer, reply, confirm; with and without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.flows.conftest import People
from tests.flows.test_form import assert_accessible
from tests.flows.test_mail_is_answered import received
from tests.servers.installation import Installation, wait_until
from tests.servers.smtp_relay import SmtpRelay

PAGE_MS = 15_000


def come_in(page: Page, okno: Installation, relay: SmtpRelay, address: str) -> None:
    """Sign in by the link that comes by mail, in the browser that asked for it."""
    seen = len(relay.delivered)
    page.goto(f"{okno.url}/my/")
    page.fill("input[name=email]", address)
    page.click("form.form button[type=submit]")
    expect(page.locator("h1")).to_be_visible()
    wait_until(lambda: len(relay.delivered) > seen, what="the link leaves")
    letter = received(relay, "/my/link/")
    words = letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    secret = re.search(r"/my/link/\?key=[\w-]+", words)
    assert secret is not None
    page.goto(okno.url + secret[0])
    page.click("form.form button[type=submit]")
    page.wait_for_url("**/my/")


@pytest.mark.parametrize("has_scripts", [True, False])
def test_ask_read_reply_and_confirm(
    okno: Installation, relay: SmtpRelay, people: People, *, has_scripts: bool
) -> None:
    name = "scripts" if has_scripts else "plain"
    person = people.somebody(locale="en-US", java_script_enabled=has_scripts)
    person.expected.append("404")
    page = person.page()
    come_in(page, okno, relay, f"{name}@portal.example")
    page.goto(f"{okno.url}/my/new/")
    page.fill("input[name=subject]", f"The lift of {name} stands")
    page.fill("textarea[name=text]", "Between two floors.")
    page.click("form[enctype] button.btn-primary")
    expect(page.locator("h1")).to_contain_text(f"The lift of {name} stands", timeout=PAGE_MS)
    number = int(page.url.rstrip("/").split("/requests/")[1].split("/")[0])

    with okno.api() as api:
        sent = api.post(f"tickets/{number}/messages", json={"kind": "reply", "body": "A mechanic is coming."})
        assert sent.status_code == 201, sent.text
        wait_until(
            lambda: "A mechanic is coming." in ((page.reload() and page.content()) or ""),
            what="the answer is there",
        )
        page.fill("textarea[name=text]", "He is here, thank you.")
        page.click("form[enctype] button.btn-primary")
        expect(page.get_by_text("He is here, thank you.")).to_be_visible()
        solved = api.patch(
            f"tickets/{number}", json={"status": "resolved", "solution": "The cable was put back."}
        )
        assert solved.status_code == 200, solved.text
    page.reload()
    expect(page.get_by_text("The cable was put back.")).to_be_visible()
    page.click("button[name=solved]")
    expect(page.locator(".turn")).to_contain_text("Thank you.")
    assert okno.sql("SELECT category FROM tickets_ticket WHERE number = %s", number) == [("closed",)]
    page.goto(f"{okno.url}/my/?state=done")
    expect(page.get_by_text(f"The lift of {name} stands")).to_be_visible()

    other = okno.sql("SELECT number FROM tickets_ticket WHERE number <> %s LIMIT 1", number)[0][0]
    answer = page.goto(f"{okno.url}/my/requests/{other}/")
    assert answer is not None
    assert answer.status == 404


def test_pages_are_accessible_and_fit_a_telephone(
    okno: Installation, relay: SmtpRelay, people: People
) -> None:
    page = people.somebody(locale="ru-RU", reduced_motion="reduce").page()
    page.set_viewport_size({"width": 360, "height": 780})
    page.goto(f"{okno.url}/my/sign-in/")
    assert_accessible(page)
    come_in(page, okno, relay, "maria@portal.example")
    for path in ("/my/", "/my/?state=done", "/my/new/", "/my/profile/"):
        page.goto(okno.url + path)
        assert page.get_attribute("html", "lang") == "ru"
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
        assert_accessible(page)

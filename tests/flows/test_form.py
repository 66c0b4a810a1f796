"""The web form in a real browser: by keyboard, without scripts, and in a frame on somebody's site."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.flows.conftest import People
from tests.flows.test_mail_is_answered import received
from tests.servers.installation import Installation
from tests.servers.smtp_relay import SmtpRelay

ADMINISTRATOR = "admin@okno.example"
SENDING_MS = 30_000


def form_url(okno: Installation) -> str:
    """Return the address of the form that a new workspace has."""
    return f"{okno.url}/f/{okno.sql('SELECT key FROM form_form ORDER BY id LIMIT 1')[0][0]}/"


def number_on(page: Page) -> int:
    """Return the number that the page of thanks tells."""
    expect(page.locator("h1")).to_contain_text("number", timeout=SENDING_MS)
    return int(re.search(r"\d+", page.locator("h1").inner_text())[0])  # type: ignore[index]


def assert_accessible(page: Page) -> None:
    """Fail for anything that axe finds, by day and by night."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found = Axe().run(page).response["violations"]
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == [], scheme


def tab_to(page: Page, name: str) -> None:
    """Go to a control by the keyboard alone."""
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name || document.activeElement.dataset.send") == name:
            return
    raise AssertionError(f"the keyboard does not reach {name}")


def ticket_of(okno: Installation, number: int) -> tuple[Any, ...]:
    """Return what a ticket has come to."""
    return okno.sql(
        "SELECT t.subject, t.channel, m.text FROM tickets_ticket t JOIN tickets_message m ON m.ticket_id = t.id "
        "WHERE t.number = %s",
        number,
    )[0]


@contextmanager
def site(html: str) -> Iterator[str]:
    """Serve one page of somebody else's site on an origin of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = b"" if self.path == "/favicon.ico" else page
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        origin = f"http://127.0.0.1:{server.server_port}"
        page = html.encode()
        Thread(target=server.serve_forever, daemon=True).start()
        yield origin
        server.shutdown()


def test_by_keyboard_with_a_file_and_everything_kept_when_something_is_missing(
    okno: Installation, relay: SmtpRelay, people: People, tmp_path: Path
) -> None:
    person = people.somebody(locale="en-US", reduced_motion="reduce")
    # The browser itself notes an answer of 422.
    person.expected.append("422")
    page = person.page()
    page.goto(form_url(okno))
    assert_accessible(page)
    tab_to(page, "name")
    page.keyboard.type("Ivan Sender")
    tab_to(page, "email")
    page.keyboard.type("ivan@sender.example")
    tab_to(page, "subject")
    page.keyboard.type("The door does not open")
    file = tmp_path / "door.txt"
    file.write_text("a door")
    page.set_input_files("input[type=file]", file)
    expect(page.locator("[data-files] li")).to_contain_text("door.txt")
    page.locator("input[name=subject]").press("Enter")
    text = page.locator("textarea[name=text]")
    expect(text).to_have_attribute("aria-invalid", "true", timeout=SENDING_MS)
    expect(text).to_be_focused()
    expect(page.locator("input[name=name]")).to_have_value("Ivan Sender")
    expect(page.locator("[data-files] li")).to_contain_text("door.txt")
    assert_accessible(page)
    page.keyboard.type("It is stuck.")
    tab_to(page, "")
    page.keyboard.press("Enter")
    number = number_on(page)
    assert_accessible(page)
    assert ticket_of(okno, number) == ("The door does not open", "form", "It is stuck.")
    assert okno.count("SELECT count(*) FROM tickets_attachment WHERE filename = 'door.txt'") == 1
    receipt = received(relay, str(number), to="ivan@sender.example")
    assert "stuck" not in receipt.as_string()
    assert page.context.cookies() == []


def test_without_scripts_the_link_in_the_mail_lets_it_in(
    okno: Installation, relay: SmtpRelay, people: People
) -> None:
    page = people.somebody(locale="en-US", java_script_enabled=False).page()
    page.goto(form_url(okno))
    page.fill("input[name=name]", "Olga Sender")
    page.fill("input[name=email]", "olga@sender.example")
    page.fill("input[name=subject]", "No light")
    page.fill("textarea[name=text]", "It is dark.")
    page.click("[data-send]")
    expect(page.locator("h1")).to_contain_text("look into your mail")
    assert okno.tickets_of(["No light"]) == {"No light": 0}

    letter = received(relay, "/confirm/")
    words = letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert str(letter["To"]) == "olga@sender.example"
    assert "dark" not in words
    page.goto(re.search(r"http://\S+/confirm/\S+", words)[0])  # type: ignore[index]
    assert okno.tickets_of(["No light"]) == {"No light": 0}, "looking changes nothing"
    page.click("main button[type=submit]")
    number = number_on(page)
    assert ticket_of(okno, number) == ("No light", "form", "It is dark.")


def test_set_up_in_the_settings_and_sent_from_a_page_of_another_site(
    okno: Installation, people: People
) -> None:
    _admin, settings = people.member(ADMINISTRATOR, locale="en-US", reduced_motion="reduce")
    settings.goto(f"{okno.url}/settings/forms/")
    settings.locator("table a.link").first.click()
    snippet = settings.locator("code", has_text="<script").inner_text()
    for language in ("en", "ru"):
        settings.fill(f"input[name=name_{language}]", "Ask us anything")
    expect(settings.locator("#form-preview")).to_contain_text("Ask us anything")
    with site(f"<!doctype html><title>Shop</title><h1>Our shop</h1>{snippet}") as origin:
        settings.fill("textarea[name=sites]", origin)
        settings.locator("#form-setup button[type=submit]").click()
        expect(settings.locator("h1")).to_have_text("Ask us anything")
        assert_accessible(settings)

        visitor = people.somebody(locale="en-US", reduced_motion="reduce")
        page = visitor.page()
        page.goto(origin)
        frame = page.frame_locator("iframe")
        expect(frame.locator("h1")).to_have_text("Ask us anything")
        page.wait_for_function("document.querySelector('iframe').style.height !== '760px'")
        frame.locator("input[name=name]").fill("Petr Visitor")
        frame.locator("input[name=email]").fill("petr@visitor.example")
        frame.locator("input[name=subject]").fill("From a shop")
        frame.locator("textarea[name=text]").fill("Is it open?")
        frame.locator("[data-send]").click()
        expect(frame.locator("h1")).to_contain_text("number", timeout=SENDING_MS)
        assert okno.tickets_of(["From a shop"]) == {"From a shop": 1}
        assert visitor.context.cookies() == []

        settings.fill("textarea[name=sites]", "https://elsewhere.example")
        settings.locator("#form-setup button[type=submit]").click()
        expect(settings.locator("textarea[name=sites]")).to_have_value("https://elsewhere.example")
        # The other site is a small server of one page: the browser's wish for an icon may meet its end.
        visitor.expected.extend(["frame-ancestors", "net::ERR_CONNECTION"])
        with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
            page.goto(origin)
        expect(page.frame_locator("iframe").locator("ok-send-form")).to_have_count(0)

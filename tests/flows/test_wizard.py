"""From an empty database to the first answered ticket, by a person who only clicks and types what he reads."""

from __future__ import annotations

import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.flows.conftest import Person
from tests.flows.test_mail_is_answered import received, write_reply
from tests.servers.installation import EmptyInstallation, mail
from tests.servers.smtp_relay import SmtpRelay

MINUTES = 5
SUPPORT = "help@acme.example"


@contextmanager
def an_empty_okno(relay: SmtpRelay) -> Iterator[EmptyInstallation]:
    """Start Okno where there was nothing."""
    folder = Path(tempfile.mkdtemp(prefix="okno-empty-"))
    folder.chmod(0o755)
    try:
        with EmptyInstallation(folder / "data", OKNO_SMTP_URL=f"smtp://127.0.0.1:{relay.port}") as okno:
            yield okno
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def go_on(page: Page, heading: str) -> None:
    """Continue, and read where one has come."""
    page.get_by_role("button", name="Continue").or_(page.get_by_role("link", name="Continue")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)


def begin(page: Page, link: str) -> None:
    """Become the first administrator."""
    page.goto(link)
    page.get_by_label("Your name").fill("Ada Admin")
    page.get_by_label("Your mail address").fill("ada@acme.example")
    page.get_by_label("Password").fill("a long pass phrase")
    page.get_by_label("Name of the company or desk").fill("Acme")
    page.get_by_role("button", name="Begin").click()


def follow_the_guide(page: Page) -> None:
    """Answer what each page asks."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Company")
    go_on(page, "Team")
    page.get_by_role("textbox", name="Name").first.fill("First line")
    go_on(page, "Mail")
    page.get_by_label("Address that clients write to").fill(SUPPORT)
    page.get_by_role("button", name="Take mail to this address").click()
    page.get_by_role("button", name="Let answers leave").click()
    expect(page.get_by_text("Mail comes in and leaves.")).to_be_visible()
    go_on(page, "Colours")
    page.get_by_label("Green").check()
    go_on(page, "People")
    page.get_by_label("Mail addresses").fill("anna@acme.example\nboris@acme.example")
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_text("A letter with the link is on its way.")).to_have_count(2)
    go_on(page, "All set")


def test_from_nothing_to_the_first_answer(chromium: Browser, relay: SmtpRelay) -> None:
    started = time.monotonic()
    with an_empty_okno(relay) as okno:
        context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")
        ada = Person(context, okno.url)
        page = ada.page()
        begin(page, okno.first_link())
        follow_the_guide(page)

        page.get_by_role("button", name="Load sample data").click()
        expect(page.get_by_role("button", name="Remove it again")).to_be_visible(timeout=60_000)
        page.get_by_role("link", name="To the desk").click()

        letter = mail(
            "The door does not open", "I stand outside.", sender="Maria <maria@leak.example>", to=SUPPORT
        )
        okno.send(letter, to=SUPPORT, sender="maria@leak.example")
        okno.wait_for_intake()
        page.goto(f"{okno.url}/tickets/?view=all")
        page.get_by_text("The door does not open").first.click()
        page.wait_for_url(re.compile(r"/tickets/\d+/"))
        write_reply(page, "Push, please.")
        answer = received(relay, "Push, please.")
        assert answer["To"].addresses[0].addr_spec == "maria@leak.example"
        assert answer["From"].addresses[0].addr_spec == SUPPORT

        page.goto(f"{okno.url}/setup/end/")
        page.get_by_role("button", name="Remove it again").click()
        expect(page.get_by_role("button", name="Load sample data")).to_be_visible(timeout=60_000)
        assert okno.count("SELECT count(*) FROM tickets_ticket") == 1
        addressed = {str(address) for one in relay.delivered for address in one.recipients}
        assert addressed <= {
            "maria@leak.example",
            "anna@acme.example",
            "boris@acme.example",
            "ada@acme.example",
        }
        context.close()
        assert ada.complaints == []
    assert time.monotonic() - started < MINUTES * 60

"""The ticket page in a real browser: keys, the composer and its files, undo, both themes, a phone."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.test import Client
from django.test.testcases import LiveServerThread
from django.test.utils import override_settings
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from okno.channels.email.models import OutgoingMail
from okno.tenancy.scope import scope
from okno.tickets.models import Draft, Message, Ticket
from tests.conftest import Shop
from tests.console.conftest import browser_for
from tests.console.ticket.test_deliveries import reported
from tests.console.ticket.test_files import png
from tests.console.ticket.test_foreign_html import receive
from tests.console.ticket.test_page import say

pytestmark = pytest.mark.browser
FOREIGN = '<table><tr><td style="color:#333">One<br>two<br>three</td></tr></table>'


@dataclass
class Window:
    """A browser window of a signed-in agent on one ticket."""

    page: Page
    shop: Shop
    ticket: Any
    address: str
    complaints: list[str] = field(default_factory=list)

    def open(self) -> Page:
        """Open the ticket and wait until its editor is there."""
        self.page.goto(self.address)
        self.page.wait_for_selector("ok-composer[data-ready]")
        return self.page

    def messages(self) -> list[Message]:
        """Return what is written on the ticket and not taken back."""
        with scope(self.shop.workspace):
            rows = Message.objects.filter(ticket=self.ticket, cancelled_at__isnull=True).order_by("id")
            return list(rows.prefetch_related("attachments"))

    def now(self) -> Ticket:
        """Return the ticket as it is now."""
        with scope(self.shop.workspace):
            return Ticket.objects.select_related("assignee").get(pk=self.ticket.pk)

    def hear(self, message: ConsoleMessage) -> None:
        """Keep what is wrong; refusals that a test asks for and the absent event stream are not."""
        is_refusal = re.search(r"status of 4\d\d|Status Error Code 4\d\d", message.text)
        if message.type == "error" and not is_refusal:
            self.complaints.append(message.text)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Start Debian's chromium, or skip where it is not installed; with CI=true a skip is a failure.

    Its driver leaves an event loop on this thread, which Django takes for asynchronous code: it ends with the module.
    """
    program = shutil.which("chromium")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("chromium is missing: apt-get install chromium")
        pytest.skip("chromium is missing: apt-get install chromium")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def site(committed: None) -> Iterator[str]:
    """Serve the application."""
    with override_settings(ROOT_URLCONF="tests.console.ticket.site_urls"):
        thread = LiveServerThread("127.0.0.1", StaticFilesHandler, connections_override={})
        thread.daemon = True
        thread.start()
        thread.is_ready.wait()
        if thread.error:
            raise thread.error
        yield f"http://127.0.0.1:{thread.port}"
        thread.terminate()
        thread.join()


@pytest.fixture
def window(chromium: Browser, open_shop: Shop, site: str, request: pytest.FixtureRequest) -> Iterator[Window]:
    """Give an agent's window; in the end the console must not have complained, about the policy above all."""
    with scope(open_shop.workspace):
        open_shop.mailbox()
        ticket = open_shop.ticket()
        client: Client = browser_for(open_shop)
    width, theme = getattr(request, "param", (1440, "light"))
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=theme, locale="en")
    cookie = client.cookies["okno_session"]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site}])
    page = context.new_page()
    page.set_default_timeout(15_000)
    expect.set_options(timeout=15_000)
    made = Window(page, open_shop, ticket, f"{site}/tickets/{ticket.number}/")
    page.on("console", made.hear)
    page.on("pageerror", lambda error: made.complaints.append(str(error)))
    yield made
    context.close()
    assert made.complaints == []


def test_a_reply_is_typed_sent_taken_back_and_sent(window: Window) -> None:
    page = window.open()
    page.keyboard.press("r")
    page.keyboard.type("Hello there")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#thread .message-out")).to_contain_text("Hello there")
    expect(page.locator(".toast")).to_contain_text("The reply leaves in a moment")
    page.locator(".timeline").focus()
    page.keyboard.press("z")
    expect(page.locator(".ProseMirror")).to_have_text("Hello there")
    expect(page.locator("#thread .message-out")).to_have_count(0)
    page.locator("[data-send]").click()
    expect(page.locator("#thread .message-out")).to_have_count(1)
    assert [message.text for message in window.messages()][1:] == ["Hello there"]


def test_files_and_pictures_go_with_the_reply(window: Window, tmp_path: Path) -> None:
    picture, list_of_it = tmp_path / "screen.png", tmp_path / "list.txt"
    picture.write_bytes(png())
    list_of_it.write_text("one")
    page = window.open()
    page.keyboard.press("r")
    page.keyboard.type("See these ")
    page.locator("[data-pick]").set_input_files([picture, list_of_it])
    expect(page.locator(".ProseMirror img:not(.ProseMirror-separator)")).to_have_count(1)
    expect(page.locator("[data-files] input[name=attachment]")).to_have_count(1)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#thread .message-out .rich img")).to_have_count(1)
    page.wait_for_function("document.querySelector('#thread .message-out .rich img').naturalWidth > 0")
    expect(page.locator("#thread .message-out .file-name")).to_have_text("list.txt")
    files = window.messages()[-1].attachments.all()
    assert sorted((file.filename, file.is_inline) for file in files) == [
        ("list.txt", False),
        ("screen.png", True),
    ]


def test_a_draft_survives_a_reload(window: Window) -> None:
    page = window.open()
    page.keyboard.press("n")
    page.keyboard.type("Half a thought")
    expect(page.locator(".composer-saved")).to_have_text("Draft saved")
    page.reload()
    page.wait_for_selector("ok-composer[data-ready]")
    expect(page.locator(".ProseMirror")).to_have_text("Half a thought")
    expect(page.locator("input[name=kind][value=note]")).to_be_checked()
    page.locator("[data-send]").click()
    expect(page.locator("#thread .message-note")).to_contain_text("Half a thought")
    with scope(window.shop.workspace):
        assert not Draft.objects.exists()


def test_a_reply_that_crosses_a_message_stops_and_shows_it(window: Window) -> None:
    page = window.open()
    page.keyboard.press("r")
    page.keyboard.type("Too late")
    with scope(window.shop.workspace):
        say(window.shop, window.ticket, "Never mind, it works.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#composer-notice")).to_contain_text("Somebody wrote meanwhile")
    expect(page.locator("#thread")).to_contain_text("Never mind, it works.")
    expect(page.locator(".ProseMirror")).to_have_text("Too late")
    page.locator("[data-send]").click()
    expect(page.locator("#thread .message-out")).to_contain_text("Too late")


def test_everything_by_keys(window: Window) -> None:
    page = window.open()
    page.keyboard.press("i")
    expect(page.locator("#property-assignee")).to_contain_text("Agent")
    page.keyboard.press("p")
    page.locator("#property-priority [data-item]", has_text="Critical").press("Enter")
    expect(page.locator("#thread")).to_contain_text("changed the priority: Normal → Critical")
    page.keyboard.press("l")
    page.keyboard.type("fire, printer")
    page.keyboard.press("Enter")
    expect(page.locator("#property-tags .tag")).to_have_text(["fire", "printer"])
    page.keyboard.press("s")
    page.locator("#property-status [data-item]", has_text="Waiting for client").press("Enter")
    expect(page.locator("#thread")).to_contain_text("changed the status: Open → Waiting for client")
    now = window.now()
    assert (now.assignee.name, now.priority, now.tags, now.category) == (
        "Agent",
        4,
        ["fire", "printer"],
        "waiting",
    )


def test_the_subject_is_edited_where_it_stands(window: Window) -> None:
    page = window.open()
    page.locator(".ticket-subject").click()
    page.locator("#edit-subject input[name=value]").fill("The printer is out")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("The printer is out")
    expect(page.locator("#edit-subject")).to_be_hidden()
    assert window.now().subject == "The printer is out"


def test_a_refusal_puts_the_old_value_back_and_says_why(window: Window) -> None:
    page = window.open()
    page.route("**/properties/priority/", lambda route: route.fulfill(status=500))
    page.keyboard.press("p")
    page.locator("#property-priority [data-item]", has_text="Critical").press("Enter")
    expect(page.locator(".toast")).to_have_count(1)
    expect(page.locator("#property-priority [data-value]")).to_contain_text("Normal")
    window.complaints = [words for words in window.complaints if "500" not in words]


def test_a_wrong_address_is_put_right_and_the_message_sent_again(window: Window) -> None:
    with scope(window.shop.workspace):
        failed = reported(window.shop, window.ticket)
    page = window.open()
    page.get_by_role("button", name="Fix the address and resend").click()
    box = page.locator(f"#resend-{failed.pk}")
    assert Axe().run(page).response["violations"] == []
    box.get_by_label("Mail address").fill("right@client.example")
    expect(box.get_by_label("Correct it on the contact’s card too")).to_be_checked()
    box.get_by_role("button", name="Send again").click()
    expect(page.locator(".delivery-resent")).to_contain_text("Sent again to right@client.example.")
    expect(box).to_have_count(0)
    with scope(window.shop.workspace):
        assert OutgoingMail.objects.latest("id").to[0]["address"] == "right@client.example"


def test_foreign_html_is_as_tall_as_it_is_and_runs_nothing(window: Window) -> None:
    with scope(window.shop.workspace):
        receive(window.shop, window.ticket, FOREIGN)
    page = window.open()
    frame = page.frame_locator("iframe.mail-frame").first
    expect(frame.locator("td")).to_contain_text("three")
    page.wait_for_function("document.querySelector('iframe.mail-frame').clientHeight >= 60")
    page.locator("details.quoted summary").click()
    quoted = page.frame_locator("details.quoted iframe")
    expect(quoted.locator("p")).to_have_text("What was said before")


@pytest.mark.parametrize("window", [(1440, "light"), (1440, "dark")], indirect=True)
def test_everybody_can_use_it(window: Window) -> None:
    with scope(window.shop.workspace):
        receive(window.shop, window.ticket, FOREIGN)
    page = window.open()
    page.keyboard.press("n")
    page.keyboard.type("A note")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#thread .message-note")).to_have_count(1)
    found = Axe().run(page)
    assert [violation["id"] for violation in found.response["violations"]] == [], found.generate_report()


@pytest.mark.parametrize("window", [(360, "light")], indirect=True)
def test_on_a_phone_nothing_is_wider_than_the_screen(window: Window) -> None:
    with scope(window.shop.workspace):
        receive(window.shop, window.ticket, '<div style="width:1200px">Wide</div>')
        say(window.shop, window.ticket, "Высокопроизводительнаярабочаястанция" * 6)
    page = window.open()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    expect(page.locator("#composer")).to_be_hidden()
    page.locator("[data-unfold=reply]").click()
    page.keyboard.type("From the train")
    page.locator("[data-send]").click()
    expect(page.locator("#thread .message-out")).to_contain_text("From the train")
    page.locator(".side-open").click()
    expect(page.locator("#property-status")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 360

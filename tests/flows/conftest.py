"""A whole Okno, a relay for its mail, and people in real browsers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.servers.installation import AGENT, Installation, copy_of
from tests.servers.smtp_relay import SmtpRelay


@pytest.fixture(scope="module")
def relay() -> Iterator[SmtpRelay]:
    """Give a relay that accepts everything."""
    with SmtpRelay() as relay:
        yield relay


@pytest.fixture(scope="module")
def okno(demonstration: Path, relay: SmtpRelay) -> Iterator[Installation]:
    """Give a whole Okno to the tests of a file; its mail leaves by the relay."""
    with (
        copy_of(demonstration) as data,
        Installation(data, OKNO_SMTP_URL=f"smtp://127.0.0.1:{relay.port}") as installation,
    ):
        yield installation


@dataclass
class Person:
    """Somebody before a browser, who hears when its console complains."""

    context: BrowserContext
    url: str
    complaints: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def page(self) -> Page:
        """Open one more tab."""
        page = self.context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        return page

    def sign_in(self, okno: Installation, email: str) -> Page:
        """Sign in by the form, and stay on the first page."""
        page = self.page()
        page.goto(f"{self.url}/accounts/login/")
        page.fill("input[type=email], input[name=login]", email)
        page.fill("input[type=password]", okno.password)
        page.click("form.form button[type=submit]")
        page.wait_for_url(f"{self.url}/")
        return page

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(part in message.text for part in self.expected):
            self.complaints.append(f"{message.location.get('url', '')}: {message.text}")


@dataclass
class People:
    """Makes people, each with a browser of his own."""

    browser: Browser
    okno: Installation
    met: list[Person] = field(default_factory=list)

    def somebody(self, **options: Any) -> Person:
        """Return somebody who has not signed in."""
        context = self.browser.new_context(viewport={"width": 1440, "height": 900}, **options)
        self.met.append(Person(context, self.okno.url))
        return self.met[-1]

    def member(self, email: str = AGENT, **options: Any) -> tuple[Person, Page]:
        """Return a member who has signed in, and his first tab."""
        person = self.somebody(**options)
        return person, person.sign_in(self.okno, email)


@pytest.fixture
def people(chromium: Browser, okno: Installation) -> Iterator[People]:
    """Give browsers; in the end nobody's console may have complained, of the content policy above all."""
    found = People(chromium, okno)
    yield found
    for person in found.met:
        person.context.close()
    assert [complaint for person in found.met for complaint in person.complaints] == []

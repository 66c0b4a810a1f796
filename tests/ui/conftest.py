"""A server with the sheet of components and a real browser before it; no workspace, no database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.test.testcases import LiveServerThread
from django.test.utils import override_settings
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

NEEDS_WORKSPACE = ("okno.tenancy", "okno.console", "okno.config.request_log")


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """Serve the sheet; yield its address. Not for longer than a file: other tests have other addresses."""
    middleware = [name for name in settings.MIDDLEWARE if not name.startswith(NEEDS_WORKSPACE)]
    with override_settings(ROOT_URLCONF="tests.ui.site_urls", MIDDLEWARE=middleware, ALLOWED_HOSTS=["*"]):
        thread = LiveServerThread("127.0.0.1", StaticFilesHandler, connections_override={})
        thread.daemon = True
        thread.start()
        thread.is_ready.wait()
        if thread.error:
            raise thread.error
        yield f"http://127.0.0.1:{thread.port}"
        thread.terminate()


@dataclass
class Visitor:
    """A page of the browser that remembers what the console complained about."""

    site: str
    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str, *, language: str = "en", theme: str = "light") -> Page:
        """Open an address of the sheet and wait for its islands."""
        joint = "&" if "?" in path else "?"
        self.page.goto(f"{self.site}{path}{joint}lang={language}&theme={theme}")
        self.page.wait_for_selector("html[data-islands]", state="attached")
        return self.page

    def hear(self, message: ConsoleMessage) -> None:
        """Keep what is wrong; a refusal that the test asked for is not."""
        is_refusal = re.search(r"status of 4\d\d|Response Status Error Code 4\d\d", message.text)
        if message.type == "error" and not is_refusal:
            self.complaints.append(message.text)


@pytest.fixture
def visitor(site: str, chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Visitor]:
    """Open a page; in the end nothing may have been complained about, the security policy above all."""
    width, height = getattr(request, "param", (1440, 900))
    context = chromium.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.set_default_timeout(15_000)
    expect.set_options(timeout=15_000)
    found = Visitor(site, context, page)
    page.on("console", found.hear)
    page.on("pageerror", lambda error: found.complaints.append(str(error)))
    yield found
    context.close()
    assert found.complaints == []


def pytest_collection_modifyitems(items: list[Any]) -> None:
    """Mark whatever asks for a visitor as a browser test."""
    for item in items:
        if "visitor" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)

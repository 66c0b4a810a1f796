"""A passkey in a real browser with a virtual authenticator: made, used to sign in and to confirm, removed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.cache import cache
from django.test.testcases import LiveServerThread
from django.test.utils import override_settings
from playwright.sync_api import Browser, Page, expect

from okno.spine.models import Event
from okno.tenancy.scope import scope
from tests.conftest import Shop, make_shop

pytestmark = pytest.mark.browser
PASSWORD = "a long pass phrase"


@pytest.fixture(autouse=True)
def sync(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Django ask the database although the browser's driver has left an event loop on this thread."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture
def home(sync: None, committed: None, now: Any) -> Shop:
    """Give a workspace on the one host that browsers trust without encryption."""
    shop = make_shop(now, host="localhost")
    with scope(shop.workspace):
        shop.actor("administrator")
    cache.clear()
    return shop


@pytest.fixture
def site(home: Shop) -> Iterator[str]:
    """Serve the application on that host, without the event stream, whose threads would outlive the test."""
    with override_settings(ROOT_URLCONF="tests.console.ticket.site_urls"):
        thread = LiveServerThread("localhost", StaticFilesHandler, connections_override={})
        thread.daemon = True
        thread.start()
        thread.is_ready.wait()
        if thread.error:
            raise thread.error
        yield f"http://localhost:{thread.port}"
        thread.terminate()
        thread.join()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """Give a page of a browser with a device that has a fingerprint reader; its console stays silent."""
    context = chromium.new_context(locale="en")
    page = context.new_page()
    page.set_default_timeout(15_000)
    expect.set_options(timeout=15_000)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda said: (
            complaints.append(said.text) if said.type == "error" and "Content Security" in said.text else None
        ),
    )
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield page
    context.close()
    assert complaints == []


def test_a_passkey_from_its_making_to_its_end(home: Shop, site: str, page: Page) -> None:
    member: Any = home.members["administrator"]
    page.goto(f"{site}/accounts/login/?next=/settings/profile/")
    page.get_by_label("Mail address").fill(member.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("link", name="Add", exact=True).click()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Name of the passkey").fill("My laptop")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.goto(f"{site}/settings/profile/")
    expect(page.get_by_text("My laptop")).to_be_visible()

    page.context.clear_cookies()
    page.goto(f"{site}/accounts/login/?next=/settings/profile/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="Profile")).to_be_visible()

    # What is fresh from a passkey needs no second proof of the same minute; an old one does.
    page.get_by_role("link", name="Remove", exact=True).click()
    if page.get_by_role("link", name="Use a passkey").count():
        page.get_by_role("link", name="Use a passkey").click()
        page.get_by_role("button", name="Use the passkey").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("heading", name="Profile")).to_be_visible()
    expect(page.get_by_text("My laptop")).to_have_count(0)
    with scope(home.workspace):
        said = list(Event.objects.filter(subject_kind="member").order_by("id").values_list("type", "payload"))
        assert not Authenticator.objects.filter(user=member.user).exists()
    ways = [payload["method"] for kind, payload in said if kind == "member.signed_in"]
    assert ways == ["password", "webauthn"]
    changes = [
        (payload["factor"], payload["change"]) for kind, payload in said if kind == "member.factor_changed"
    ]
    assert changes == [("webauthn", "added"), ("webauthn", "removed")]


def test_a_passkey_is_the_second_step_after_a_password(home: Shop, site: str, page: Page) -> None:
    member: Any = home.members["administrator"]
    page.goto(f"{site}/accounts/login/?next=/accounts/2fa/passkeys/add/")
    for _step in range(2):
        if page.get_by_label("Mail address").count():
            page.get_by_label("Mail address").fill(member.email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button").filter(has_text="Sign in").or_(
            page.get_by_role("button", name="Confirm")
        ).first.click()
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.context.clear_cookies()
    page.goto(f"{site}/accounts/login/?next=/settings/profile/")
    page.get_by_label("Mail address").fill(member.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    page.get_by_role("button", name="Use the passkey").click()
    expect(page.get_by_role("heading", name="Profile")).to_be_visible()

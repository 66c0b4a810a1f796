"""The settings of senders: adding, taking off, limits, and who may."""

from __future__ import annotations

import pytest

from okno.channels.email.models import BlockedSender, Mailbox, TrustedSender
from okno.tenancy.scope import scope
from tests.conftest import Shop, make_shop
from tests.console.conftest import Browser, browser_for


def test_senders_are_added_and_taken_off(shop: Shop, browser: Browser) -> None:
    client = browser("administrator")
    assert "Nobody is blocked." in client.get("/settings/senders/").content.decode()
    client.post("/settings/senders/", {"pattern": "Evil.Example", "standing": "blocked"})
    client.post("/settings/senders/", {"pattern": "monitor@client.example", "standing": "trusted"})
    page = client.get("/settings/senders/").content.decode()
    assert "@evil.example" in page
    assert "monitor@client.example" in page
    for pattern in ("@evil.example", "monitor@client.example"):
        client.post("/settings/senders/forget/", {"pattern": pattern})
    assert not BlockedSender.objects.exists()
    assert not TrustedSender.objects.exists()
    assert client.post("/settings/senders/forget/", {"pattern": "@evil.example"}).status_code == 404


@pytest.mark.parametrize("pattern", ["gmail.com", "nonsense here", ""])
def test_what_cannot_be_blocked_is_said_beside_the_field(shop: Shop, browser: Browser, pattern: str) -> None:
    response = browser("administrator").post(
        "/settings/senders/", {"pattern": pattern, "standing": "blocked"}
    )
    assert response.status_code == 422
    assert 'aria-invalid="true"' in response.content.decode()
    assert not BlockedSender.objects.exists()


def test_limits_are_each_mailbox_s_own(shop: Shop, browser: Browser) -> None:
    client = browser("administrator")
    first, second = shop.mailbox(), shop.mailbox(f"sales@{shop.host}")
    client.post("/settings/senders/limits/", {f"box_{first.pk}": "0", f"box_{second.pk}": "7"})
    assert dict(Mailbox.objects.values_list("pk", "sender_hour_limit")) == {first.pk: 0, second.pk: 7}
    refused = client.post("/settings/senders/limits/", {f"box_{first.pk}": "-1", f"box_{second.pk}": "7"})
    assert refused.status_code == 422


def test_only_who_sets_up_mail_comes_here(shop: Shop, browser: Browser) -> None:
    for role in ("agent", "supervisor", "light_agent", "support_administrator"):
        client = browser(role)
        assert client.get("/settings/senders/").status_code == 403
        for url in ("", "forget/", "limits/"):
            said = {"pattern": "x@evil.example", "standing": "blocked"}
            assert client.post(f"/settings/senders/{url}", said).status_code == 403
    assert browser("configurator").get("/settings/senders/").status_code == 200
    assert not BlockedSender.objects.exists()


def test_senders_of_another_workspace_are_not_there(db: None, now: object) -> None:
    ours, theirs = make_shop(now), make_shop(now)
    with scope(theirs.workspace):
        BlockedSender.objects.create(pattern="@theirs.example")
        box = theirs.mailbox()
    with scope(ours.workspace):
        client = browser_for(ours, "administrator")
    assert "theirs.example" not in client.get("/settings/senders/").content.decode()
    assert client.post("/settings/senders/forget/", {"pattern": "@theirs.example"}).status_code == 404
    client.post("/settings/senders/limits/", {f"box_{box.pk}": "1"})
    with scope(theirs.workspace):
        assert Mailbox.objects.get().sender_hour_limit == 30

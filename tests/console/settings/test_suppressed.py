"""The settings of suppressed addresses: why each is there, letting it in again, and who may."""

from __future__ import annotations

from okno.channels.email.models import SuppressedAddress
from okno.channels.email.suppression import suppress_address
from okno.tenancy.scope import scope
from tests.conftest import Shop, make_shop
from tests.console.conftest import Browser, browser_for


def test_addresses_say_why_they_get_no_mail_and_are_allowed_again(shop: Shop, browser: Browser) -> None:
    client = browser("configurator")
    assert "All addresses get mail" in client.get("/settings/suppressed/").content.decode()
    suppress_address(
        address="gone@client.example",
        cause="bounced",
        status="5.1.1",
        words="550 <gone> unknown",
        now=shop.now,
    )
    suppress_address(address="angry@client.example", cause="complaint", now=shop.now)
    page = client.get("/settings/suppressed/").content.decode()
    assert "no such mailbox" in page
    assert "550 &lt;gone&gt; unknown" in page
    assert "called our mail spam" in page
    for _time in range(2):
        answer = client.post("/settings/suppressed/allow/", {"address": "gone@client.example"})
        assert answer["Location"] == "/settings/suppressed/"
    assert [row.address for row in SuppressedAddress.objects.all()] == ["angry@client.example"]


def test_only_who_sets_up_mail_comes_here(shop: Shop, browser: Browser) -> None:
    suppress_address(address="gone@client.example", cause="complaint", now=shop.now)
    for role in ("agent", "supervisor", "light_agent", "support_administrator"):
        client = browser(role)
        assert client.get("/settings/suppressed/").status_code == 403
        answer = client.post("/settings/suppressed/allow/", {"address": "gone@client.example"})
        assert answer.status_code == 403
    assert SuppressedAddress.objects.count() == 1


def test_addresses_of_another_workspace_are_not_there(db: None, now: object) -> None:
    mine, theirs = make_shop(now), make_shop(now)  # type: ignore[arg-type]
    with scope(theirs.workspace):  # type: ignore[arg-type]
        suppress_address(address="gone@client.example", cause="complaint", now=theirs.now)
    with scope(mine.workspace):  # type: ignore[arg-type]
        client = browser_for(mine, "administrator")
    assert "gone@client.example" not in client.get("/settings/suppressed/").content.decode()
    client.post("/settings/suppressed/allow/", {"address": "gone@client.example"})
    with scope(theirs.workspace):  # type: ignore[arg-type]
        assert SuppressedAddress.objects.count() == 1

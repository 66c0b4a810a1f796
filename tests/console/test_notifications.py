"""The bell."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

from okno.reactors.notify.models import Notification
from tests.conftest import Shop
from tests.console.conftest import Browser


def ring(
    shop: Shop, name: str = "agent", kind: str = "assigned", subject: str = "Look at this"
) -> Notification:
    """Write a line into a member's bell."""
    return Notification.objects.create(
        member=shop.member(name),
        ticket=shop.ticket(subject),
        kind=kind,
        event_uid=uuid4(),
        actor_name="Lead <i>Person</i>",
        created_at=shop.now,
    )


def test_the_bell_tells_what_happened_and_how_much_is_unread(shop: Shop, browser: Browser) -> None:
    client = browser()
    ring(shop)
    ring(shop, name="other")
    bell = client.get("/notifications/", headers={"hx-request": "true"}).content.decode()
    assert "Lead &lt;i&gt;Person&lt;/i&gt; assigned it to you" in bell
    assert "Look at this" in bell
    assert "<html" not in bell
    assert client.get("/notifications/count/").json() == {"count": 1}
    assert "<html" in client.get("/notifications/").content.decode()
    assert '<span class="dot-count" data-count>1</span>' in client.get("/tickets/").content.decode()


def test_following_a_line_reads_it(shop: Shop, browser: Browser) -> None:
    client = browser()
    line, other = ring(shop), ring(shop)
    response = client.get(f"/notifications/{line.pk}/")
    assert response["Location"] == f"/tickets/{line.ticket.number}/"
    line.refresh_from_db()
    other.refresh_from_db()
    assert line.read_at is not None
    assert other.read_at is None


def test_all_can_be_read_at_once(shop: Shop, browser: Browser) -> None:
    client = browser()
    ring(shop)
    foreign = ring(shop, name="other")
    response = client.post("/notifications/read/", headers={"hx-request": "true"})
    assert "okno:event" in json.loads(response["HX-Trigger"])
    assert client.get("/notifications/count/").json() == {"count": 0}
    foreign.refresh_from_db()
    assert foreign.read_at is None


def test_the_line_of_a_colleague_is_not_found(shop: Shop, browser: Browser) -> None:
    line = ring(shop, name="other")
    assert browser().get(f"/notifications/{line.pk}/").status_code == 404
    line.refresh_from_db()
    assert line.read_at is None


def test_an_empty_bell_says_what_will_be_told(browser: Browser) -> None:
    client = browser()
    assert "Nothing yet" in client.get("/notifications/").content.decode()
    assert "Nothing yet" in client.get("/notifications/", headers={"hx-request": "true"}).content.decode()


def test_every_kind_has_its_words(shop: Shop, browser: Browser) -> None:
    from okno.reactors.notify.models import NotificationKind

    for kind in NotificationKind.values:
        ring(shop, kind=kind)
    assert browser().get("/notifications/").content.decode().count('class="news news-unread"') == len(
        NotificationKind
    )


def test_news_of_mailboxes_lead_to_them(shop: Shop, browser: Browser) -> None:
    client = browser("administrator")
    box: Any = shop.mailbox()
    lines = [
        Notification.objects.create(
            member=shop.members["administrator"],  # type: ignore[misc]
            mailbox=mailbox,
            kind="mailbox",
            event_uid=uuid4(),
            created_at=shop.now,
        )
        for mailbox in (box, None)
    ]
    page = client.get("/notifications/").content.decode()
    assert "The mailbox must be connected again" in page
    assert box.address in page
    assert "A client secret runs out" in page
    assert client.get(f"/notifications/{lines[0].pk}/")["Location"] == f"/settings/mailboxes/{box.pk}/"
    assert client.get(f"/notifications/{lines[1].pk}/")["Location"] == "/settings/mailboxes/oauth/"
    assert client.get("/notifications/count/").json() == {"count": 0}

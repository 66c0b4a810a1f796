"""The page of held mail: what it shows to whom, one decision, many, undone, and the count beside it."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from okno.channels.email.models import BlockedSender, Mailbox, RawMail
from okno.people.models import ContactAddress
from okno.spine.work import drain
from okno.team.models import Desk, Team
from okno.tenancy.scope import scope
from okno.tickets.commands.receive import hold_message
from okno.tickets.models import HeldMessage, Ticket
from okno.tickets.queries.held import waiting_for
from tests.conftest import Shop, make_shop
from tests.console.conftest import Browser, browser_for
from tests.console.test_intake import came_in
from tests.tickets.test_explain import explained

HTMX = {"hx-request": "true"}
HELD_QUERIES = 13


def hold(shop: Shop, ticket: Ticket | None = None, *, address: str = "eve@evil.example") -> HeldMessage:
    """Return a mail that waits, on a ticket or on none."""
    raw = came_in(shop, outcome="held", reason="other_address" if ticket else "rate", sender=address)
    return hold_message(
        ticket_id=ticket.pk if ticket else None,
        raw=raw,
        from_address=address,
        from_name="Eve <b>Bold</b>",
        subject=f"Held of {address}",
        text="Let me in please. " * 40,
        reason=raw.reason,
        now=shop.now,
    )


def test_the_page_says_who_what_why_and_where(shop: Shop, browser: Browser) -> None:
    ticket = shop.ticket("The scanner hums")
    hold(shop, ticket), hold(shop, address="flood@evil.example")
    page = browser().get("/held/").content.decode()
    for words in (
        "Eve &lt;b&gt;Bold&lt;/b&gt;",
        "Held of eve@evil.example",
        "Let me in please.",
        "comes from an address that does not take part in it",
        "has written more mails in one hour",
        f"Add to {ticket.number}",
        "The scanner hums",
        "another address of Requester",
    ):
        assert words in page, words
    assert page.index("Held of eve") < page.index("Held of flood")
    assert page.count("Add to ") == 1


def test_an_empty_page_says_what_will_be_there(shop: Shop, browser: Browser) -> None:
    assert "No mail waits for a decision" in browser().get("/held/").content.decode()


def test_each_decision_by_one_click(shop: Shop, browser: Browser) -> None:
    client, ticket = browser(), shop.ticket()
    for decision, outcome in (("accepted", "replied"), ("new_ticket", "opened"), ("spam", "spam")):
        held = hold(shop, ticket, address=f"{decision}@evil.example")
        response = client.post(f"/held/{held.pk}/", {"decision": decision}, headers=HTMX)
        assert response.status_code == 200
        drain(RawMail)
        assert RawMail.objects.get(pk=held.raw_id).outcome == outcome
    assert not waiting_for(shop.actor("agent")).exists()


def test_spam_may_block_the_address_and_is_undone(shop: Shop, browser: Browser) -> None:
    client, held = browser(), hold(shop)
    response = client.post(f"/held/{held.pk}/", {"decision": "spam", "block": "1"}, headers=HTMX)
    action = json.loads(response["HX-Trigger"])["okno:toast"]["action"]
    assert BlockedSender.objects.get().pattern == "eve@evil.example"
    client.post(action["url"], headers=HTMX)
    held.refresh_from_db()
    assert held.decision == ""
    assert RawMail.objects.get(pk=held.raw_id).outcome == "held"


def test_the_address_becomes_the_requester_s(shop: Shop, browser: Browser) -> None:
    ticket = shop.ticket()
    held = hold(shop, ticket)
    browser().post(f"/held/{held.pk}/", {"decision": "accepted", "is_requester": "1"})
    assert ContactAddress.objects.get(value="eve@evil.example").contact_id == ticket.requester_id
    other = hold(shop, ticket)
    assert "another address of" not in browser().get("/held/").content.decode()
    assert other.decision == ""


def test_many_are_decided_each_by_itself(shop: Shop, browser: Browser) -> None:
    client = browser()
    some = [hold(shop, address=f"{name}@evil.example") for name in "abc"]
    client.post("/held/many/", {"held": [one.pk for one in some[:2]], "decision": "spam"})
    client.post(
        "/held/many/", {"all": "1", "shown": ",".join(str(one.pk) for one in some), "decision": "new_ticket"}
    )
    assert "1 mail decided. Not decided:" in client.get("/held/").content.decode()
    assert [HeldMessage.objects.get(pk=one.pk).decision for one in some] == ["spam", "spam", "new_ticket"]
    assert client.post("/held/many/", {"decision": "spam"}).status_code == 422


def test_the_count_stands_in_the_menu(shop: Shop, browser: Browser) -> None:
    client = browser()
    assert 'id="count-held"' in client.get("/held/").content.decode()
    assert '<span class="side-count" id="count-held" hx-swap-oob="true"></span>' in (
        client.get("/tickets/counts/").content.decode()
    )
    hold(shop)
    other = browser("narrow", role="agent", scope="team", team=Team.objects.get())
    assert 'id="count-held" hx-swap-oob="true"></span>' in other.get("/tickets/counts/").content.decode()


def test_who_sees_and_decides_what(shop: Shop, browser: Browser) -> None:
    team = Team.objects.create(
        name="Elsewhere", desk=Desk.objects.create(name="Elsewhere", position=9), line=1
    )
    ours, alone = hold(shop, shop.ticket()), hold(shop, address="flood@evil.example")
    outsider = browser("outsider", role="agent", scope="team", team=team)
    assert "No mail waits" in outsider.get("/held/").content.decode()
    reader = browser("light_agent")
    page = reader.get("/held/").content.decode()
    assert "Held of eve" in page
    assert "Add to " not in page
    for held in (ours, alone):
        assert outsider.post(f"/held/{held.pk}/", {"decision": "spam"}).status_code == 404
        assert outsider.get(f"/held/{held.pk}/raw/").status_code == 404
        assert reader.post(f"/held/{held.pk}/", {"decision": "spam"}).status_code == 403
        assert reader.get(f"/held/{held.pk}/raw/").status_code == 200
        held.refresh_from_db()
        assert held.decision == ""
    assert browser(None).get("/held/").status_code == 302
    Mailbox.objects.update(team=team)
    assert "Held of flood" in outsider.get("/held/").content.decode()
    assert outsider.post(f"/held/{alone.pk}/", {"decision": "new_ticket"}).status_code == 302


def test_held_mail_of_another_workspace_is_not_there(db: None, now: object) -> None:
    ours, theirs = make_shop(now), make_shop(now)
    with scope(theirs.workspace):
        held = hold(theirs, theirs.ticket())
    with scope(ours.workspace):
        client = browser_for(ours, "administrator")
    assert "No mail waits" in client.get("/held/").content.decode()
    assert client.post(f"/held/{held.pk}/", {"decision": "spam"}).status_code == 404
    assert client.get(f"/held/{held.pk}/raw/").status_code == 404


@pytest.mark.parametrize("rows", [1, 20])
def test_the_page_costs_the_same_for_any_number(shop: Shop, browser: Browser, rows: int) -> None:
    client = browser("narrow", role="agent", scope="desk", desk=Desk.objects.get())
    for number in range(rows):
        hold(shop, shop.ticket(by=f"client{number}"), address=f"eve{number}@evil.example")
        hold(shop, address=f"flood{number}@evil.example")
    client.get("/held/")
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/held/").content.decode().count('id="held-') >= 2 * rows
    asked = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(asked) <= HELD_QUERIES, "\n".join(asked)


def test_pages_follow_each_other(shop: Shop, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("okno.console.held.PAGE_SIZE", 1)
    hold(shop, address="first@evil.example"), hold(shop, address="second@evil.example")
    client = browser()
    page = client.get("/held/").content.decode()
    assert "first@" in page
    assert "second@" not in page
    following = page.split("/held/?cursor=")[1].split('"')[0]
    assert "second@evil.example" in client.get(f"/held/?cursor={following}").content.decode()
    assert client.get("/held/?cursor=nonsense")["Location"] == "/held/"


def test_the_list_walks_its_index(shop: Shop) -> None:
    assert "tickets_held_waiting" in explained(waiting_for(shop.actor("agent")).order_by("id")[:51])

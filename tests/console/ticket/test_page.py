"""The ticket page: what it shows, to whom, and what it costs."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from okno.tenancy.scope import scope
from okno.tickets.commands.messages import NewMessage
from okno.tickets.commands.receive import receive_message
from okno.tickets.commands.reply import add_note, reply_to_ticket
from okno.tickets.commands.words import written_body
from okno.tickets.queries.detail import read_detail
from tests.conftest import Shop, make_shop
from tests.console.conftest import Browser, browser_for

DETAIL_QUERIES = 14


def say(shop: Shop, ticket: object, text: str, *, by: str = "requester") -> object:
    """Let a contact write on a ticket by mail."""
    contact = shop.contact(by)
    return receive_message(
        actor=shop.actor("agent"),
        ticket_id=ticket.pk,
        message=NewMessage(
            kind="reply",
            direction="in",
            channel="email",
            author_contact=contact,
            from_address=f"{by}@client.example",
            body=written_body(text=text),
        ),
        now=shop.now,
    )


def test_the_page_tells_the_whole_story(shop: Shop, browser: Browser) -> None:
    shop.mailbox()
    ticket = shop.ticket("The printer is on fire")
    actor = shop.actor("agent")
    reply_to_ticket(actor=actor, ticket_id=ticket.pk, text="Water is on its way.", now=shop.now)
    add_note(actor=actor, ticket_id=ticket.pk, text="It is his third.", now=shop.now)
    page = browser().get(f"/tickets/{ticket.number}/")
    assert page.status_code == 200
    html = page.content.decode()
    for words in (
        "The printer is on fire",
        "Please help.",
        "Water is on its way.",
        "It is his third.",
        "Internal note",
        "requester@client.example",
        "changed the status: New → Open",
    ):
        assert words in html


@pytest.mark.parametrize("messages", [3, 60])
def test_the_page_costs_the_same_however_long_the_ticket_is(shop: Shop, messages: int) -> None:
    shop.mailbox()
    ticket = shop.ticket()
    actor = shop.actor("agent")
    for turn in range(messages):
        if turn % 2:
            reply_to_ticket(actor=actor, ticket_id=ticket.pk, text=f"Answer {turn}", now=shop.now)
        else:
            say(shop, ticket, f"Question {turn}")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        read_detail(actor, number=ticket.number)
    assert len(queries) <= DETAIL_QUERIES, [query["sql"][:120] for query in queries]


def test_a_long_ticket_is_folded_at_its_beginning(shop: Shop, browser: Browser) -> None:
    ticket = shop.ticket()
    for turn in range(40):
        say(shop, ticket, f"Question number {turn}.")
    client = browser()
    html = client.get(f"/tickets/{ticket.number}/").content.decode()
    assert "Question number 39." in html
    assert "Question number 5." not in html
    before = html.split("?before=")[1].split('"')[0]
    earlier = client.get(f"/tickets/{ticket.number}/earlier/?before={before}").content.decode()
    assert "Question number 5." in earlier
    assert "Question number 39." not in earlier


def test_a_stranger_and_another_workspace_find_nothing(db: None, now: object) -> None:
    ours, theirs = make_shop(now), make_shop(now)
    with scope(ours.workspace):
        ticket = ours.ticket()
        nobody = browser_for(ours, "nobody", role=None)
    with scope(theirs.workspace):
        foreign = browser_for(theirs, "agent")
    assert nobody.get(f"/tickets/{ticket.number}/").status_code in (403, 404)
    assert foreign.get(f"/tickets/{ticket.number}/").status_code == 404


def test_a_light_agent_may_write_notes_only(shop: Shop, browser: Browser) -> None:
    ticket = shop.ticket()
    html = browser("light_agent").get(f"/tickets/{ticket.number}/").content.decode()
    assert 'value="note"' in html
    assert 'value="reply"' not in html
    assert "/properties/" not in html

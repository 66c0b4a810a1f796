"""Asking people outside from a ticket's page."""

from __future__ import annotations

from uuid import uuid4

import pytest

from okno.tenancy.scope import scope
from okno.tickets.models import Message, SideThread, Ticket
from tests.conftest import Shop, make_shop
from tests.console.conftest import Browser, browser_for


@pytest.fixture
def ticket(shop: Shop) -> Ticket:
    shop.mailbox()
    found: Ticket = shop.ticket()
    return found


def form(**values: object) -> dict[str, object]:
    return {
        "to": "Expert <expert@maker.example>",
        "subject": "Which valve?",
        "text": "See below.",
        "key": str(uuid4()),
        **values,
    }


def test_a_message_is_forwarded_with_its_words(shop: Shop, browser: Browser, ticket: Ticket) -> None:
    client = browser("agent")
    message = Message.objects.get(ticket=ticket)
    page = client.get(f"/tickets/{ticket.number}/").content.decode()
    assert f"/tickets/{ticket.number}/outside/?message={message.pk}" in page
    asked = client.get(f"/tickets/{ticket.number}/outside/?message={message.pk}").content.decode()
    assert f"&gt; {message.text}" in asked
    assert ticket.subject in asked


def test_the_same_form_sent_twice_asks_once(shop: Shop, browser: Browser, ticket: Ticket) -> None:
    client = browser("agent")
    said = form()
    for _ in range(2):
        answer = client.post(f"/tickets/{ticket.number}/outside/", said)
        assert answer.status_code == 302
    thread = SideThread.objects.get()
    assert answer["Location"] == f"/tickets/{ticket.number}/outside/{thread.pk}/"
    talk = client.get(answer["Location"]).content.decode()
    assert "See below." in talk
    assert "Expert &lt;expert@maker.example&gt;" in talk
    assert "MessageCell(" not in talk, "nothing but words is told"
    page = client.get(f"/tickets/{ticket.number}/").content.decode()
    assert f'href="/tickets/{ticket.number}/outside/{thread.pk}/"' in page


def test_a_talk_is_gone_on_with_and_ended(shop: Shop, browser: Browser, ticket: Ticket) -> None:
    client = browser("agent")
    place = client.post(f"/tickets/{ticket.number}/outside/", form())["Location"]
    assert client.post(f"{place}close/").status_code == 302
    assert "has been ended" in client.get(place).content.decode()
    assert client.post(place, {"text": "One more thing.", "key": str(uuid4())}).status_code == 302
    page = client.get(place).content.decode()
    assert "One more thing." in page
    assert "has been ended" not in page


@pytest.mark.parametrize(
    "values",
    [{"to": "nobody"}, {"to": ""}, {"text": ""}, {"subject": ""}, {"key": "no key"}, {"file": "999999"}],
)
def test_what_cannot_be_sent_is_said_and_kept(
    shop: Shop, browser: Browser, ticket: Ticket, values: dict[str, str]
) -> None:
    answer = browser("agent").post(f"/tickets/{ticket.number}/outside/", form(**values))
    assert answer.status_code == 422
    if "text" not in values:
        assert "See below." in answer.content.decode()
    assert not SideThread.objects.exists()


def test_who_may_not_reply_may_read_and_not_write(shop: Shop, browser: Browser, ticket: Ticket) -> None:
    place = browser("agent").post(f"/tickets/{ticket.number}/outside/", form())["Location"]
    light = browser("light_agent")
    assert light.get(f"/tickets/{ticket.number}/outside/").status_code == 403
    assert light.post(f"/tickets/{ticket.number}/outside/", form()).status_code == 403
    page = light.get(place)
    assert page.status_code == 200
    assert "<textarea" not in page.content.decode()
    assert light.post(place, {"text": "x", "key": str(uuid4())}).status_code == 403
    assert light.post(f"{place}close/").status_code == 403
    assert SideThread.objects.get().closed_at is None


def test_a_talk_of_another_workspace_is_not_found(db: None, now: object) -> None:
    ours, theirs = make_shop(now), make_shop(now)
    with scope(theirs.workspace):
        theirs.mailbox()
        ticket = theirs.ticket()
        place = browser_for(theirs, "agent").post(f"/tickets/{ticket.number}/outside/", form())["Location"]
    with scope(ours.workspace):
        client = browser_for(ours, "administrator")
    assert client.get(place).status_code == 404
    assert client.post(place, {"text": "x", "key": str(uuid4())}).status_code == 404

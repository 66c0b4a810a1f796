"""The requester's page: his public conversation and nothing else, and answers that only a click gives."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from okno.lib.stores import file_store
from okno.people.models import ContactAddress
from okno.tenancy.scope import scope
from okno.tickets.commands.messages import NewMessage
from okno.tickets.commands.participants import add_participant
from okno.tickets.commands.receive import receive_message
from okno.tickets.commands.reply import add_note, reply_to_ticket
from okno.tickets.commands.status import change_status
from okno.tickets.commands.words import Body
from okno.tickets.links import requester_link
from okno.tickets.models import Attachment, Message, StatusCategory, Ticket
from tests.conftest import Shop, make_shop


def browser(shop: Shop) -> Client:
    """Return somebody who only has the link."""
    return Client(headers={"host": shop.host, "accept": "text/html"}, enforce_csrf_checks=True)


def link_of(shop: Shop, ticket: Any, name: str = "requester") -> str:
    """Return the path in a mail to the requester."""
    return requester_link(ticket, ContactAddress.objects.get(value=f"{name}@client.example"))


def resolve(shop: Shop, ticket: Any) -> None:
    """Resolve a ticket with words for the requester."""
    change_status(
        actor=shop.actor("agent"), ticket_id=ticket.pk, status=StatusCategory.RESOLVED, now=shop.now,
        solution="Put the fire out.",
    )  # fmt: skip


def press(client: Client, path: str, solved: str) -> Any:
    """Press one of the two buttons of the page."""
    html = client.get(path).content.decode()
    token = html.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    return client.post(f"{path}answer/", {"solved": solved, "csrfmiddlewaretoken": token})


def attach(shop: Shop, name: str, content: bytes) -> Attachment:
    """Return the row of a stored file."""
    blob = file_store().put(shop.workspace.pk, content)
    return Attachment(
        filename=name,
        content_type="text/plain",
        size=blob.size,
        sha256=blob.sha256,
        key=uuid4(),
        created_at=shop.now,
    )


def test_the_page_shows_what_is_public_and_nothing_else(shop: Shop) -> None:
    shop.mailbox()
    ticket = shop.ticket("The printer is on fire", tags=["inner-tag"])
    actor = shop.actor("agent")
    reply_to_ticket(
        actor=actor, ticket_id=ticket.pk, text="Water is on its way.", now=shop.now, undo_seconds=0
    )
    add_note(actor=actor, ticket_id=ticket.pk, text="SECRET-NOTE", now=shop.now)
    add_participant(
        actor=actor,
        ticket_id=ticket.pk,
        role="hidden",
        person=shop.member("hiddenperson", role="agent"),
        now=shop.now,
    )
    reply_to_ticket(
        actor=actor,
        ticket_id=ticket.pk,
        text="Leaves later.",
        now=shop.now + timedelta(hours=1),
        undo_seconds=30,
    )
    resolve(shop, ticket)
    answer = browser(shop).get(link_of(shop, ticket))
    html = answer.content.decode()
    assert answer.status_code == 200
    for words in (
        str(ticket.number),
        "The printer is on fire",
        "Water is on its way.",
        "Put the fire out.",
        "You",
    ):
        assert words in html
    for words in (
        "SECRET-NOTE", "Hiddenperson", "inner-tag", "changed the status", "Leaves later.", "agent@", "/tickets/"
    ):  # fmt: skip
        assert words not in html, words
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer["Cache-Control"] == "no-store"


def test_looking_changes_nothing(shop: Shop) -> None:
    ticket = shop.ticket()
    resolve(shop, ticket)
    client, path = browser(shop), link_of(shop, ticket)
    for _time in range(2):
        client.get(path)
        assert client.get(f"{path}answer/", {"solved": "yes"}).status_code == 405
    assert Ticket.objects.get(pk=ticket.pk).category == "resolved"
    assert ContactAddress.objects.get(value="requester@client.example").verified_at is None


def test_solved_closes_and_proves_the_address(shop: Shop) -> None:
    ticket = shop.ticket()
    resolve(shop, ticket)
    client, path = browser(shop), link_of(shop, ticket)
    answer = press(client, path, "yes")
    assert answer["Location"] == f"{path}?answered=1"
    assert Ticket.objects.get(pk=ticket.pk).category == "closed"
    assert ContactAddress.objects.get(value="requester@client.example").verified_at is not None
    assert "Thank you." in client.get(answer["Location"]).content.decode()


def test_still_a_problem_opens_again(shop: Shop) -> None:
    ticket = shop.ticket()
    resolve(shop, ticket)
    press(browser(shop), link_of(shop, ticket), "no")
    assert Ticket.objects.get(pk=ticket.pk).category == "open"


def test_an_answer_needs_the_page_it_was_given_on(shop: Shop) -> None:
    ticket = shop.ticket()
    resolve(shop, ticket)
    answer = browser(shop).post(f"{link_of(shop, ticket)}answer/", {"solved": "yes"})
    assert answer.status_code == 403
    assert Ticket.objects.get(pk=ticket.pk).category == "resolved"


def test_an_open_ticket_asks_nothing(shop: Shop) -> None:
    html = browser(shop).get(link_of(shop, shop.ticket())).content.decode()
    assert "Still a problem" not in html
    assert "It is solved" not in html


@pytest.mark.parametrize("token", ["x", "a:b:c", "WzEsMiwzXQ:1xyzzy:abcdef", "%00"])
def test_a_wrong_link_is_a_friendly_page(shop: Shop, token: str) -> None:
    answer = browser(shop).get(f"/r/{token}/")
    assert answer.status_code == 404
    assert "reply to any of our mails" in answer.content.decode()


def test_a_link_ends_with_its_time(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    path = link_of(shop, shop.ticket())
    monkeypatch.setattr("okno.tickets.links.LIFETIME", timedelta(seconds=-1))
    assert browser(shop).get(path).status_code == 404


def test_a_link_opens_nothing_elsewhere(db: None, now: Any) -> None:
    ours, theirs = make_shop(now), make_shop(now)
    with scope(ours.workspace):
        path = link_of(ours, ours.ticket())
    assert browser(ours).get(path).status_code == 200
    assert browser(theirs).get(path).status_code == 404


def test_a_link_of_a_former_requester_is_closed(shop: Shop) -> None:
    ticket = shop.ticket()
    path = link_of(shop, ticket)
    Ticket.objects.filter(pk=ticket.pk).update(requester=shop.contact("another"))
    assert browser(shop).get(path).status_code == 404


def test_files_of_public_messages_only(shop: Shop) -> None:
    shop.mailbox()
    ticket = shop.ticket()
    public, internal = attach(shop, "bill.txt", b"bill"), attach(shop, "secret.txt", b"secret")
    contact = shop.contact()
    receive_message(
        actor=shop.actor("agent"), ticket_id=ticket.pk, now=shop.now,
        message=NewMessage(
            kind="reply", direction="in", channel="email", author_contact=contact, body=Body(text="See file"),
            attachments=[public],
        ),
    )  # fmt: skip
    note = add_note(actor=shop.actor("agent"), ticket_id=ticket.pk, text="Inner", now=shop.now)
    internal.message, internal.ticket = note, ticket
    internal.save()
    client, path = browser(shop), link_of(shop, ticket)
    answer = client.get(f"{path}files/{public.key}/bill.txt")
    assert b"".join(answer.streaming_content) == b"bill"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "bill.txt" in client.get(path).content.decode()
    assert client.get(f"{path}files/{internal.key}/secret.txt").status_code == 404
    other = shop.ticket("Other")
    assert client.get(f"{link_of(shop, other)}files/{public.key}/bill.txt").status_code == 404
    assert client.get(f"/r/x/files/{public.key}/bill.txt").status_code == 404


def test_foreign_html_is_in_its_frame(shop: Shop) -> None:
    ticket = shop.ticket()
    receive_message(
        actor=shop.actor("agent"), ticket_id=ticket.pk, now=shop.now,
        message=NewMessage(
            kind="reply", direction="in", channel="email", author_contact=shop.contact(),
            body=Body(text="Hello", html="<p>Hello <b>there</b></p>"),
        ),
    )  # fmt: skip
    client, path = browser(shop), link_of(shop, ticket)
    message = Message.objects.filter(ticket=ticket).latest("id")
    assert f"{path}messages/{message.pk}/body" in client.get(path).content.decode()
    frame = client.get(f"{path}messages/{message.pk}/body")
    assert "<b>there</b>" in frame.content.decode()
    assert frame["X-Frame-Options"] == "SAMEORIGIN"
    note = add_note(actor=shop.actor("agent"), ticket_id=ticket.pk, html="<p>Inner</p>", now=shop.now)
    assert client.get(f"{path}messages/{note.pk}/body").status_code == 404


def test_the_page_speaks_the_requesters_language(shop: Shop) -> None:
    ticket = shop.ticket()
    contact = shop.contact()
    contact.language = "ru"
    contact.save()
    assert '<html lang="ru"' in browser(shop).get(link_of(shop, ticket)).content.decode()

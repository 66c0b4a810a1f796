"""Solved, or still a problem: asked by mail, answered by a button, changed by no scanner."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from okno.channels.email.models import OutgoingMail
from okno.people.models import ContactAddress
from okno.spine.models import Event
from okno.spine.work import drain
from okno.tenancy.scope import scope
from okno.tickets.commands.assign import assign_ticket
from okno.tickets.commands.status import change_status
from okno.tickets.models import Message, StatusCategory, Ticket
from tests.conftest import Shop, make_shop
from tests.portal.test_ticket_page import browser, link_of, resolve


def question_mail(shop: Shop) -> OutgoingMail:
    """Return the mail that asks."""
    drain()
    mail: OutgoingMail = OutgoingMail.objects.get(purpose="resolved")
    return mail


def links_of(mail: OutgoingMail) -> list[str]:
    """Return the paths of all links of a mail, in its HTML and in its text."""
    found = re.findall(r'href="([^"]+)"', mail.html) + re.findall(r"https?://\S+", mail.text)
    return [urlsplit(unescape(url)).path for url in found]


def state_of(ticket: Any) -> tuple[Any, ...]:
    """Return everything that an answer would change."""
    row = Ticket.objects.get(pk=ticket.pk)
    return (
        row.category,
        row.updated_at,
        row.message_count,
        Event.objects.count(),
        ContactAddress.objects.get(value="requester@client.example").verified_at,
    )


def press(client: Client, path: str, **values: str) -> Any:
    """Press the button of one of the two pages."""
    html = client.get(path).content.decode()
    token = html.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    return client.post(path, {"csrfmiddlewaretoken": token, **values})


def test_the_mail_leads_to_both_answers_in_html_and_in_text(shop: Shop) -> None:
    shop.mailbox()
    ticket = shop.ticket()
    resolve(shop, ticket)
    links = links_of(question_mail(shop))
    for ending in ("/solved/", "/problem/"):
        assert sum(link.endswith(ending) for link in links) == 2, ending


def test_a_scanner_that_follows_every_link_changes_nothing(shop: Shop) -> None:
    shop.mailbox()
    ticket = shop.ticket()
    resolve(shop, ticket)
    mail = question_mail(shop)
    before = state_of(ticket)
    for path in links_of(mail):
        scanner = Client(headers={"host": shop.host, "user-agent": "SafeLinks", "sec-purpose": "prefetch"})
        assert scanner.get(path).status_code == 200
        assert scanner.head(path).status_code == 200
        assert scanner.options(path).status_code == 405
        page = scanner.get(path).content.decode()
        for further in re.findall(r'href="(/r/[^"]+)"', page):
            assert scanner.get(further).status_code == 200
    assert state_of(ticket) == before


def test_solved_is_one_button_and_closes(shop: Shop) -> None:
    ticket = shop.ticket()
    resolve(shop, ticket)
    client, path = browser(shop), link_of(shop, ticket)
    page = client.get(f"{path}solved/").content.decode()
    assert "Put the fire out." in page
    answer = press(client, f"{path}solved/")
    assert answer["Location"] == f"{path}?answered=1"
    assert Ticket.objects.get(pk=ticket.pk).category == "closed"
    assert ContactAddress.objects.get(value="requester@client.example").verified_at is not None


def test_still_a_problem_goes_back_to_the_same_owner_with_his_words(shop: Shop) -> None:
    ticket = shop.ticket()
    agent = shop.member("agent")
    assign_ticket(actor=shop.actor("agent"), ticket_id=ticket.pk, to=agent, now=shop.now)
    resolve(shop, ticket)
    path = link_of(shop, ticket)
    press(browser(shop), f"{path}problem/", words="It smokes <again>.")
    row = Ticket.objects.get(pk=ticket.pk)
    message = Message.objects.filter(ticket=ticket).latest("id")
    assert (row.category, row.assignee_id, row.reopen_count) == ("open", agent.pk, 1)
    assert (message.text, message.direction, message.kind) == ("It smokes <again>.", "in", "reply")
    assert message.author_contact_id == row.requester_id
    assert "&lt;again&gt;" in browser(shop).get(path).content.decode()


def test_the_words_may_stay_unsaid_and_the_owner_is_told_all_the_same(shop: Shop) -> None:
    shop.mailbox()
    ticket = shop.ticket()
    assign_ticket(actor=shop.actor("agent"), ticket_id=ticket.pk, to=shop.member("agent"), now=shop.now)
    resolve(shop, ticket)
    drain()
    OutgoingMail.objects.all().delete()
    press(browser(shop), f"{link_of(shop, ticket)}problem/", words="  ")
    drain()
    assert Message.objects.filter(ticket=ticket).latest("id").text == "Still a problem."
    told = OutgoingMail.objects.get(purpose="staff")
    assert told.to[0]["address"] == shop.member("agent").email
    assert "Still a problem." in told.text


@pytest.mark.parametrize(
    ("first", "words"), [("solved", "You said that it is solved"), ("problem", "You said that it is still")]
)
def test_who_answers_twice_is_told_what_he_has_chosen(shop: Shop, first: str, words: str) -> None:
    ticket = shop.ticket()
    resolve(shop, ticket)
    client, path = browser(shop), link_of(shop, ticket)
    press(client, f"{path}{first}/")
    before = state_of(ticket)
    for page in ("solved", "problem"):
        html = client.get(f"{path}{page}/").content.decode()
        assert "You have answered already" in html
        assert words in html
    again = client.get(f"{path}{first}/").content.decode()
    assert "csrfmiddlewaretoken" not in again
    assert state_of(ticket) == before


def test_pressing_twice_is_one_answer(shop: Shop) -> None:
    ticket = shop.ticket()
    resolve(shop, ticket)
    path = f"{link_of(shop, ticket)}problem/"
    client = browser(shop)
    token = client.get(path).content.decode().split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    client.post(path, {"csrfmiddlewaretoken": token})
    before = state_of(ticket)
    assert client.post(path, {"csrfmiddlewaretoken": token}).status_code == 302
    assert state_of(ticket) == before


def test_who_changes_his_mind_after_solved_can_say_so(shop: Shop) -> None:
    ticket = shop.ticket()
    resolve(shop, ticket)
    client, path = browser(shop), link_of(shop, ticket)
    press(client, f"{path}solved/")
    press(client, f"{path}problem/", words="I was too quick.")
    assert Ticket.objects.get(pk=ticket.pk).category == "open"


def test_what_others_have_changed_since_is_said_and_not_undone(shop: Shop) -> None:
    ticket = shop.ticket()
    resolve(shop, ticket)
    path = link_of(shop, ticket)
    change_status(actor=shop.actor("agent"), ticket_id=ticket.pk, status=StatusCategory.OPEN, now=shop.now)
    for page in ("solved", "problem"):
        html = browser(shop).get(f"{path}{page}/").content.decode()
        assert "We are working on it" in html
        assert "csrfmiddlewaretoken" not in html


def test_an_answer_needs_its_page(shop: Shop) -> None:
    ticket = shop.ticket()
    resolve(shop, ticket)
    before = state_of(ticket)
    for page in ("solved", "problem"):
        assert browser(shop).post(f"{link_of(shop, ticket)}{page}/").status_code == 403
    assert state_of(ticket) == before


def test_an_old_link_says_what_to_do(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = shop.ticket()
    resolve(shop, ticket)
    path = link_of(shop, ticket)
    monkeypatch.setattr("okno.tickets.links.LIFETIME", timedelta(seconds=-1))
    for page in ("solved", "problem"):
        answer = browser(shop).get(f"{path}{page}/")
        assert answer.status_code == 404
        assert "reply to any of our mails" in answer.content.decode()


def test_a_link_answers_nothing_elsewhere(db: None, now: Any) -> None:
    ours, theirs = make_shop(now), make_shop(now)
    with scope(ours.workspace):
        ticket = ours.ticket()
        resolve(ours, ticket)
        path = link_of(ours, ticket)
    assert browser(theirs).get(f"{path}solved/").status_code == 404
    assert browser(theirs).post(f"{path}solved/").status_code in (403, 404)
    with scope(ours.workspace):
        assert Ticket.objects.get(pk=ticket.pk).category == "resolved"


@pytest.mark.parametrize("page", ["solved", "problem"])
def test_the_pages_speak_the_requesters_language(shop: Shop, page: str) -> None:
    ticket = shop.ticket()
    resolve(shop, ticket)
    contact = shop.contact()
    contact.language = "ru"  # type: ignore[attr-defined]
    contact.save()  # type: ignore[attr-defined]
    html = browser(shop).get(f"{link_of(shop, ticket)}{page}/").content.decode()
    assert '<html lang="ru"' in html

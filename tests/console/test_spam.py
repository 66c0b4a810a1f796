"""Spam in the console: marking from page and list, its view, letting in, blocking, deleting, and where it is not."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from okno.channels.email.models import BlockedSender, RawMail, TrustedSender
from okno.channels.email.senders import block_sender
from okno.spine.models import Event
from okno.team.models import Desk, Team
from okno.tenancy.scope import scope
from okno.tickets.commands.spam import mark_spam
from okno.tickets.models import Ticket
from okno.tickets.queries.spam import spam_mails, spam_tickets
from tests.conftest import Shop, make_shop
from tests.console.conftest import Browser, browser_for
from tests.console.test_bulk import toast_of
from tests.console.test_intake import came_in
from tests.tickets.test_explain import explained

HTMX = {"hx-request": "true"}
SPAM_QUERIES = 14


def spam_mail(shop: Shop, **values: object) -> RawMail:
    """Return a mail that was kept out."""
    given = {"outcome": "spam", "reason": "blocked: a@client.example", "words": "Buy now", "subject": "Pills"}
    return came_in(shop, **{**given, **values})


def spam_ticket(shop: Shop, subject: str = "Cheap watches", **values: object) -> Ticket:
    """Return a ticket that an agent called spam."""
    ticket = shop.ticket(subject, **values)
    return mark_spam(actor=shop.actor("agent"), ticket_id=ticket.pk, now=shop.now)


def is_spam(ticket: Ticket) -> bool:
    """Tell whether a ticket is spam now."""
    return Ticket.objects.get(pk=ticket.pk).spam_at is not None


def test_a_ticket_is_marked_on_its_page_and_undone(shop: Shop, browser: Browser) -> None:
    client, ticket = browser(), shop.ticket()
    assert 'data-key="!"' in client.get(f"/tickets/{ticket.number}/").content.decode()
    response = client.post(f"/tickets/{ticket.number}/spam/", headers=HTMX)
    assert is_spam(ticket)
    page = client.get(f"/tickets/{ticket.number}/").content.decode()
    assert "Agent marked this ticket as spam." in page
    assert 'popovertarget="spam-box"' not in page
    client.post(toast_of(response)["action"]["url"], headers=HTMX)
    assert not is_spam(ticket)
    types = Event.objects.filter(subject_id=ticket.pk).order_by("-id").values_list("type", flat=True)
    assert list(types[:2]) == ["ticket.unmarked_spam", "ticket.marked_spam"]


def test_marking_blocks_the_address_or_for_who_may_the_domain(shop: Shop, browser: Browser) -> None:
    one, two = shop.ticket(), shop.ticket(by="other")
    client = browser()
    response = client.post(f"/tickets/{one.number}/spam/", {"block": "address"}, headers=HTMX)
    assert BlockedSender.objects.get().pattern == "requester@client.example"
    assert client.post(f"/tickets/{two.number}/spam/", {"block": "domain"}).status_code == 403
    assert not is_spam(two)
    administrator = browser("administrator")
    assert administrator.post(toast_of(response)["action"]["url"], headers=HTMX).status_code == 404
    client.post(toast_of(response)["action"]["url"], headers=HTMX)
    assert not BlockedSender.objects.exists()
    administrator.post(f"/tickets/{two.number}/spam/", {"block": "domain"})
    assert BlockedSender.objects.get().pattern == "@client.example"
    assert is_spam(two)


def test_the_page_tells_what_changed_without_reloading(shop: Shop, browser: Browser) -> None:
    client, ticket = browser(), shop.ticket()
    before = Event.objects.latest("id").pk
    client.post(f"/tickets/{ticket.number}/spam/", headers=HTMX)
    fresh = client.get(f"/tickets/{ticket.number}/fresh/?after=0&event={before}").content.decode()
    assert 'id="ticket-spam" hx-swap-oob="true"' in fresh
    assert "marked this ticket as spam" in fresh


def test_the_bar_marks_many_and_undo_puts_them_back(shop: Shop, browser: Browser) -> None:
    client = browser()
    some = [shop.ticket("One"), shop.ticket("Two")]
    numbers = [ticket.number for ticket in some]
    response = client.post("/tickets/bulk/", {"number": numbers, "spam": "1"}, headers=HTMX)
    assert toast_of(response)["text"] == "2 tickets changed."
    assert all(map(is_spam, some))
    assert "One" not in client.get("/tickets/?view=all").content.decode()
    client.post(toast_of(response)["action"]["url"], headers=HTMX)
    assert not any(map(is_spam, some))
    client.post("/tickets/bulk/", {"number": numbers, "spam": "1"})
    assert all(map(is_spam, some))


def test_it_is_in_no_list_count_search_or_palette(shop: Shop, browser: Browser) -> None:
    client, ticket = browser(), spam_ticket(shop)
    shop.ticket("An honest one", by="other")
    for url in (
        "/tickets/?view=all",
        "/tickets/?view=open",
        "/tickets/?view=all&q=watches",
        f"/tickets/?view=all&q={ticket.number}",
        f"/tickets/rows/?view=all&numbers={ticket.number}",
        "/palette/?q=watches",
        f"/palette/?q=%23{ticket.number}",
        f"/contacts/{ticket.requester_id}/",
    ):
        page = client.get(url)
        assert page.status_code == 200
        assert "Cheap watches" not in page.content.decode(), url
    counts = client.get("/tickets/counts/").content.decode()
    assert 'id="count-open" hx-swap-oob="true">1<' in counts
    assert 'id="count-spam" hx-swap-oob="true">1<' in counts
    assert "Cheap watches" in client.get(f"/tickets/{ticket.number}/").content.decode()


def test_the_view_shows_both_kinds(shop: Shop, browser: Browser) -> None:
    client = browser()
    assert "No mail is spam" in client.get("/spam/").content.decode()
    assert "No ticket is spam" in client.get("/spam/?show=tickets").content.decode()
    spam_mail(shop), spam_ticket(shop)
    mails = client.get("/spam/").content.decode()
    for words in ("Pills", "Buy now", "a@client.example is blocked."):
        assert words in mails
    tickets = client.get("/spam/?show=tickets").content.decode()
    for words in ("Cheap watches", "Marked by Agent.", "requester@client.example"):
        assert words in tickets
    assert client.get("/spam/?show=nonsense").status_code == 404
    assert client.get("/spam/?cursor=nonsense")["Location"] == "/spam/"


def test_mails_are_let_in_one_or_many(shop: Shop, browser: Browser) -> None:
    client = browser()
    block_sender(actor=shop.actor("agent"), pattern="a@client.example", now=shop.now)
    one, two, three = (spam_mail(shop) for _ in range(3))
    client.post("/spam/act/", {"act": "release", "id": [one.pk]})
    assert "1 mail is taken in now." in client.get("/spam/").content.decode()
    client.post("/spam/act/", {"act": "trust", "all": "1", "shown": f"{two.pk},{three.pk}"})
    assert RawMail.objects.filter(is_released=True, state="due").count() == 3
    assert not BlockedSender.objects.exists()
    assert TrustedSender.objects.get().pattern == "a@client.example"
    assert client.post("/spam/act/", {"act": "release", "id": [one.pk]}).status_code == 404


def test_tickets_are_put_back_and_their_senders_blocked(shop: Shop, browser: Browser) -> None:
    client, ticket = browser(), spam_ticket(shop)
    said = {"show": "tickets", "id": [ticket.number]}
    client.post("/spam/act/", {**said, "act": "block"})
    assert BlockedSender.objects.get().pattern == "requester@client.example"
    client.post("/spam/act/", {**said, "act": "release"})
    assert not is_spam(ticket)
    assert client.post("/spam/act/", {**said, "act": "release"}).status_code == 404


def test_deleting_asks_once_more(shop: Shop, browser: Browser) -> None:
    client, ticket, mail = browser(), spam_ticket(shop), spam_mail(shop)
    for said in ({"show": "tickets", "id": [ticket.number]}, {"show": "", "id": [mail.pk]}):
        question = client.post("/spam/act/", {**said, "act": "delete"}).content.decode()
        assert "This cannot be undone." in question
        assert Ticket.objects.exists() or said["show"] == ""
        client.post("/spam/act/", {**said, "act": "delete", "sure": "1"})
    assert not Ticket.objects.exists()
    assert not RawMail.objects.filter(pk=mail.pk).exists()


def test_nonsense_is_refused(shop: Shop, browser: Browser) -> None:
    client, mail = browser(), spam_mail(shop, sender="")
    for said in (
        {"act": "burn", "id": mail.pk},
        {"act": "release"},
        {"act": "release", "id": "x"},
        {"act": "block", "id": mail.pk},
    ):
        assert client.post("/spam/act/", said).status_code == 422, said


def test_who_sees_and_acts(shop: Shop, browser: Browser) -> None:
    ticket, mail = spam_ticket(shop), spam_mail(shop)
    team = Team.objects.create(
        name="Elsewhere", desk=Desk.objects.create(name="Elsewhere", position=9), line=1
    )
    outsider, reader = browser("outsider", role="agent", scope="team", team=team), browser("light_agent")
    assert "Pills" not in outsider.get("/spam/").content.decode()
    assert "Cheap" not in outsider.get("/spam/?show=tickets").content.decode()
    assert outsider.get(f"/spam/{mail.pk}/raw/").status_code == 404
    assert "Pills" in reader.get("/spam/").content.decode()
    assert reader.get(f"/spam/{mail.pk}/raw/").status_code == 200
    for show, ref in (("", mail.pk), ("tickets", ticket.number)):
        for act in ("release", "block", "trust", "delete"):
            said = {"show": show, "act": act, "id": ref, "sure": "1"}
            assert outsider.post("/spam/act/", said).status_code in (404, 422), said
            assert reader.post("/spam/act/", said).status_code == 403
    assert reader.post(f"/tickets/{ticket.number}/not-spam/").status_code == 403
    assert outsider.post(f"/tickets/{ticket.number}/not-spam/").status_code == 404
    assert browser(None).get("/spam/").status_code == 302
    assert is_spam(ticket)
    assert RawMail.objects.get(pk=mail.pk).outcome == "spam"
    assert not BlockedSender.objects.exists()


def test_spam_of_another_workspace_is_not_there(db: None, now: object) -> None:
    ours, theirs = make_shop(now), make_shop(now)
    with scope(theirs.workspace):
        ticket, mail = spam_ticket(theirs), spam_mail(theirs)
    with scope(ours.workspace):
        client = browser_for(ours, "administrator")
    assert "Pills" not in client.get("/spam/").content.decode()
    for said in ({"id": mail.pk}, {"show": "tickets", "id": ticket.number}):
        for act in ("release", "delete"):
            assert client.post("/spam/act/", {**said, "act": act, "sure": "1"}).status_code == 404
    assert client.get(f"/spam/{mail.pk}/raw/").status_code == 404


@pytest.mark.parametrize("rows", [1, 20])
@pytest.mark.parametrize("show", ["", "?show=tickets"])
def test_the_page_costs_the_same_for_any_number(shop: Shop, browser: Browser, rows: int, show: str) -> None:
    client = browser("narrow", role="agent", scope="desk", desk=Desk.objects.get())
    for number in range(rows):
        spam_mail(shop, subject=f"Pills {number}"), spam_ticket(shop, by=f"client{number}")
    client.get("/spam/")
    with CaptureQueriesContext(connection) as queries:
        client.get(f"/spam/{show}")
    asked = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(asked) <= SPAM_QUERIES, "\n".join(asked)


def test_pages_follow_each_other(shop: Shop, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("okno.console.spam.PAGE_SIZE", 1)
    spam_ticket(shop, "Older"), spam_ticket(shop, "Newer", by="other")
    client = browser()
    page = client.get("/spam/?show=tickets").content.decode()
    assert "Newer" in page
    assert "Older" not in page
    following = page.split("show=tickets&amp;cursor=")[1].split('"')[0]
    assert "Older" in client.get(f"/spam/?show=tickets&cursor={following}").content.decode()


def test_both_lists_walk_their_index(shop: Shop) -> None:
    actor = shop.actor("agent")
    shop.mailbox()
    assert "tickets_spam" in explained(spam_tickets(actor).order_by("-spam_at", "-id").values_list("pk")[:51])
    plan = explained(spam_mails(actor).order_by("-id").values_list("pk")[:51])
    assert "Seq Scan on email_rawmail" not in plan
    # Which of its indexes it takes in an empty table is its own affair; that there is one by outcome is not.
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'email_raw_outcome'")
        assert "(workspace_id, outcome, id DESC)" in cursor.fetchone()[0]


def test_the_api_lists_no_spam_but_gives_it_by_its_number(shop: Shop) -> None:
    from django.test import Client

    from okno.team.commands.tokens import create_token

    ticket = spam_ticket(shop)
    token = create_token(
        actor=shop.actor("agent"), member=shop.members["agent"], name="t", scopes=("*",), now=shop.now
    )
    client = Client(headers={"host": shop.host, "authorization": f"Bearer {token}"})
    assert json.loads(client.get("/api/v1/tickets").content)["items"] == []
    assert client.get(f"/api/v1/tickets/{ticket.number}").status_code == 200

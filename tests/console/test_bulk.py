"""Changing several tickets at once."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse
from django.test import Client

from okno.spine.models import Event
from okno.tenancy.scope import scope
from okno.tickets.commands.assign import take_ticket
from okno.tickets.commands.properties import change_priority
from okno.tickets.models import Status, Ticket
from tests.conftest import Shop, make_shop
from tests.console.conftest import Browser, browser_for

HTMX = {"hx-request": "true"}


def toast_of(response: HttpResponse) -> dict[str, Any]:
    """Return the toast that an answer lets the page show."""
    found: dict[str, Any] = json.loads(response["HX-Trigger"])["okno:toast"]
    return found


def change(client: Client, *tickets: Ticket, **values: str) -> HttpResponse:
    """Send the bar's form."""
    numbers = [ticket.number for ticket in tickets]
    return client.post("/tickets/bulk/", {"number": numbers, **values}, headers=HTMX)


def fresh(ticket: Ticket) -> Ticket:
    """Return a ticket as it is now."""
    return Ticket.objects.get(pk=ticket.pk)


def test_each_property_is_changed_on_all(shop: Shop, browser: Browser) -> None:
    client = browser()
    one, two = shop.ticket("One", tags=["old"]), shop.ticket("Two")
    waiting = Status.objects.get(key="waiting") if Status.objects.filter(key="waiting") else None
    waiting = waiting or Status.objects.filter(category="waiting")[0]
    for values in (
        {"assignee": str(shop.members["agent"].pk)},
        {"priority": "4"},
        {"tags": "New, URGENT"},
        {"status": str(waiting.pk)},
    ):
        response = change(client, one, two, **values)
        assert response.status_code == 200, response.content
        assert toast_of(response)["text"] == "2 tickets changed."
    for ticket in (fresh(one), fresh(two)):
        assert ticket.assignee_id == shop.members["agent"].pk
        assert (ticket.priority, ticket.category) == (4, "waiting")
    assert fresh(one).tags == ["new", "old", "urgent"]


def test_undo_puts_back_what_was(shop: Shop, browser: Browser) -> None:
    client = browser()
    one, two = shop.ticket("One"), shop.ticket("Two", priority=3)
    undo = toast_of(change(client, one, two, priority="1"))["action"]["url"]
    response = client.post(undo, headers=HTMX)
    assert toast_of(response)["text"] == "2 tickets put back."
    assert (fresh(one).priority, fresh(two).priority) == (2, 3)


def test_undo_of_an_assignment_also_puts_back_the_status(shop: Shop, browser: Browser) -> None:
    client = browser()
    ticket = shop.ticket()
    undo = toast_of(change(client, ticket, assignee="me"))["action"]["url"]
    assert (fresh(ticket).assignee_id, fresh(ticket).category) == (shop.members["agent"].pk, "open")
    client.post(undo, headers=HTMX)
    assert (fresh(ticket).assignee_id, fresh(ticket).category) == (None, "new")


def test_undo_leaves_what_somebody_changed_since(shop: Shop, browser: Browser) -> None:
    client = browser()
    ticket = shop.ticket()
    undo = toast_of(change(client, ticket, priority="1"))["action"]["url"]
    change_priority(actor=shop.actor("other", role="agent"), ticket_id=ticket.pk, priority=4, now=shop.now)
    client.post(undo, headers=HTMX)
    assert fresh(ticket).priority == 4


def test_undo_is_only_for_whoever_did_it(shop: Shop, browser: Browser) -> None:
    ticket = shop.ticket()
    undo = toast_of(change(browser(), ticket, priority="1"))["action"]["url"]
    assert browser("supervisor").post(undo, headers=HTMX).status_code == 404
    assert browser().post("/tickets/bulk/undo/?was=forged", headers=HTMX).status_code == 422
    assert fresh(ticket).priority == 1


def test_a_refusal_of_one_leaves_the_others_changed_and_is_told(shop: Shop, browser: Browser) -> None:
    client = browser()
    free, taken = shop.ticket("Free"), shop.ticket("Taken")
    take_ticket(actor=shop.actor("other", role="agent"), ticket_id=taken.pk, now=shop.now)
    told = toast_of(change(client, free, taken, assignee="me"))
    assert told["text"].startswith("1 ticket changed. Not changed:")
    assert f"{taken.number}: Other has already taken this ticket." in told["text"]
    assert fresh(free).assignee_id == shop.members["agent"].pk
    assert fresh(taken).assignee_id == shop.members["other"].pk


def test_a_ticket_out_of_reach_is_as_if_it_were_not_there(shop: Shop, browser: Browser) -> None:
    from okno.team.models import Desk, Team

    first, second = Team.objects.get(), Team.objects.create(desk=Desk.objects.get(), name="Second", line=2)
    hidden = shop.ticket("Hidden", team=second)
    before = Event.objects.count()
    response = change(browser("narrow", role="agent", scope="team", team=first), hidden, priority="1")
    assert response.status_code == 404
    assert fresh(hidden).priority == 2
    assert Event.objects.count() == before


def test_a_light_agent_changes_nothing(shop: Shop, browser: Browser) -> None:
    ticket = shop.ticket()
    response = change(browser("light_agent"), ticket, priority="1")
    assert response.status_code == 403
    assert fresh(ticket).priority == 2


def test_a_ticket_of_another_workspace_is_not_touched(db: None, now: object) -> None:
    ours, theirs = make_shop(now), make_shop(now)
    with scope(theirs.workspace):
        ticket = theirs.ticket()
    with scope(ours.workspace):
        client = browser_for(ours, "administrator")
    assert change(client, ticket, priority="1").status_code == 404
    with scope(theirs.workspace):
        assert fresh(ticket).priority == 2


def test_nonsense_is_refused_in_words(shop: Shop, browser: Browser) -> None:
    client = browser()
    ticket = shop.ticket()
    for values in (
        {},
        {"assignee": "999999999"},
        {"assignee": "x"},
        {"status": "-1"},
        {"team": "0"},
        {"priority": "9"},
    ):
        response = change(client, ticket, **values)
        assert response.status_code == 422, values
        assert toast_of(response)["tone"] == "danger"
    assert client.post("/tickets/bulk/", {"priority": "1"}, headers=HTMX).status_code == 422
    many = {"number": list(range(1, 200)), "priority": "1"}
    assert client.post("/tickets/bulk/", many, headers=HTMX).status_code == 422
    assert fresh(ticket).priority == 2


def test_without_scripts_a_page_asks_what_to_change(shop: Shop, browser: Browser) -> None:
    client = browser()
    ticket = shop.ticket("Needs a hand")
    page = client.post("/tickets/bulk/", {"number": ticket.number, "tags": "", "ask": "1"}).content.decode()
    assert "Needs a hand" in page
    response = client.post(
        "/tickets/bulk/", {"number": ticket.number, "priority": "3", "next": "/tickets/?view=all"}
    )
    assert response["Location"] == "/tickets/?view=all"
    assert fresh(ticket).priority == 3
    assert "1 ticket changed." in client.get("/tickets/").content.decode()


def test_what_is_already_so_is_not_called_changed(shop: Shop, browser: Browser) -> None:
    one, two = shop.ticket("One", priority=4), shop.ticket("Two")
    client = browser()
    assert toast_of(change(client, one, two, priority="4"))["text"] == "1 ticket changed."
    told = toast_of(change(client, one, two, priority="4"))
    assert told["text"] == "They are like that already."
    assert "action" not in told


def test_the_menus_ask_for_their_choices(shop: Shop, browser: Browser) -> None:
    client = browser()
    assert "Agent" in client.get("/tickets/bulk/options/assignee/").content.decode()
    assert "Critical" in client.get("/tickets/bulk/options/priority/").content.decode()
    for name in ("status", "team"):
        assert b"menu-item" in client.get(f"/tickets/bulk/options/{name}/").content
    assert client.get("/tickets/bulk/options/nonsense/").status_code == 404

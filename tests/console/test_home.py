"""The first page: one's own work, the team's, and only what one may see."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from okno.team.models import Desk, Member, Team, TeamMembership
from okno.tickets.models import Ticket


def browser(shop: Any, name: str = "agent", **options: Any) -> Client:
    client = Client(headers={"host": shop.host, "accept": "text/html"})
    client.force_login(shop.member(name, **options).user)
    return client


@pytest.fixture
def team(shop: Any) -> Any:
    """Give the first team, with the agent in it."""
    first = Team.objects.earliest("id")
    TeamMembership.objects.create(team=first, member=shop.member("agent"))
    return first


def page(client: Client) -> str:
    answer = client.get("/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def given_to(ticket: Any, member: Any, **values: Any) -> None:
    Ticket.objects.filter(pk=ticket.pk).update(assignee=member, **values)


def test_the_queue_has_what_is_mine_the_most_urgent_first(shop: Any, team: Any) -> None:
    for subject, values in (
        ("Someday", {"priority": 1}),
        ("Urgent", {"priority": 4}),
        ("Due soon", {"due_at": shop.now + timedelta(hours=1)}),
    ):
        given_to(shop.ticket(subject), shop.member("agent"), **values)
    given_to(shop.ticket("Of a colleague"), shop.member("colleague"))
    answer = browser(shop).get("/")
    assert [row.subject for row in answer.context["queue"]] == ["Due soon", "Urgent", "Someday"]


def test_what_is_due_today_in_the_team_is_seen(shop: Any, team: Any) -> None:
    for subject, due in (("Now", shop.now), ("In a week", shop.now + timedelta(days=7))):
        Ticket.objects.filter(pk=shop.ticket(subject).pk).update(team=team, due_at=due)
    answer = browser(shop).get("/")
    assert [row.subject for row in answer.context["due"]] == ["Now"]


def test_the_load_counts_open_late_and_awaited(shop: Any, team: Any) -> None:
    late = {"team": team, "due_at": shop.now - timedelta(days=1), "waiting_since": shop.now}
    given_to(shop.ticket(), shop.member("agent"), **late)
    Ticket.objects.filter(pk=shop.ticket().pk).update(team=team, waiting_since=None)
    answer = browser(shop).get("/")
    seen = [
        (one["name"], one["load"].open, one["load"].waited_for, one["load"].overdue)
        for one in answer.context["load"]
    ]
    assert seen == [("Nobody", 1, 0, 0), ("Agent", 1, 1, 1)]


def test_unfinished_calls_stand_out(shop: Any, team: Any) -> None:
    Ticket.objects.filter(pk=shop.ticket("Call of +7 912").pk).update(is_draft=True)
    assert "Unfinished calls" in page(browser(shop))


def test_an_empty_desk_says_what_will_be_here(shop: Any) -> None:
    assert "Nothing is assigned to you." in page(browser(shop))


def test_nobody_sees_what_is_not_his(shop: Any, team: Any) -> None:
    desk = Desk.objects.create(name="Other desk")
    other = Team.objects.create(name="Others", desk=desk, line=1)
    outsider = browser(shop, "outsider", scope="team", team=other)
    TeamMembership.objects.create(team=other, member=shop.member("outsider"))
    ticket = shop.ticket("Not for outsiders")
    Ticket.objects.filter(pk=ticket.pk).update(team=team, due_at=shop.now, is_draft=True)
    assert "Not for outsiders" not in page(outsider)


def test_spam_is_no_work(shop: Any, team: Any) -> None:
    given_to(shop.ticket("Buy now"), shop.member("agent"), spam_at=shop.now)
    assert "Buy now" not in page(browser(shop))


def test_a_configurator_without_tickets_of_his_own_gets_a_page_too(shop: Any) -> None:
    assert "What happened" in page(browser(shop, "configurator", role="configurator"))


def test_strangers_are_led_to_the_entrance(shop: Any) -> None:
    answer = Client(headers={"host": shop.host, "accept": "text/html"}).get("/")
    assert answer.headers["Location"].startswith("/accounts/login/")


def test_the_page_itself_asks_for_its_changing_part_only(shop: Any, team: Any) -> None:
    part = browser(shop).get("/", headers={"HX-Request": "true"}).content.decode()
    assert "home-queue" in part
    assert "<html" not in part


def test_it_costs_the_same_for_many(shop: Any, team: Any) -> None:
    client = browser(shop)
    given_to(shop.ticket(), shop.member("agent"), team=team)
    client.get("/")
    with CaptureQueriesContext(connection) as few:
        client.get("/")
    for number in range(12):
        given_to(shop.ticket(f"More {number}"), shop.member("agent"), team=team, due_at=shop.now)
        member = Member.objects.create(name=f"Member {number}", email=f"m{number}@{shop.host}")
        TeamMembership.objects.create(team=team, member=member)
    with CaptureQueriesContext(connection) as many:
        client.get("/")
    assert len(many) == len(few)

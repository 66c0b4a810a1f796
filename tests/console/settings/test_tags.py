"""Tags in the browser: described, renamed and taken away on all tickets by a worker, a few at a time."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from okno.reactors import tagging
from okno.reactors.tagging import carry_out
from okno.spine.models import Event
from okno.tickets.models import Tag, TagWork, Ticket, TicketTag


def browser(shop: Any, role: str = "administrator") -> Client:
    client = Client(headers={"host": shop.host, "accept": "text/html"})
    client.force_login(shop.member(role, role=role).user)
    return client


def work_on() -> TagWork:
    work: TagWork = TagWork.objects.get(state="due")
    carry_out(TagWork.claim([work.pk], lease=tagging.LEASE)[0])
    work.refresh_from_db()
    return work


def tags_of(ticket: Any) -> tuple[list[str], list[str]]:
    rows = TicketTag.objects.filter(ticket_id=ticket.pk).order_by("name").values_list("name", flat=True)
    return list(Ticket.objects.get(pk=ticket.pk).tags), list(rows)


def test_a_tag_is_described_and_counted(shop: Any) -> None:
    shop.ticket(tags=["vip"])
    client = browser(shop)
    client.post("/settings/tags/", {"name": "VIP", "colour": "red", "purpose": "Answer at once"})
    assert list(Tag.objects.values_list("name", "colour", "purpose")) == [("vip", "red", "Answer at once")]
    page = client.get("/settings/tags/")
    assert [(row.name, row.colour, row.tickets) for row in page.context["tags"]] == [("vip", "red", 1)]
    assert client.post("/settings/tags/", {"name": "x", "colour": "ultraviolet"}).status_code == 422


def test_two_tags_become_one_everywhere(shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tagging, "PORTION", 2)
    tickets = [shop.ticket(f"Ticket {number}", tags=["printers", "x"]) for number in range(5)]
    both = shop.ticket("Both", tags=["printer", "printers"])
    client = browser(shop)
    for _time in range(2):
        client.post("/settings/tags/replace/", {"old": "printers", "new": "Printer"})
    assert TagWork.objects.count() == 1
    work = work_on()
    assert (work.state, work.done) == ("done", 6)
    for ticket in tickets:
        assert tags_of(ticket) == (["printer", "x"], ["printer", "x"])
    assert tags_of(both) == (["printer"], ["printer"])
    assert Event.objects.filter(type="ticket.tags_changed", subject_id=both.pk).exists()
    assert "done" in client.get("/settings/tags/progress/").content.decode()


def test_a_tag_is_taken_away_everywhere(shop: Any) -> None:
    ticket = shop.ticket(tags=["old", "kept"])
    browser(shop).post("/settings/tags/replace/", {"old": "old", "remove": "1"})
    work_on()
    assert tags_of(ticket) == (["kept"], ["kept"])


@pytest.mark.parametrize("given", [{"old": "a"}, {"old": "a", "new": "a"}, {"old": "", "new": "b"}, {}])
def test_what_changes_nothing_is_refused(shop: Any, given: dict[str, str]) -> None:
    browser(shop).post("/settings/tags/replace/", given)
    assert not TagWork.objects.exists()


@pytest.mark.parametrize("role", ["support_administrator", "supervisor", "agent", "light_agent"])
def test_others_may_not(shop: Any, role: str) -> None:
    client = browser(shop, role)
    for answer in (
        client.get("/settings/tags/"),
        client.get("/settings/tags/progress/"),
        client.post("/settings/tags/", {"name": "mine"}),
        client.post("/settings/tags/replace/", {"old": "a", "new": "b"}),
    ):
        assert answer.status_code == 403

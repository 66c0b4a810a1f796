"""Finding and paging tickets for the list."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from okno.conditions import tree, words
from okno.lib.errors import Invalid
from okno.tickets.commands.assign import take_ticket
from okno.tickets.fields import ticket_fields
from okno.tickets.models import Ticket
from okno.tickets.queries import list as tickets_list
from okno.tickets.queries.counts import COUNTED_BY, counted_views, view_counts
from okno.tickets.queries.list import Listing, find_by_words, list_page, listed_among, tickets_of
from okno.tickets.queries.views import VIEWS, view_called, viewer_for
from tests.conftest import Shop


def listing(shop: Shop, view: str = "all", q: str = "", name: str = "agent", **role: Any) -> Listing:
    """Return what a member sees of a view."""
    actor = shop.actor(name, **role)
    fields = ticket_fields(shop.workspace)
    found = view_called(view)
    assert found is not None
    return Listing(
        actor=actor,
        view=found,
        query=words.parse(q, fields),
        fields=fields,
        viewer=viewer_for(actor, now=shop.now, zone=UTC),
    )


def test_words_are_looked_for_in_the_newest_tickets_only(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = shop.ticket("Old kettle"), shop.ticket("New kettle")
    Ticket.objects.filter(pk=old.pk).update(updated_at=shop.now - timedelta(days=1))
    monkeypatch.setattr(tickets_list, "WORDS_REACH", 1)
    assert [row.number for row in list_page(listing(shop, q="kettle")).rows] == [new.number]
    assert [row.number for row in list_page(listing(shop, q=str(old.number))).rows] == [old.number]


def test_words_do_not_care_for_case_or_dots(shop: Shop) -> None:
    ticket = shop.ticket("Ёлка не горит")
    for typed in ("елка", "ЁЛКА", "горит елка"):
        assert [row.number for row in list_page(listing(shop, q=typed)).rows] == [ticket.number]


def test_a_page_goes_back_to_where_it_came_from(shop: Shop) -> None:
    for index in range(7):
        shop.ticket(f"Number {index}", priority=1 + index % 3)
    here = listing(shop)
    for sort in ("-updated", "priority", "-status", "due", "number"):
        first = list_page(here, sort=sort, size=3)
        second = list_page(here, sort=sort, cursor=first.next, size=3)
        back = list_page(here, sort=sort, cursor=second.previous, size=3)
        assert [row.number for row in back.rows] == [row.number for row in first.rows]


def test_a_cursor_of_another_order_is_refused(shop: Shop) -> None:
    for index in range(3):
        shop.ticket(f"Number {index}")
    cursor = list_page(listing(shop), size=1).next
    with pytest.raises(Invalid):
        list_page(listing(shop), sort="priority", cursor=cursor, size=1)


def test_changed_rows_keep_the_order_of_their_changes(shop: Shop) -> None:
    one, two = shop.ticket("One"), shop.ticket("Two")
    Ticket.objects.filter(pk=one.pk).update(updated_at=shop.now + timedelta(minutes=1))
    found = listed_among(listing(shop), [one.number, two.number, 10**30, -5])
    assert [row.number for row in found] == [two.number, one.number]


def test_a_requester_does_not_find_what_is_not_his(shop: Shop) -> None:
    from okno.spine.actor import Actor, ActorKind

    mine, other = shop.ticket("My kettle", by="nora"), shop.ticket("Other kettle", by="ida")
    nora = Actor(kind=ActorKind.CONTACT, id=mine.requester_id, name="Nora")
    assert [row.number for row in find_by_words(nora, ["kettle"], limit=10)] == [mine.number]
    assert tickets_of(nora, is_open=True, requester_id=other.requester_id, limit=10) == []


# The order of each view and sort of the list must come from an index, or a million tickets are sorted for one page.
PLANS = [
    ("all", "-updated", "tickets_by_updated"),
    ("all", "-created", "tickets_by_created"),
    ("open", "-updated", "tickets_open_updated"),
    ("open", "due", "tickets_open_due"),
    ("open", "-priority", "tickets_open_priority"),
    # With so few rows the planner may take any of the open ones; none of them is sorted.
    ("mine", "-updated", "tickets_open_"),
    ("unassigned", "-updated", "tickets_open_"),
]


@pytest.mark.parametrize(("view", "sort", "index"), PLANS)
def test_the_order_of_a_page_comes_from_an_index(shop: Shop, view: str, sort: str, index: str) -> None:
    shop.ticket()
    here = listing(shop, view)
    with CaptureQueriesContext(connection) as queries:
        list_page(here, sort=sort)
    page = next(query["sql"] for query in queries if "ORDER BY" in query["sql"])
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute("EXPLAIN " + page.replace("%", "%%"))
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert f"using {index}" in plan
    assert "Sort" not in plan


def test_counted_views_ask_only_what_the_one_query_groups_by() -> None:
    for view in counted_views():
        asked = {test.field for test in tree.tests(view.condition)}
        assert asked <= {"is_open", *COUNTED_BY}, view.key
        assert "is_open" in asked, view.key


def test_counts_are_those_of_the_lists(shop: Shop) -> None:
    from okno.team.models import Team, TeamMembership

    team = Team.objects.get()
    mine = shop.ticket("Mine", team=team)
    shop.ticket("Team's", team=team)
    shop.ticket("Loose")
    TeamMembership.objects.create(team=team, member=shop.member("agent"))
    take_ticket(actor=shop.actor("agent"), ticket_id=mine.pk, now=shop.now)
    actor = shop.actor("agent")
    counts = view_counts(actor, workspace=shop.workspace, now=shop.now, zone=UTC)
    assert counts == {
        view.key: len(list_page(listing(shop, view.key)).rows) for view in VIEWS if view.is_counted
    }


def test_counts_are_of_what_one_sees(shop: Shop) -> None:
    shop.ticket()
    stranger = shop.actor("stranger", role=None)
    counts = view_counts(stranger, workspace=shop.workspace, now=shop.now, zone=UTC)
    assert set(counts.values()) == {0}

"""The ticket list page."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from okno.tenancy.scope import scope
from okno.tickets.commands.assign import take_ticket
from okno.tickets.commands.status import change_status
from okno.tickets.models import StatusCategory
from tests.conftest import Shop, make_shop
from tests.console.conftest import Browser, browser_for

# Workspace, scope twice, session, user, member, grants, teams, place in the stream, unread news, own fields,
# rows, their names: only the last three are the list's own.
LIST_QUERIES = 13


def numbers(client: Client, path: str) -> list[int]:
    """Return the numbers of the rows on a page, in its order."""
    response = client.get(path)
    assert response.status_code == 200, response.content.decode()
    return [int(found) for found in re.findall(r'data-number="(\d+)"', response.content.decode())]


def test_a_row_says_what_it_is(shop: Shop, browser: Browser) -> None:
    ticket = shop.ticket("Scanner <b>eats</b> pages", tags=["scanner"], priority=4)
    page = browser().get("/tickets/").content.decode()
    assert "Scanner &lt;b&gt;eats&lt;/b&gt; pages" in page
    assert "<b>eats</b>" not in page
    for words in (
        f'href="/tickets/{ticket.number}/"',
        "Requester",
        "scanner",
        "Critical",
        "New",
        "Please help",
    ):
        assert words in page


def test_each_view_has_its_tickets(shop: Shop, browser: Browser) -> None:
    client = browser()
    actor = shop.actor("agent")
    mine, solved, waiting = shop.ticket("Mine"), shop.ticket("Solved"), shop.ticket("Waiting")
    take_ticket(actor=actor, ticket_id=mine.pk, now=shop.now)
    change_status(actor=actor, ticket_id=solved.pk, status=StatusCategory.RESOLVED, now=shop.now)
    assert numbers(client, "/tickets/?view=mine") == [mine.number]
    assert numbers(client, "/tickets/?view=unassigned") == [waiting.number]
    assert set(numbers(client, "/tickets/?view=open")) == {mine.number, waiting.number}
    assert set(numbers(client, "/tickets/?view=all")) == {mine.number, solved.number, waiting.number}
    assert numbers(client, "/tickets/?view=team") == []


def test_the_team_view_has_the_tickets_of_ones_teams(shop: Shop, browser: Browser) -> None:
    from okno.team.models import Team, TeamMembership

    client = browser()
    team = Team.objects.get()
    ticket = shop.ticket("Ours", team=team)
    TeamMembership.objects.create(team=team, member=shop.members["agent"])
    assert numbers(client, "/tickets/?view=team") == [ticket.number]


def test_an_unknown_view_is_not_found(browser: Browser) -> None:
    assert browser().get("/tickets/?view=nonsense").status_code == 404


def test_an_empty_view_says_what_will_be_there(browser: Browser) -> None:
    page = browser().get("/tickets/?view=unassigned").content.decode()
    assert "New tickets wait here" in page
    assert "Create a ticket" in page


def test_whoever_may_not_create_is_not_asked_to(browser: Browser) -> None:
    page = browser("light_agent").get("/tickets/").content.decode()
    assert "/tickets/new/" not in page
    assert 'id="bulk"' not in page


def test_a_member_sees_only_what_is_in_his_reach(shop: Shop, browser: Browser) -> None:
    from okno.team.models import Desk, Team

    first, second = Team.objects.get(), Team.objects.create(desk=Desk.objects.get(), name="Second", line=2)
    seen, hidden = shop.ticket("Seen", team=first), shop.ticket("Hidden", team=second)
    client = browser("narrow", role="agent", scope="team", team=first)
    assert numbers(client, "/tickets/?view=all") == [seen.number]
    assert client.get(f"/tickets/rows/?view=all&numbers={hidden.number}").content == b""
    assert "Hidden" not in client.get("/palette/?q=hidden").content.decode()
    own = browser("own", role="agent", scope="own")
    assert numbers(own, "/tickets/?view=all") == []


def test_nothing_of_another_workspace_is_listed(db: None, now: object) -> None:
    ours, theirs = make_shop(now), make_shop(now)
    with scope(theirs.workspace):
        secret = theirs.ticket("Their secret")
    with scope(ours.workspace):
        client = browser_for(ours, "administrator")
    assert numbers(client, "/tickets/?view=all") == []
    assert client.get(f"/tickets/rows/?view=all&numbers={secret.number}").content == b""
    for path in ("/palette/?q=secret", "/contacts/?q=requester", "/tickets/counts/"):
        assert b"secret" not in client.get(path).content
    assert b"Requester" not in client.get("/contacts/?q=requester").content


def test_words_filter_and_are_shown_as_tokens(shop: Shop, browser: Browser) -> None:
    client = browser()
    urgent, calm = shop.ticket("Fire", priority=4), shop.ticket("Dust", priority=1)
    assert numbers(client, "/tickets/?q=priority:critical") == [urgent.number]
    assert numbers(client, "/tickets/?q=-priority:critical") == [calm.number]
    assert numbers(client, "/tickets/?q=приоритет:критический") == [urgent.number]
    page = client.get("/tickets/?q=priority:critical fire").content.decode()
    assert '<span class="token-value cut">Critical</span>' in page
    assert '<span class="token-value cut">fire</span>' in page


def test_a_word_that_is_added_joins_the_query(browser: Browser) -> None:
    response = browser().get("/tickets/", {"view": "all", "q": "status:new", "add": "priority:high"})
    assert response["Location"] == "/tickets/?view=all&q=status%3Anew+priority%3Ahigh"


def test_a_mistake_is_told_with_what_was_perhaps_meant(shop: Shop, browser: Browser) -> None:
    ticket = shop.ticket()
    response = browser().get("/tickets/?q=asignee:me")
    page = response.content.decode()
    assert "There is no search word “asignee”." in page
    assert 'href="/tickets/?view=open&amp;q=assignee' in page
    assert f'data-number="{ticket.number}"' in page


def test_free_words_find_subjects_tags_and_numbers(shop: Shop, browser: Browser) -> None:
    client = browser()
    one, two = shop.ticket("The plotter leaks"), shop.ticket("Strange noise", tags=["plotter"])
    assert set(numbers(client, "/tickets/?q=plotter")) == {one.number, two.number}
    assert numbers(client, "/tickets/?q=PLOTTER leaks") == [one.number]
    assert numbers(client, f"/tickets/?q={two.number}") == [two.number]
    assert numbers(client, f"/tickets/?q=%23{two.number}") == [two.number]
    assert numbers(client, "/tickets/?q=absent") == []


@pytest.mark.parametrize(
    "query",
    [
        "q=%23999999999999999999999999",
        "q=99999999999999999999999999",
        "q=number:99999999999999999999999",
        "q=%00",
        "q=" + "a" * 3000,
        "q=created:<999999999d",
        "q=due:2026-13-45",
        'q="unclosed',
        "q=team:%00",
        "q=%F0%9F%94%A5",
        "sort=password",
        "sort=-",
        "cursor=nonsense",
        "cursor=AAAA&sort=-priority",
        "numbers=1,x,-5,99999999999999999999999",
    ],
)
@pytest.mark.parametrize("path", ["/tickets/", "/tickets/rows/"])
def test_nonsense_in_the_address_breaks_nothing(shop: Shop, browser: Browser, path: str, query: str) -> None:
    shop.ticket()
    assert browser().get(f"{path}?{query}").status_code in (200, 302)


def test_pages_follow_each_other_without_doubles_or_gaps(shop: Shop, browser: Browser) -> None:
    client = browser()
    expected = [shop.ticket(f"Number {index}", priority=1 + index % 4).number for index in range(30)]
    client.post("/tickets/display/", {"size": "25", "next": "/tickets/"})
    for sort in ("-updated", "priority", "due", "-number"):
        first = client.get(f"/tickets/?sort={sort}").content.decode()
        found = re.findall(r'data-number="(\d+)"', first)
        assert len(found) == 25
        onward = re.search(r'href="([^"]+)" rel="next"', first)
        assert onward is not None
        second = client.get(onward[1].replace("&amp;", "&")).content.decode()
        found += re.findall(r'data-number="(\d+)"', second)
        assert sorted(map(int, found)) == sorted(expected)
        assert 'rel="next"' not in second
        assert 'rel="prev"' in second


def test_pressing_a_head_again_turns_the_order(shop: Shop, browser: Browser) -> None:
    client = browser()
    low, high = shop.ticket("Low", priority=1), shop.ticket("High", priority=3)
    assert numbers(client, "/tickets/?sort=-priority") == [high.number, low.number]
    assert numbers(client, "/tickets/?sort=priority") == [low.number, high.number]
    assert "sort=priority" in client.get("/tickets/?sort=-priority").content.decode()


def test_changed_rows_are_those_of_the_list(shop: Shop, browser: Browser) -> None:
    client = browser()
    urgent, calm = shop.ticket("Fire", priority=4), shop.ticket("Dust", priority=1)
    asked = f"numbers={urgent.number},{calm.number}"
    assert numbers(client, f"/tickets/rows/?{asked}&view=open&q=priority:critical") == [urgent.number]
    assert numbers(client, f"/tickets/rows/?{asked}&view=mine") == []


def test_what_the_client_said_last_is_unread_until_it_is_seen(shop: Shop, browser: Browser) -> None:
    from okno.tickets.commands.drafts import mark_read

    client = browser()
    ticket = shop.ticket()
    assert "row-unread" in client.get("/tickets/").content.decode()
    mark_read(actor=shop.actor("agent"), ticket=ticket, now=shop.now)
    assert "row-unread" not in client.get("/tickets/").content.decode()


def test_a_colleagues_ticket_that_one_never_opened_is_not_unread(shop: Shop, browser: Browser) -> None:
    ticket = shop.ticket()
    take_ticket(actor=shop.actor("other", role="agent"), ticket_id=ticket.pk, now=shop.now)
    assert "row-unread" not in browser().get("/tickets/").content.decode()


def test_the_display_is_remembered_and_nonsense_is_not(browser: Browser) -> None:
    client = browser()
    client.post("/tickets/display/", {"density": "comfortable", "next": "https://evil.example/"})
    client.post("/tickets/display/", {"size": "7"})
    assert client.session["list"] == {"density": "comfortable", "size": 50}
    response = client.post("/tickets/display/", {"size": "25", "next": "https://evil.example/"})
    assert response["Location"] == "/tickets/"


def test_suggestions_go_on_from_what_is_typed(browser: Browser) -> None:
    client = browser()
    assert 'data-insert="status:"' in client.get("/tickets/suggest/?q=sta").content.decode()
    assert 'data-insert="status:waiting"' in client.get("/tickets/suggest/?q=status:w").content.decode()
    assert client.get("/tickets/suggest/", {"q": "\x00" + "x" * 500}).status_code == 200


def test_counts_are_told_for_each_view(shop: Shop, browser: Browser) -> None:
    client = browser()
    mine = shop.ticket()
    shop.ticket()
    take_ticket(actor=shop.actor("agent"), ticket_id=mine.pk, now=shop.now)
    page = client.get("/tickets/counts/?head=open").content.decode()
    for key, count in {"mine": 1, "unassigned": 1, "team": 0, "open": 2}.items():
        assert f'id="count-{key}" hx-swap-oob="true">{count}<' in page
    assert 'id="count-head" hx-swap-oob="true">2<' in page
    assert "count-head" not in client.get("/tickets/counts/?head=nonsense").content.decode()


@pytest.mark.parametrize("rows", [1, 50])
def test_the_list_costs_the_same_for_any_number_of_rows(shop: Shop, browser: Browser, rows: int) -> None:
    client = browser()
    for index in range(rows):
        shop.ticket(f"Number {index}", by=f"client{index % 7}", tags=["one", "two"])
    client.get("/tickets/")
    with CaptureQueriesContext(connection) as queries:
        assert len(numbers(client, "/tickets/")) == rows
    asked = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(asked) <= LIST_QUERIES, "\n".join(asked)


def test_the_counts_are_one_query_and_shared_for_a_moment(shop: Shop, browser: Browser) -> None:
    one, other = browser(), browser("supervisor")
    shop.ticket()
    one.get("/tickets/counts/")
    with CaptureQueriesContext(connection) as queries:
        other.get("/tickets/counts/")
    assert not [query for query in queries if "tickets_ticket" in query["sql"]]

"""The audit: everything that happened, in words, filtered, as a file, and for whom."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from okno.spine.models import Event
from okno.team.commands.members import change_member, deactivate_member
from okno.team.commands.roles import RoleInScope, grant_role
from okno.team.commands.teams import change_team
from okno.team.commands.tokens import create_token
from okno.team.models import Role, Team
from okno.team.queries import actor_for
from okno.tenancy.scope import scope
from okno.tickets.commands.properties import change_device, change_priority
from tests.conftest import Shop, make_shop
from tests.console.conftest import Browser, browser_for

READERS = {Role.ADMINISTRATOR, Role.SUPPORT_ADMINISTRATOR}


def table(response: Any) -> list[list[str]]:
    """Return the lines of a file without its head."""
    text = b"".join(response.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(StringIO(text[1:])))[1:]


def test_who_what_when_old_and_new(shop: Shop, browser: Browser) -> None:
    client, admin = browser("administrator"), shop.actor("administrator")
    agent, team = shop.member("agent"), Team.objects.get()
    change_member(actor=admin, member_id=agent.pk, changes={"title": "Engineer"}, now=shop.now)
    change_team(
        actor=admin,
        team_id=team.pk,
        name="Second line",
        line=2,
        desk_id=team.desk_id,
        member_ids=[agent.pk],
        is_active=True,
        now=shop.now,
    )
    grant_role(
        actor=admin,
        member_id=agent.pk,
        role=RoleInScope(role="supervisor", scope="team", team_id=team.pk),
        now=shop.now,
    )
    rows = {row.type: row for row in client.get("/settings/audit/").context["rows"]}
    changed = rows["member.changed"]
    assert (changed.who, changed.kind, changed.subject) == ("Administrator", "Member", "Agent")
    assert changed.url == f"/settings/members/{agent.pk}/"
    assert [(one.what, one.old, one.new) for one in changed.changes] == [("Position", "", "Engineer")]
    told = {one.what: (one.old, one.new) for one in rows["team.changed"].changes}
    assert told == {"Name": ("First line", "Second line"), "Line": ("1", "2"), "Members": ("", "Agent")}
    assert rows["member.role_granted"].what == "gave the role Supervisor (Second line)"


def test_a_program_and_what_follows_from_something_are_told_apart(shop: Shop, browser: Browser) -> None:
    client, admin = browser("administrator"), shop.actor("administrator")
    agent, ticket = shop.member("agent"), shop.ticket()
    create_token(actor=admin, member=agent, name="Monitoring", scopes=["*"], now=shop.now)
    token = agent.tokens.get()
    program = actor_for(agent, token_id=token.pk, token_scopes=["*"])
    change_priority(actor=program, ticket_id=ticket.pk, priority=4, now=shop.now)
    deactivate_member(actor=admin, workspace=shop.workspace, member_id=agent.pk, now=shop.now)
    cause = Event.objects.get(type="member.deactivated")
    change_priority(
        actor=actor_for(shop.member("administrator")).because_of(cause.uid, cause.root),
        ticket_id=ticket.pk,
        priority=1,
        now=shop.now,
    )
    last, first = client.get(f"/settings/audit/?ticket={ticket.number}").context["rows"][:2]
    assert (first.who, first.token, first.because) == ("Agent", "Monitoring", "")
    assert (first.kind, first.subject, first.url) == (
        "Ticket",
        f"№ {ticket.number}",
        f"/tickets/{ticket.number}/",
    )
    assert last.because == "Administrator switched the member off; open tickets wait for their teams"


def test_a_members_page_leads_to_what_he_did_and_what_changed(shop: Shop, browser: Browser) -> None:
    client, agent = browser("administrator"), shop.member("agent")
    page = client.get(f"/settings/members/{agent.pk}/").content.decode()
    for query in (f"who=member:{agent.pk}", f"about=member:{agent.pk}"):
        assert f"/settings/audit/?{query}" in page
        assert not client.get(f"/settings/audit/?{query}").context["form"].errors


def test_the_filters_narrow_and_add_up(shop: Shop, browser: Browser) -> None:
    client, admin, agent = browser("administrator"), shop.actor("administrator"), shop.actor("agent")
    ticket, other = shop.ticket(), shop.ticket("Another")
    for one in (ticket, other):
        change_device(actor=agent, ticket_id=one.pk, device="Printer 3", now=shop.now)
    change_member(actor=admin, member_id=agent.member_id, changes={"title": "Engineer"}, now=shop.now)
    old = shop.now - timedelta(days=40)
    change_member(actor=admin, member_id=agent.member_id, changes={"title": "Chief"}, now=old)

    def types(query: str) -> list[str]:
        return [row.type for row in client.get(f"/settings/audit/?{query}").context["rows"]]

    assert types(f"who=member:{agent.member_id}") == ["ticket.field_changed"] * 2
    assert types(f"who=member:{agent.member_id}&ticket={ticket.number}") == ["ticket.field_changed"]
    assert types("what=team") == ["member.changed"] * 2
    assert types("what=kind:member&who=contact") == []
    day = f"{shop.now - timedelta(days=2):%Y-%m-%d}"
    assert types(f"what=team&since={day}") == types(f"what=team&until={day}") == ["member.changed"]
    assert types(f"about=member:{agent.member_id}") == ["member.changed"] * 2
    assert types("ticket=999999") == []


@pytest.mark.parametrize(
    "query",
    [
        "who=member:x",
        "who=nobody",
        "what=kind:%00",
        "since=2026-99-99",
        "ticket=-1",
        "about=x';--",
        "since=2026-02-02&until=2026-02-01",
    ],
)
def test_nonsense_shows_what_is_wrong_and_no_rows(shop: Shop, browser: Browser, query: str) -> None:
    client = browser("administrator")
    shop.ticket()
    answer = client.get(f"/settings/audit/?{query}")
    assert answer.status_code == 200
    assert answer.context["rows"] == []
    assert answer.context["form"].errors
    assert client.post(f"/settings/audit/export/?{query}").status_code == 302


def test_a_foreign_cursor_begins_anew(shop: Shop, browser: Browser) -> None:
    answer = browser("administrator").get("/settings/audit/?what=tickets&cursor=zzz")
    assert (answer.status_code, answer["Location"]) == (302, "/settings/audit/?what=tickets")


def test_pages_follow_each_other_and_cost_the_same(shop: Shop, browser: Browser) -> None:
    client, agent = browser("administrator"), shop.actor("agent")
    ticket = shop.ticket()
    change_device(actor=agent, ticket_id=ticket.pk, device="Printer 0", now=shop.now)
    client.get("/settings/audit/")

    def read(url: str) -> tuple[Any, int]:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer = client.get(url)
        return answer, len(queries)

    few = read("/settings/audit/?what=tickets")[1]
    for number in range(1, 60):
        change_device(actor=agent, ticket_id=ticket.pk, device=f"Printer {number}", now=shop.now)
    first, many = read("/settings/audit/?what=tickets")
    assert (len(first.context["rows"]), many) == (50, few)
    second, _count = read(f"/settings/audit/{first.context['next_url']}")
    ids = [row.id for row in (*first.context["rows"], *second.context["rows"])]
    assert ids == sorted(set(ids), reverse=True)
    assert len(ids) == Event.objects.filter(subject_kind="ticket").count()


def test_the_file_holds_what_the_filters_ask_for_and_is_written_down(shop: Shop, browser: Browser) -> None:
    client, agent = browser("administrator"), shop.actor("agent")
    ticket = shop.ticket()
    change_device(actor=agent, ticket_id=ticket.pk, device="=HYPERLINK(0)", now=shop.now)
    answer = client.post(f"/settings/audit/export/?what=tickets&who=member:{agent.member_id}")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    [line] = table(answer)
    assert line[2] == "Agent"
    assert line[5:8] == ["Ticket", f"№ {ticket.number}", "ticket.field_changed"]
    assert line[-2:] == ["", "'=HYPERLINK(0)"]
    note = Event.objects.get(type="audit.exported")
    assert note.payload["filters"] == {"what": "tickets", "who": f"member:{agent.member_id}"}
    assert client.get("/settings/audit/export/").status_code == 405


def test_the_file_is_written_in_parts_and_holds_everything_once(
    shop: Shop, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, agent = browser("administrator"), shop.actor("agent")
    made: Any = shop.ticket()
    for number in range(8):
        change_device(actor=agent, ticket_id=made.pk, device=f"Printer {number}", now=shop.now)
    monkeypatch.setattr("okno.console.audit.export.BATCH", 3)
    answer = client.post("/settings/audit/export/?what=tickets")
    # What happens after it was asked for is not in it, and moves nothing.
    change_device(actor=agent, ticket_id=made.pk, device="Too late", now=shop.now)
    ids = [int(line[0]) for line in table(answer)]
    expected = Event.objects.filter(subject_kind="ticket").order_by("-id").values_list("id", flat=True)
    assert list(dict.fromkeys(ids)) == list(expected)[1:]


@pytest.mark.parametrize("role", Role.values)
def test_who_may_read_it(shop: Shop, browser: Browser, role: str) -> None:
    client = browser(role)
    wanted = 200 if role in READERS else 403
    assert client.get("/settings/audit/").status_code == wanted
    assert client.post("/settings/audit/export/").status_code == wanted


def test_what_was_done_to_the_system_is_for_those_who_may_change_it(shop: Shop, browser: Browser) -> None:
    admin, support = browser("administrator"), browser("support_administrator")
    create_token(
        actor=shop.actor("administrator"),
        member=shop.member("administrator"),
        name="Monitoring",
        scopes=["*"],
        now=shop.now,
    )
    assert "token.created" in [row.type for row in admin.get("/settings/audit/").context["rows"]]
    page = support.get("/settings/audit/")
    assert "token.created" not in [row.type for row in page.context["rows"]]
    assert "Monitoring" not in page.content.decode()
    assert support.get("/settings/audit/?what=system").context["rows"] == []
    assert [line for line in table(support.post("/settings/audit/export/")) if "token" in line[7]] == []


@pytest.fixture
def shops(open_shop: Shop) -> tuple[Shop, Shop]:
    """Give two committed workspaces, each with an administrator and a ticket of the same number."""
    other = make_shop(open_shop.now)
    for shop in (open_shop, other):
        with scope(shop.workspace):
            shop.actor("administrator")
            shop.ticket()
    return open_shop, other


def test_another_workspace_is_not_in_it(shops: tuple[Shop, Shop]) -> None:
    seen = []
    for shop, other in (shops, shops[::-1]):
        with scope(shop.workspace):
            client = browser_for(shop, "administrator")
        rows = client.get("/settings/audit/").context["rows"]
        seen.append({row.id for row in rows})
        stranger = other.members["administrator"].pk
        assert client.get(f"/settings/audit/?who=member:{stranger}").context["rows"] == []
        assert client.get(f"/settings/audit/?about=member:{stranger}").context["rows"] == []
    assert all(seen)
    assert not seen[0] & seen[1]


@pytest.fixture
def ticket(shop: Shop) -> Any:
    """Give a ticket with something in its log."""
    made = shop.ticket()
    change_device(actor=shop.actor("agent"), ticket_id=made.pk, device="Printer 3", now=shop.now)
    return made


def test_the_log_of_a_ticket(shop: Shop, browser: Browser, ticket: Any) -> None:
    client = browser("light_agent")
    page = client.get(f"/tickets/{ticket.number}/log/")
    [cell] = page.context["rows"][0].changes
    assert (cell.old, cell.new) == ("", "Printer 3")
    assert f"/tickets/{ticket.number}/log/" in client.get(f"/tickets/{ticket.number}/").content.decode()
    lines = table(client.get(f"/tickets/{ticket.number}/log/csv/"))
    assert lines[0][-1] == "Printer 3"
    assert {line[5] for line in lines} == {"Ticket"}


def test_a_stranger_finds_no_log(shop: Shop, ticket: Any) -> None:
    limited = browser_for(shop, "outsider", role="agent", scope="own")
    for path in ("log/", "log/csv/"):
        assert limited.get(f"/tickets/{ticket.number}/{path}").status_code == 404
        assert browser_for(shop, None).get(f"/tickets/{ticket.number}/{path}").status_code == 302


def test_the_interfaces_have_no_way_to_change_a_line(shop: Shop, browser: Browser, ticket: Any) -> None:
    client: Any = browser("administrator")
    for verb in ("post", "put", "patch", "delete"):
        call: Callable[..., Any] = getattr(client, verb)
        assert call("/settings/audit/").status_code == 405
        assert call(f"/tickets/{ticket.number}/log/").status_code == 405

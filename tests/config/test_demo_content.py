"""The demo desk is believable: both languages, no text twice, every story told in order of time."""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest

from okno.config.demo.company import CONTACTS, MEMBERS, ORGANIZATIONS, TEAMS
from okno.config.demo.files import make_file
from okno.config.demo.plan import (
    Assigned,
    Category,
    PlannedMessage,
    PlannedTicket,
    StatusChanged,
    TeamChanged,
)
from okno.config.demo.planner import DAYS_BACK, TICKET_COUNT, plan_tickets
from okno.config.demo.story import load_stories
from okno.config.demo.wording import agree
from okno.config.demo.workday import DESK_ZONE, add_working, is_working

# A Tuesday noon, a Sunday night and New Year's Eve: the desk has to look alive whenever it is opened.
NOWS = (
    datetime(2026, 11, 24, 9, 0, tzinfo=UTC),
    datetime(2026, 3, 29, 0, 30, tzinfo=UTC),
    datetime(2026, 12, 31, 20, 59, tzinfo=UTC),
)


@pytest.fixture(params=NOWS, ids=lambda now: f"{now:%a}")
def now(request: pytest.FixtureRequest) -> datetime:
    moment: datetime = request.param
    return moment


@pytest.fixture
def tickets(now: datetime) -> tuple[PlannedTicket, ...]:
    return plan_tickets(now=now)


def test_same_moment_gives_same_desk(now: datetime, tickets: tuple[PlannedTicket, ...]) -> None:
    assert plan_tickets(now=now) == tickets
    assert plan_tickets(now=now, seed=7) != tickets


def test_about_three_hundred_tickets_in_both_languages(tickets: tuple[PlannedTicket, ...]) -> None:
    languages = Counter(ticket.language for ticket in tickets)
    assert len(tickets) == TICKET_COUNT
    assert min(languages["ru"], languages["en"]) > TICKET_COUNT * 0.4


def test_no_subject_or_request_is_told_twice(tickets: tuple[PlannedTicket, ...]) -> None:
    assert _repeated(ticket.subject for ticket in tickets) == []
    assert _repeated(ticket.messages[0].text for ticket in tickets) == []


def test_every_text_is_filled_in(tickets: tuple[PlannedTicket, ...]) -> None:
    texts = [message.text for ticket in tickets for message in ticket.messages]
    texts += [text for ticket in tickets for text in (ticket.subject, ticket.solution)]
    assert [text for text in texts if re.search(r"[{}<>]|\|", text)] == []
    assert all(message.text.strip() for ticket in tickets for message in ticket.messages)


def test_all_six_categories_and_enough_work_to_do(tickets: tuple[PlannedTicket, ...]) -> None:
    categories = Counter(ticket.category for ticket in tickets)
    assert set(categories) == set(Category)
    assert 45 <= sum(categories[c] for c in (Category.NEW, Category.OPEN, Category.WAITING)) <= 110
    assert categories[Category.NEW] >= 5


def test_steps_are_in_order_and_not_in_the_future(now: datetime, tickets: tuple[PlannedTicket, ...]) -> None:
    for ticket in tickets:
        moments = [step.at for step in ticket.steps]
        assert moments == sorted(moments)
        assert ticket.created_at == moments[0]
        assert moments[-1] < now
    created = [ticket.created_at for ticket in tickets]
    assert created == sorted(created)
    assert created[0] > now - timedelta(days=DAYS_BACK + 4)
    assert created[-1] > now - timedelta(minutes=10)


def test_requests_come_mostly_in_working_hours(tickets: tuple[PlannedTicket, ...]) -> None:
    working = sum(is_working(ticket.created_at) for ticket in tickets)
    assert working > TICKET_COUNT * 0.85


def test_a_ticket_begins_with_its_requester(tickets: tuple[PlannedTicket, ...]) -> None:
    for ticket in tickets:
        first = ticket.steps[0]
        assert isinstance(first, PlannedMessage)
        assert (first.direction, first.author, first.quoted) == ("in", ticket.requester, "")


def test_new_tickets_wait_untouched_and_others_have_an_assignee(tickets: tuple[PlannedTicket, ...]) -> None:
    for ticket in tickets:
        if ticket.category is Category.NEW:
            assert all(isinstance(step, PlannedMessage) for step in ticket.steps)
        else:
            assert ticket.assignee is not None


def test_waiting_follows_an_answer_and_resolved_says_how(tickets: tuple[PlannedTicket, ...]) -> None:
    for ticket in tickets:
        if ticket.category is Category.WAITING:
            assert ticket.messages[-1].direction == "out"
        has_solution = bool(ticket.solution)
        assert has_solution == (ticket.category in (Category.RESOLVED, Category.CLOSED))


def test_status_never_changes_to_what_it_is(tickets: tuple[PlannedTicket, ...]) -> None:
    for ticket in tickets:
        path = [Category.NEW] + [s.category for s in ticket.steps if isinstance(s, StatusChanged)]
        assert all(before is not after for before, after in pairwise(path))


def test_handing_over_gives_the_ticket_to_that_team(tickets: tuple[PlannedTicket, ...]) -> None:
    teams_of = {member.key: member.teams for member in MEMBERS}
    handed = [t for t in tickets if any(isinstance(step, TeamChanged) for step in t.steps)]
    assert handed
    for ticket in handed:
        team = next(step.team for step in ticket.steps if isinstance(step, TeamChanged))
        holder = [step.member for step in ticket.steps if isinstance(step, Assigned)][-1]
        assert team in teams_of[holder]


def test_conversations_have_notes_quotes_html_and_files(tickets: tuple[PlannedTicket, ...]) -> None:
    messages = [message for ticket in tickets for message in ticket.messages]
    assert sum(message.direction == "internal" for message in messages) > 50
    assert sum(bool(message.quoted) for message in messages) > 40
    assert sum(bool(message.html) for message in messages) > 100
    names = {file.name.rpartition(".")[2] for message in messages for file in message.files}
    assert names == {"png", "log", "csv", "pdf"}


def test_words_are_escaped_in_html(tickets: tuple[PlannedTicket, ...]) -> None:
    html = [message.html for ticket in tickets for message in ticket.messages if message.html]
    assert any("&amp;" in body for body in html)
    assert all(re.sub(r"</?p>|<br>", "", body).count("<") == 0 for body in html)


def test_long_words_and_names_are_there(tickets: tuple[PlannedTicket, ...]) -> None:
    assert any("Высокопроизводительная рабочая станция" in ticket.subject for ticket in tickets)
    assert max(len(ticket.subject) for ticket in tickets) > 80
    assert sum(len(contact.name) >= 40 for contact in CONTACTS) >= 2


def test_everybody_writes_and_nobody_floods(tickets: tuple[PlannedTicket, ...]) -> None:
    asked = Counter(ticket.requester for ticket in tickets)
    assert set(asked) == {contact.key for contact in CONTACTS}
    assert max(asked.values()) <= 12


def test_company_is_fictional_and_consistent() -> None:
    addresses = [email for contact in CONTACTS for email in contact.emails] + [m.email for m in MEMBERS]
    assert len(addresses) == len(set(addresses))
    assert all(address.endswith(".example") for address in addresses)
    assert 80 <= len(CONTACTS) <= 100
    assert 12 <= len(ORGANIZATIONS) <= 15
    assert {member.key for member in MEMBERS} == {"admin", "lead", "anna", "boris", "chen"}
    assert {team for member in MEMBERS for team in member.teams} == {team.key for team in TEAMS}
    assert all(re.fullmatch(r"\+\d{11,12}", phone) for contact in CONTACTS for phone in contact.phones)


def test_stories_are_hand_written_in_both_languages() -> None:
    stories = load_stories()
    assert len({story.key for story in stories}) == len(stories) >= 70
    assert all(len(set(story.subjects)) == 4 for story in stories)


def test_text_follows_gender() -> None:
    assert agree("Я поправ<ил|ила> и проверил<а>.", "f") == "Я поправила и проверила."
    assert agree("Я поправ<ил|ила> и проверил<а>.", "m") == "Я поправил и проверил."


def test_working_time_skips_night_and_weekend() -> None:
    friday = datetime(2026, 11, 20, 17, 30, tzinfo=DESK_ZONE)
    assert add_working(friday, timedelta(hours=1)) == datetime(2026, 11, 23, 9, 30, tzinfo=DESK_ZONE)


@pytest.mark.parametrize(("kind", "magic"), [("png", b"\x89PNG\r\n\x1a\n"), ("pdf", b"%PDF-")])
def test_files_are_what_they_say(kind: str, magic: bytes) -> None:
    assert make_file(f"{kind}:sample", Random(1)).content.startswith(magic)


def test_unknown_kind_of_file_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown kind 'exe'"):
        make_file("exe:sample", Random(1))


def _repeated(values: Iterable[str]) -> list[str]:
    return [value for value, times in Counter(values).items() if times > 1]

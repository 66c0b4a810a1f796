"""Cells of long tables: every value that a person wrote is escaped, every state has its shape."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import escape

import pytest
from django.utils import translation

from okno.ui.cells import (
    ClockCell,
    PersonCell,
    PresenceCell,
    TicketRow,
    avatar,
    avatar_class,
    channel_icon,
    clock_badge,
    due_badge,
    initials,
    priority_bars,
    status_cell,
    ticket_row,
)

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOSTILE = "\"'><script>alert(1)</script>"
ROW = TicketRow(
    id=9,
    number=10482,
    url="/tickets/10482/",
    subject="Printer",
    words="It is on fire",
    channel="email",
    requester="Marina",
    status="open",
    status_name="In progress",
    priority=3,
    updated_at=NOW - timedelta(minutes=48),
    assignee=PersonCell(1, "Anna Kovaleva"),
)


@pytest.mark.parametrize(
    "hostile",
    [
        {"subject": HOSTILE},
        {"words": HOSTILE},
        {"url": HOSTILE},
        {"requester": HOSTILE},
        {"status_name": HOSTILE},
        {"tags": [HOSTILE]},
        {"channel": HOSTILE},
        {"assignee": PersonCell(1, HOSTILE)},
        {"presence": [PresenceCell(PersonCell(1, HOSTILE))]},
    ],
    ids=lambda hostile: next(iter(hostile)),
)
def test_every_value_of_a_row_is_escaped(hostile: dict[str, object]) -> None:
    html = ticket_row(replace(ROW, **hostile), now=NOW)  # type: ignore[arg-type]
    assert "<script" not in html
    assert HOSTILE not in html
    assert "&lt;" in html or "&#x27;" in html


def test_row_tells_number_age_and_states() -> None:
    html = ticket_row(replace(ROW, is_unread=True, clock=ClockCell(1_080, 0.1)), now=NOW)
    assert 'id="row-10482"' in html
    assert "48 min" in html
    assert "row-unread" in html
    assert "clock-soon" in html
    assert "row-in" not in html
    assert "row-in" in ticket_row(ROW, now=NOW, is_new=True)
    assert "row-done" in ticket_row(replace(ROW, status="closed"), now=NOW)


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Анна Ковалёва", "АК"),
        ("Cher", "C"),
        ("Ludwig van Beethoven", "LB"),
        ("«Ромашка» ООО", "РО"),
        ("", "?"),
        ("***", "?"),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_a_person_has_the_same_hue_everywhere_and_neighbours_differ() -> None:
    assert avatar_class(7) == avatar_class(7)
    assert len({avatar_class(person) for person in range(1, 7)}) == 6


def test_nobody_is_a_dashed_ring_that_says_so() -> None:
    assert "avatar-none" in avatar(None)
    assert 'aria-label="Nobody"' in avatar(None)
    assert 'aria-hidden="true"' in avatar(PersonCell(1, "Anna"), label="")


@pytest.mark.parametrize(
    ("clock", "mood", "words"),
    [
        (ClockCell(5_760, 0.8), "calm", "1:36"),
        (ClockCell(1_080, 0.25), "soon", "0:18"),
        (ClockCell(-1_440, 0), "late", "−0:24"),
        (ClockCell(60, state="paused"), "paused", "paused"),
        (ClockCell(840, state="met"), "met", "0:14"),
        (ClockCell(5 * 86_400), "calm", "5 d"),
    ],
)
def test_clock_moods(clock: ClockCell, mood: str, words: str) -> None:
    html = clock_badge(clock)
    assert f"clock-{mood}" in html
    assert words in html


def test_due_date_drains_from_its_start() -> None:
    cell = due_badge(NOW + timedelta(hours=1), now=NOW, started_at=NOW - timedelta(hours=3))
    assert cell.seconds_left == 3_600
    assert cell.share == pytest.approx(0.25)


@pytest.mark.parametrize("category", ["new", "open", "waiting", "resolved", "closed", "cancelled"])
def test_each_category_has_its_own_shape(category: str) -> None:
    assert f"glyph-{category}" in status_cell(category, "Name")


def test_priority_is_said_in_the_language_of_the_page() -> None:
    with translation.override("en"):
        assert 'aria-label="Critical"' in priority_bars(4)
    assert 'aria-hidden="true"' in priority_bars(2, label="")


def test_unknown_channel_is_an_envelope_with_its_name() -> None:
    assert escape("Fax") in channel_icon("fax")

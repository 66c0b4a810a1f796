"""Relative moments and days cover what people mean by them, also in the night the clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from tests.conditions.sample import VIEW, VIEWER

from okno.conditions import moments, tree
from okno.conditions.match import Op
from okno.conditions.predicate import to_predicate
from okno.conditions.viewer import Viewer


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("literal", "start", "end"),
    [
        # Berlin's 29 March 2026 begins at 23:00 UTC and is 23 hours long.
        ("today", "2026-03-28T23:00", "2026-03-29T22:00"),
        ("yesterday", "2026-03-27T23:00", "2026-03-28T23:00"),
        ("tomorrow", "2026-03-29T22:00", "2026-03-30T22:00"),
        ("this_week", "2026-03-22T23:00", "2026-03-29T22:00"),
        ("this_month", "2026-02-28T23:00", "2026-03-31T22:00"),
        ("2026-03-29", "2026-03-28T23:00", "2026-03-29T22:00"),
        ("-7d", "2026-03-22T00:30", "2026-03-22T00:30:00.000001"),
        ("now", "2026-03-29T00:30", "2026-03-29T00:30:00.000001"),
        ("2026-03-29T12:00", "2026-03-29T10:00", "2026-03-29T10:00:00.000001"),
        ("2026-03-29T12:00:00Z", "2026-03-29T12:00", "2026-03-29T12:00:00.000001"),
    ],
)
def test_a_literal_covers_the_viewers_time(literal: str, start: str, end: str) -> None:
    assert moments.is_moment(literal)
    assert moments.resolve(literal, VIEWER) == moments.Interval(at(start), at(end))


@pytest.mark.parametrize(
    "literal",
    [
        "",
        "7d",
        "-7y",
        "-d",
        "next week",
        "2026-1-1",
        "20260101",
        "2026-13-01",
        "2026-01-01T25:00",
        "２０26-01-01",
    ],
)
def test_what_is_no_moment_is_not_guessed(literal: str) -> None:
    assert not moments.is_moment(literal)


def test_hours_are_counted_as_they_pass_not_as_clocks_show_them() -> None:
    now = at("2026-03-29T01:30").astimezone(VIEWER.zone)  # 03:30, half an hour after 01:59.
    assert moments.resolve("-2h", Viewer(now=now, zone=VIEWER.zone)).start == at("2026-03-28T23:30")


@pytest.mark.parametrize(
    ("op", "literals", "inside"),
    [
        (Op.IN, ("2026-03-28",), ["28 00:00", "28 23:59"]),
        (Op.LT, ("2026-03-28",), ["27 23:59"]),
        (Op.LTE, ("2026-03-28",), ["27 23:59", "28 00:00", "28 23:59"]),
        (Op.GT, ("2026-03-28",), ["29 00:00"]),
        (Op.GTE, ("2026-03-28",), ["28 00:00", "28 23:59", "29 00:00"]),
        (Op.BETWEEN, ("2026-03-27", "2026-03-28"), ["27 23:59", "28 00:00", "28 23:59"]),
    ],
)
def test_a_day_is_compared_as_a_whole(op: Op, literals: tuple[str, ...], inside: list[str]) -> None:
    holds = to_predicate(tree.Test(field="opened", op=op, values=literals), VIEW, VIEWER)
    around = ["27 23:59", "28 00:00", "28 23:59", "29 00:00"]
    assert [each for each in around if holds({"opened": berlin(each)})] == inside


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=VIEWER.zone)


def test_a_calendar_day_is_compared_with_the_days_of_the_viewer() -> None:
    today = to_predicate(tree.Test(field="bought", values=("today",)), VIEW, VIEWER)
    assert [day for day in (28, 29, 30) if today({"bought": date(2026, 3, day)})] == [29]


@pytest.mark.parametrize(
    ("typed", "canonical"), [("7d", "7d"), ("007д", "7d"), ("30мин", "30m"), ("2нед", "2w")]
)
def test_a_duration_is_understood_in_russian(typed: str, canonical: str) -> None:
    assert moments.is_age(typed)
    assert moments.age(typed) == canonical

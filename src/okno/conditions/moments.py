"""Moments as people say them, `-7d`, `today`, `2026-01-31`, and the half-open interval each of them covers.

A literal is kept as text in the tree (so a saved view stays relative) and resolved against a `Viewer`. An
instant covers one microsecond, PostgreSQL's resolution, so every comparison is one rule about intervals.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from okno.conditions.viewer import Viewer

UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_RUSSIAN_UNITS = {"мин": "m", "м": "m", "ч": "h", "д": "d", "н": "w", "нед": "w"}
_OFFSET = re.compile(r"([+-])(\d{1,6})([mhdw])", re.ASCII)
_AGE = re.compile(r"(\d{1,6})([a-zа-я]+)", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?", re.ASCII)
# Wide enough for birthdays and contracts, narrow enough that no arithmetic below leaves what datetime can
# hold.
_YEARS = range(1900, 2200)
_LONGEST = timedelta(days=36_500)


@dataclass(frozen=True)
class Interval:
    """The instants `start <= t < end`, both in UTC."""

    start: datetime
    end: datetime


def _week(today: date) -> tuple[date, date]:
    monday = today - timedelta(days=today.weekday())
    return monday, monday + timedelta(days=7)


def _month(today: date) -> tuple[date, date]:
    first = today.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1)


def _day(shift: int) -> Callable[[date], tuple[date, date]]:
    def span(today: date) -> tuple[date, date]:
        first = today + timedelta(days=shift)
        return first, first + timedelta(days=1)

    return span


NAMED: dict[str, Callable[[date], tuple[date, date]]] = {
    "yesterday": _day(-1),
    "today": _day(0),
    "tomorrow": _day(1),
    "this_week": _week,
    "this_month": _month,
}
NAMED_WORDS = {
    "now": {"en": ("now",), "ru": ("сейчас",)},
    "yesterday": {"en": ("yesterday",), "ru": ("вчера",)},
    "today": {"en": ("today",), "ru": ("сегодня",)},
    "tomorrow": {"en": ("tomorrow",), "ru": ("завтра",)},
    "this_week": {"en": ("this_week",), "ru": ("эта_неделя",)},
    "this_month": {"en": ("this_month",), "ru": ("этот_месяц",)},
}


def is_moment(literal: str) -> bool:
    """Tell whether a literal is in the canonical form that trees hold."""
    if literal == "now" or literal in NAMED:
        return True
    if _OFFSET.fullmatch(literal):
        return abs(_offset(literal)) <= _LONGEST
    try:
        return _parsed_day(literal) is not None or _parsed_instant(literal) is not None
    except ValueError:  # well-formed, but no such day or hour
        return False


def is_age(text: str) -> bool:
    """Tell whether a text is a bare duration such as `7d` or `2ч`."""
    match = _AGE.fullmatch(text)
    return bool(match and _unit(match[2]) and int(match[1]) * UNITS[_unit(match[2])] <= _LONGEST)


def age(text: str) -> str:
    """Return a bare duration with its unit in the canonical spelling: `7д` → `7d`."""
    match = _AGE.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return f"{int(match[1])}{_unit(match[2])}"


def resolve(literal: str, viewer: Viewer) -> Interval:
    """Return the instants that a canonical literal covers; days are the viewer's."""
    if literal == "now":
        return _point(viewer.now)
    if _OFFSET.fullmatch(literal):
        # In UTC, because Python adds wall-clock time in any other zone.
        return _point(viewer.now.astimezone(UTC) + _offset(literal))
    if literal in NAMED:
        first, after = NAMED[literal](viewer.now.astimezone(viewer.zone).date())
        return Interval(_midnight(first, viewer), _midnight(after, viewer))
    day = _parsed_day(literal)
    if day is not None:
        return Interval(_midnight(day, viewer), _midnight(day + timedelta(days=1), viewer))
    instant = _parsed_instant(literal)
    if instant is None:
        raise ValueError(literal)
    return _point(instant if instant.tzinfo else instant.replace(tzinfo=viewer.zone))


def _unit(text: str) -> str:
    return text if text in UNITS else _RUSSIAN_UNITS.get(text, "")


def _offset(literal: str) -> timedelta:
    sign, count, unit = literal[0], int(literal[1:-1]), literal[-1]
    return UNITS[unit] * (count if sign == "+" else -count)


def _parsed_day(literal: str) -> date | None:
    if not _DAY.fullmatch(literal):
        return None
    day = date.fromisoformat(literal)
    if day.year not in _YEARS:
        raise ValueError(literal)
    return day


def _parsed_instant(literal: str) -> datetime | None:
    if not _INSTANT.fullmatch(literal):
        return None
    instant = datetime.fromisoformat(literal)
    if instant.year not in _YEARS:
        raise ValueError(literal)
    return instant


def _midnight(day: date, viewer: Viewer) -> datetime:
    return datetime.combine(day, time.min, tzinfo=viewer.zone).astimezone(UTC)


def _point(instant: datetime) -> Interval:
    start = instant.astimezone(UTC)
    return Interval(start, start + timedelta(microseconds=1))

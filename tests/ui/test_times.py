"""Times in words, in the zone and the language of whoever reads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone, translation

from okno.ui.templatetags.okno_ui import file_size
from okno.ui.times import age_words, due_words, exact_words, left_words, moment_words, time_tag

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=20), "now"),
        (timedelta(minutes=48), "48 min"),
        (timedelta(hours=3), "3 h"),
        (timedelta(hours=20), "yesterday"),
        (timedelta(days=2), "2 days"),
        (timedelta(days=18), "4 Nov"),
        (timedelta(days=400), "18 Oct 2025"),
    ],
)
def test_age(ago: timedelta, words: str) -> None:
    assert age_words(NOW - ago, NOW) == words


def test_just_after_midnight_yesterday_evening_is_hours_ago() -> None:
    midnight = datetime(2026, 11, 22, 0, 30, tzinfo=UTC)
    assert age_words(midnight - timedelta(hours=2), midnight) == "2 h"


def test_moment_is_told_in_the_zone_of_the_reader() -> None:
    moment = datetime(2026, 11, 21, 22, 30, tzinfo=UTC)
    assert moment_words(moment, NOW) == "yesterday, 22:30"
    with timezone.override("Asia/Yekaterinburg"):
        assert moment_words(moment, NOW) == "3:30"


def test_due_and_exact() -> None:
    assert due_words(NOW + timedelta(days=1), NOW) == "tomorrow, 12:00"
    assert exact_words(NOW) == "22 November 2026, 12:00:00"
    with translation.override("ru"):
        assert exact_words(NOW) == "22 ноября 2026, 12:00:00"


@pytest.mark.parametrize(
    ("seconds", "words"), [(59, "0:00"), (5_760, "1:36"), (-1_440, "−0:24"), (200_000, "2 d")]
)
def test_time_left(seconds: int, words: str) -> None:
    assert left_words(seconds) == words


def test_tag_carries_the_exact_moment() -> None:
    tag = time_tag(NOW, "<now>")
    assert 'datetime="2026-11-22T12:00:00+00:00"' in tag
    assert "&lt;now&gt;" in tag


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 B"), (1023, "1023 B"), (290_816, "284 KB"), (1_258_291, "1.2 MB"), (3 * 1024**3, "3.0 GB")],
)
def test_file_size(size: int, words: str) -> None:
    assert file_size(size) == words

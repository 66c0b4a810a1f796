"""Invitations and their answers in mail (RFC 5545, RFC 6047), read so far that they can be shown."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from itertools import islice
from typing import Any

from icalendar import Calendar

from okno.channels.base import Invitation
from okno.lib.html_text import without_unusable

_MAX_BYTES = 100_000
_MAX_EVENTS = 20
_MAX_ATTENDEES = 200
_MAX_LENGTH = 1000


def read_invitations(content: bytes) -> tuple[Invitation, ...]:
    """Return the events of a calendar file; nothing if it cannot be read."""
    if len(content) > _MAX_BYTES:
        return ()
    try:
        calendars = Calendar.from_ical(content.decode("utf-8", "replace"), multiple=True)
        events = [
            _invitation(event, _words(calendar.get("METHOD")).upper())
            for calendar in calendars
            for event in islice(calendar.walk("VEVENT"), _MAX_EVENTS)
        ]
        return tuple(events[:_MAX_EVENTS])
    except (
        ValueError,
        KeyError,
        IndexError,
        TypeError,
        AttributeError,
        LookupError,
        OverflowError,
        RecursionError,
    ):
        # Calendars come in as many broken forms as mail; the file itself is kept whole.
        return ()


def _invitation(event: Any, method: str) -> Invitation:
    starts_at, is_all_day = _moment(event.get("DTSTART"))
    ends_at, _ = _moment(event.get("DTEND"))
    duration = event.get("DURATION")
    if ends_at is None and starts_at is not None and duration is not None:
        ends_at = starts_at + duration.dt
    return Invitation(
        method=method or "PUBLISH",
        summary=_words(event.get("SUMMARY")),
        starts_at=starts_at,
        ends_at=ends_at,
        is_all_day=is_all_day,
        place=_words(event.get("LOCATION")),
        organizer=_address(event.get("ORGANIZER")),
        attendees=tuple(address for one in _each(event.get("ATTENDEE")) if (address := _address(one))),
    )


def _moment(value: Any) -> tuple[datetime | None, bool]:
    """Return a moment, and whether only its day was given; without a zone it is taken for UTC."""
    moment = getattr(value, "dt", None)
    if isinstance(moment, datetime):
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC), False
    if isinstance(moment, date):
        return datetime.combine(moment, time(), tzinfo=UTC), True
    return None, False


def _words(value: Any) -> str:
    return without_unusable(" ".join(str(value or "").split()))[:_MAX_LENGTH]


def _address(value: Any) -> str:
    text = _words(value)
    return text[7:] if text.lower().startswith("mailto:") else text


def _each(value: Any) -> Iterable[Any]:
    return [] if value is None else (value if isinstance(value, list) else [value])[:_MAX_ATTENDEES]

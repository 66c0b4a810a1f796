"""Dates of mail: RFC 5322, the forms before it, and what programs write instead."""

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

_MONTHS = (
    "jan feb mar apr may jun jul aug sep oct nov dec",
    "янв фев мар апр мая июн июл авг сен окт ноя дек",
    "jan fév mär avr mai juin juil aoû set out nov déc",
)
_MONTH_NUMBERS = {name: number for row in _MONTHS for number, name in enumerate(row.split(), start=1)}
_MONTH_NUMBERS |= {
    "май": 5,
    "mrt": 3,
    "okt": 10,
    "dez": 12,
    "mag": 5,
    "giu": 6,
    "lug": 7,
    "ago": 8,
    "ott": 10,
}
_MONTH_NUMBERS |= {"gen": 1, "ene": 1, "abr": 4, "dic": 12, "fev": 2, "mei": 5}
# Minutes east of Greenwich; the standard library knows those of North America.
_ZONES = {"msk": 180, "msd": 240, "cet": 60, "cest": 120, "met": 60, "mest": 120, "mez": 60, "mesz": 120}
_ZONES |= {"eet": 120, "eest": 180, "wet": 0, "west": 60, "bst": 60, "ist": 330, "jst": 540, "kst": 540}
_ZONES |= {
    "hkt": 480,
    "sgt": 480,
    "aest": 600,
    "aedt": 660,
    "nzst": 720,
    "nzdt": 780,
    "yekt": 300,
    "novt": 420,
}
_ZONES |= {
    "gmt": 0,
    "utc": 0,
    "ut": 0,
    "z": 0,
    "est": -300,
    "edt": -240,
    "cst": -360,
    "cdt": -300,
    "mst": -420,
}
_ZONES |= {"mdt": -360, "pst": -480, "pdt": -420, "akst": -540, "akdt": -480, "hst": -600, "samt": 240}

_COMMENT = re.compile(r"\([^()]*\)")
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_ISO_DAY = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}T?")
_WORDED = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[\s\-/.]+([^\W\d_]{3,10})\.?[\s\-/,]+(\d{2,4})\b")
_AMERICAN = re.compile(
    r"([^\W\d_]{3,10})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(?:\d{1,2}:\d{2}(?::\d{2})?\s+\S{0,6}\s*)?(\d{4})\b"
)
_SLASHED = re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b")
_HALF = re.compile(r"\d\s*[ap]\.?m\b", re.IGNORECASE)
_TIME = re.compile(r"\b(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?:[.,]\d+)?\s*([ap]\.?m\b\.?)?", re.IGNORECASE)
_STANDARD_ZONE = re.compile(r"\s(?:[+-]\d{4}|GMT|UTC?|[ECMP][SD]T|Z)$")
_FIRST_YEAR, _LAST_YEAR = 1900, 2100


def read_date(value: str) -> datetime | None:
    """Return the moment with the offset that the sender gave, or None; without an offset it is UTC."""
    value = " ".join(value[:300].split())
    for _ in range(3):
        value = _COMMENT.sub(" ", value)
    value = value.strip(" \t\"',;")
    return _plausible(_by_standard(value)) or _plausible(_by_pieces(value))


def _by_standard(value: str) -> datetime | None:
    # The standard library takes a zone that it does not know for none, and reads some offsets wrongly.
    if (
        not value.isascii()
        or _STANDARD_ZONE.search(value) is None
        or _ISO.match(value)
        or _HALF.search(value)
    ):
        return None
    try:
        return parsedate_to_datetime(value)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def _by_pieces(value: str) -> datetime | None:
    day = _day(value)
    if day is None:
        return None
    hour = minute = second = 0
    rest = value
    # The day must not be taken for a time.
    timed = _ISO_DAY.sub(lambda found: " " * len(found[0]), value)
    if found := _TIME.search(timed):
        hour, minute, second = int(found[1]), int(found[2]), min(59, int(found[3] or 0))
        if found[4]:
            hour = hour % 12 + (12 if found[4].lower().startswith("p") else 0)
        rest = value[found.end() :]
    try:
        return datetime(*day, hour, minute, second, tzinfo=_zone(rest))
    except ValueError:
        return None


def _day(value: str) -> tuple[int, int, int] | None:
    if found := _ISO.search(value):
        return int(found[1]), int(found[2]), int(found[3])
    if (found := _WORDED.search(value)) and (month := _month(found[2])):
        return _year(found[3]), month, int(found[1])
    if (found := _AMERICAN.search(value)) and (month := _month(found[1])):
        return int(found[3]), month, int(found[2])
    if found := re.search(r"\b(\d{1,2})\.(\d{1,2})\.(\d{4})\b", value):
        return int(found[3]), int(found[2]), int(found[1])
    if found := _SLASHED.search(value):
        first, second = int(found[1]), int(found[2])
        # The month comes first where the day has two halves.
        is_american = second > 12 or (first <= 12 and _HALF.search(value) is not None)
        return (int(found[3]), first, second) if is_american else (int(found[3]), second, first)
    return None


def _month(name: str) -> int | None:
    name = name.lower()
    return next((_MONTH_NUMBERS[name[:n]] for n in (4, 3) if name[:n] in _MONTH_NUMBERS), None)


def _year(digits: str) -> int:
    year = int(digits)
    if len(digits) == 4:
        return year
    # RFC 5322, section 4.3.
    return year + (2000 if year < 50 else 1900)


def _zone(rest: str) -> timezone:
    rest = rest.strip()
    if found := re.search(r"([+-])(\d{1,2}):?(\d{2})?\b", rest):
        minutes = int(found[2]) * 60 + int(found[3] or 0)
        if minutes < 24 * 60:
            return timezone(timedelta(minutes=minutes if found[1] == "+" else -minutes))
    for word in re.findall(r"[A-Za-z]+", rest):
        if word.lower() in _ZONES:
            return timezone(timedelta(minutes=_ZONES[word.lower()]))
    return UTC


def _plausible(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    try:
        # Dates at the ends of the calendar have no counterpart in UTC.
        return moment if _FIRST_YEAR <= moment.astimezone(UTC).year <= _LAST_YEAR else None
    except OverflowError:
        return None

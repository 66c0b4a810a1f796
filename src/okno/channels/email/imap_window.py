"""Which mail of a mailbox is taken when it is read for the first time, or anew."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

# SEARCH knows only dates, disregards their zone, and Gmail's are those of California: what is searched for is more
# than what is wanted, and the rest is told apart by INTERNALDATE.
_COARSE = timedelta(days=2)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_RECEIVED = re.compile(
    r'INTERNALDATE "\s?(\d{1,2})-([A-Z][a-z]{2})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)"'
)
_UID = re.compile(r"\bUID (\d+)")
_FLAGS = re.compile(r"\bFLAGS \(([^)]*)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One mail as the server lists it."""

    uid: int
    is_seen: bool
    received_at: datetime | None
    """By the server's clock; None if it says nothing sensible."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Tell new mail, which is always taken, from what lay there before, of which a part may be wanted.

    New is what has a UID that was not given yet when the mailbox was connected; under another numbering of the
    server, what it received since. Without `connected_at` a first look takes what nobody has read yet.
    """

    since: datetime | None = None
    """Older mail is left alone; None: however old."""
    takes_seen: bool = False
    connected_at: datetime | None = None
    first_uidvalidity: int | None = None
    first_uid: int | None = None

    def criteria(self) -> str:
        """Return what to search for: everything that is wanted, and some more."""
        words = f" SINCE {imap_date(self.since - _COARSE)}" if self.since else ""
        if self.takes_seen:
            return words
        if self.connected_at is None:
            return f"{words} UNSEEN"
        return f"{words} OR UNSEEN SINCE {imap_date(self.connected_at - _COARSE)}"

    def is_new(self, listed: Listed, *, uidvalidity: int) -> bool:
        """Tell whether a mail came after the mailbox was connected."""
        if self.first_uid is not None and self.first_uidvalidity == uidvalidity:
            return listed.uid >= self.first_uid
        if self.connected_at is None or listed.received_at is None:
            return False
        return listed.received_at >= self.connected_at.replace(microsecond=0)

    def is_wanted(self, listed: Listed) -> bool:
        """Tell whether a mail that was there before is taken; one without a date is, for nothing may be lost."""
        is_old = self.since is not None and listed.received_at is not None and listed.received_at < self.since
        return not is_old and (self.takes_seen or not listed.is_seen)


def imap_date(moment: datetime) -> str:
    """Return the day of a moment as SEARCH wants it: no locale may spell the month."""
    return f"{moment.day}-{_MONTHS[moment.month - 1]}-{moment.year}"


def read_listed(answer: bytes) -> Listed | None:
    """Read one line of a FETCH of UID, FLAGS and INTERNALDATE; None for what the server says besides."""
    line = answer.decode("ascii", "replace")
    uid = _UID.search(line)
    if uid is None:
        return None
    flags = _FLAGS.search(line)
    return Listed(
        uid=int(uid.group(1)),
        is_seen=flags is not None and r"\seen" in flags.group(1).lower().split(),
        received_at=_received(line),
    )


def _received(line: str) -> datetime | None:
    found = _RECEIVED.search(line)
    if found is None or found.group(2) not in _MONTHS:
        return None
    day, month, year, hour, minute, second, sign, zone_hours, zone_minutes = found.groups()
    offset = timedelta(hours=int(zone_hours), minutes=int(zone_minutes))
    try:
        zone = timezone(-offset if sign == "-" else offset)
        parts = (int(year), _MONTHS.index(month) + 1, int(day), int(hour), int(minute), int(second))
        return datetime(*parts, tzinfo=zone)
    except ValueError:
        return None

"""What lies in a mailbox, seen without taking or marking anything, in a bounded time however large it is."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Self

from okno.channels.email.imap_in import ImapFailure, ImapMailbox
from okno.channels.email.imap_window import Listed, imap_date
from okno.channels.email.parse import ParseFailed, parse_message
from okno.channels.email.relay import ServerSettings

SECONDS = 25.0
STEP_SECONDS = 10.0
NEWEST_SHOWN = 20
# Of so many of the newest mails the moments are asked; what a window holds beyond is said to be more.
DATED_LIMIT = 5_000
WINDOWS = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30)}
_HEADER_BYTES = 8 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many mails a window holds."""

    messages: int
    unseen: int
    is_more: bool = False
    """Whether there are more than were looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One mail of a preview."""

    subject: str
    name: str
    address: str
    received_at: str
    is_seen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a mailbox holds, by windows back from now, with its newest mails."""

    uidvalidity: int
    next_uid: int
    counts: dict[str, Count]
    newest: tuple[Shown, ...]

    def as_json(self) -> dict[str, Any]:
        """Return it for a JSON column."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """Read it back."""
        return cls(
            uidvalidity=stored["uidvalidity"],
            next_uid=stored["next_uid"],
            counts={name: Count(**count) for name, count in stored["counts"].items()},
            newest=tuple(Shown(**mail) for mail in stored["newest"]),
        )


def preview(server: ServerSettings, *, folder: str, now: datetime, seconds: float = SECONDS) -> Preview:
    """Look into a mailbox; raises ImapFailure, with `timeout` when it takes longer than `seconds`."""
    deadline = _Deadline(seconds)
    with ImapMailbox(server, folder=folder, timeout=STEP_SECONDS) as mailbox:
        uidvalidity, next_uid = mailbox.numbering()
        report = mailbox.report()
        dated, is_more = _recently_received(mailbox, next_uid, now, deadline)
        counts = {name: _count(dated, now - length, is_more=is_more) for name, length in WINDOWS.items()}
        counts["all"] = Count(messages=report.messages, unseen=report.unseen)
        return Preview(
            uidvalidity=uidvalidity,
            next_uid=next_uid,
            counts=counts,
            newest=_newest(mailbox, next_uid, deadline),
        )


class _Deadline:
    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def check(self) -> None:
        if time.monotonic() > self._end:
            raise ImapFailure("timeout")


def _recently_received(
    mailbox: ImapMailbox, next_uid: int, now: datetime, deadline: _Deadline
) -> tuple[list[Listed], bool]:
    longest = max(WINDOWS.values())
    # A day and more of margin: servers search by days of a zone of their own.
    criteria = f" SINCE {imap_date(now - longest - timedelta(days=2))}"
    uids: list[int] = []
    is_more = False
    deadline.check()
    for part in mailbox.list_newest_first(next_uid, criteria):
        deadline.check()
        uids += reversed(part)
        if len(uids) > DATED_LIMIT:
            is_more = True
            break
    listed = []
    for one in mailbox.listed(uids[:DATED_LIMIT]):
        deadline.check()
        listed.append(one)
    return listed, is_more


def _count(dated: Iterable[Listed], since: datetime, *, is_more: bool) -> Count:
    messages = unseen = older = 0
    for one in dated:
        if one.received_at is not None and one.received_at < since:
            older += 1
        else:
            messages += 1
            unseen += not one.is_seen
    return Count(messages=messages, unseen=unseen, is_more=is_more and older == 0)


def _newest(mailbox: ImapMailbox, next_uid: int, deadline: _Deadline) -> tuple[Shown, ...]:
    uids: list[int] = []
    for part in mailbox.list_newest_first(next_uid):
        deadline.check()
        uids += islice(reversed(part), NEWEST_SHOWN - len(uids))
        if len(uids) >= NEWEST_SHOWN:
            break
    headers = mailbox.headers(uids, limit=_HEADER_BYTES)
    listed = {one.uid: one for one in mailbox.listed(uids)}
    shown = [_shown(listed[uid], headers.get(uid, b"")) for uid in uids if uid in listed]
    # Numbers tell in which order mails were put there, which is another one where a mailbox was moved.
    return tuple(sorted(shown, key=_moment, reverse=True))


def _moment(shown: Shown) -> float:
    return datetime.fromisoformat(shown.received_at).timestamp() if shown.received_at else 0.0


def _shown(listed: Listed, header: bytes) -> Shown:
    try:
        parsed = parse_message(header.rstrip(b"\r\n") + b"\r\n\r\n")
    except ParseFailed:
        subject, name, address = "", "", ""
    else:
        subject = parsed.subject
        name = parsed.sender.name if parsed.sender else ""
        address = parsed.sender.address if parsed.sender else ""
    return Shown(
        subject=subject[:200],
        name=name[:100],
        address=address[:254],
        received_at=listed.received_at.isoformat() if listed.received_at else "",
        is_seen=listed.is_seen,
    )

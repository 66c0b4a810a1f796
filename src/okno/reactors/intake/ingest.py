"""Mail from files: stored like any other, and worked on at once by whoever asked."""

from __future__ import annotations

import io
import mailbox
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.parser import BytesHeaderParser
from email.utils import getaddresses
from pathlib import Path

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from okno.channels.base import InboundMail
from okno.channels.email.models import Mailbox, RawMail
from okno.channels.email.store import Route, route_for, store_raw
from okno.lib.errors import Invalid
from okno.reactors.intake.pipeline import RAW_MAIL
from okno.spine.work import work_on
from okno.tenancy.models import Workspace
from okno.tenancy.scope import scope

LEASE = timedelta(seconds=120)
STANDARD_INPUT = "-"
UNREADABLE = "unreadable"
_MBOX_START = b"From "
_RECIPIENT_HEADERS = ("delivered-to", "x-original-to", "to", "cc")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingested:
    """What became of one mail. `ticket` is a number, `message` an id; outcome `unreadable` is a file, not a mail."""

    file: str
    outcome: str
    ticket: int | None = None
    message: int | None = None
    reason: str = ""


def ingest(*, workspace: Workspace, paths: Sequence[str]) -> Iterator[Ingested]:
    """Take mail in from files, folders, mbox files and `-`, one at a time. Raises Invalid without a mailbox.

    To be called outside any scope. A running worker does not touch the rows unless we die.
    """
    fallback = _default_route(workspace)
    for path in paths:
        yield from _ingest_path(path, fallback)


def _ingest_path(path: str, fallback: Route) -> Iterator[Ingested]:
    if path == STANDARD_INPUT:
        yield from _ingest_bytes(path, sys.stdin.buffer.read(), fallback)
        return
    files = (
        sorted(found for found in Path(path).rglob("*") if found.is_file())
        if Path(path).is_dir()
        else [Path(path)]
    )
    for file in files:
        try:
            with file.open("rb") as opened:
                is_mbox = opened.read(len(_MBOX_START)) == _MBOX_START
            if is_mbox:
                for number, raw in enumerate(_messages_of(file), start=1):
                    yield _take(f"{file}:{number}", raw, fallback)
            else:
                yield _take(str(file), file.read_bytes(), fallback)
        except OSError as error:
            yield Ingested(file=str(file), outcome=UNREADABLE, reason=error.strerror or str(error))


def _ingest_bytes(name: str, content: bytes, fallback: Route) -> Iterator[Ingested]:
    if not content.startswith(_MBOX_START):
        yield _take(name, content, fallback)
        return
    for number, raw in enumerate(_split_mbox(content), start=1):
        yield _take(f"{name}:{number}", raw, fallback)


def _messages_of(file: Path) -> Iterator[bytes]:
    box = mailbox.mbox(file, create=False)
    try:
        for key in box.iterkeys():
            yield box.get_bytes(key)
    finally:
        box.close()


def _split_mbox(content: bytes) -> Iterator[bytes]:
    for part in content.replace(b"\r\n", b"\n").split(b"\n\nFrom "):
        yield part.removeprefix(_MBOX_START).partition(b"\n")[2].replace(b"\n>From ", b"\nFrom ")


def _take(name: str, content: bytes, fallback: Route) -> Ingested:
    row = store_raw(
        _route(content, fallback),
        io.BytesIO(content),
        InboundMail(source="ingest"),
        file_name=name,
        attempts=1,
        lease_until=Now() + LEASE,
    )
    work_on(RAW_MAIL, row)
    with scope(row.workspace_id):
        settled = RawMail.objects.get(pk=row.pk)
    return Ingested(
        file=name,
        outcome=settled.outcome or "pending",
        ticket=settled.ticket_number,
        message=settled.message_ref,
        reason=settled.reason or settled.last_error,
    )


def _route(content: bytes, fallback: Route) -> Route:
    """Return the mailbox that the mail's own headers name, if it is one of this workspace."""
    headers = BytesHeaderParser().parsebytes(content[:200_000])
    named = [str(value) for name in _RECIPIENT_HEADERS for value in headers.get_all(name, [])]
    for _name, address in getaddresses(named):
        route = route_for(address)
        if route is not None and route.workspace_id == fallback.workspace_id:
            return route
    return fallback


def _default_route(workspace: Workspace) -> Route:
    with scope(workspace):
        box = Mailbox.objects.filter(is_active=True).order_by("-is_default", "id").first()
    if box is None:
        raise Invalid(_("There is no mailbox yet: add one in the settings first."), code="no_mailbox")
    return Route(workspace_id=workspace.pk, mailbox_id=box.pk)

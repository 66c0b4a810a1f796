"""The worker's one pool of parsers, and raw rows read by it."""

from __future__ import annotations

import threading
from functools import cache
from typing import Final

from okno.channels.base import ParsedMessage
from okno.channels.email.models import RawMail
from okno.channels.email.parse import ParseFailed
from okno.channels.email.parser_child import ParserPool
from okno.lib.blobs import BlobMissing
from okno.lib.stores import raw_store

PARSERS: Final = 4
"""How many mails are read at once. More than processors, so that some slow ones leave room for the others."""

_HEADER_BYTES: Final = 64 * 1024
_lock = threading.Lock()


def parser_pool() -> ParserPool:
    """Return this process's pool; called first before threads start, it costs no fresh interpreter."""
    with _lock:
        return _pool()


@cache
def _pool() -> ParserPool:
    return ParserPool(size=PARSERS)


def parse_header(raw: RawMail) -> ParsedMessage | None:
    """Read only the header of a stored mail, for one that is refused as a whole; None if even that cannot be read."""
    try:
        with raw_store().open(raw.workspace_id, raw.sha256) as content:
            start = content.read(_HEADER_BYTES)
        ends = [place for mark in (b"\r\n\r\n", b"\n\n") if (place := start.find(mark)) >= 0]
        return parser_pool().parse(start[: min(ends)] if ends else start)
    except (BlobMissing, ParseFailed):
        return None


def parse_raw(raw: RawMail) -> ParsedMessage:
    """Read a stored mail; raises ParseFailed."""
    return parser_pool().parse(raw_store().path(raw.workspace_id, raw.sha256))

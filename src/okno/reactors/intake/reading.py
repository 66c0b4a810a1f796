"""From a raw row to what it says: parsed in a child process that may die, its files in the store."""

from __future__ import annotations

import threading
from datetime import datetime
from uuid import uuid4

from okno.channels.base import ParsedMessage
from okno.channels.email.models import RawMail
from okno.channels.email.parser_child import ParserPool
from okno.lib.stores import file_store, raw_store
from okno.tickets.commands.attachments import clean_filename
from okno.tickets.models import Attachment

_lock = threading.Lock()
_pool: ParserPool | None = None


def parser_pool() -> ParserPool:
    """Return the process's parsers; a worker calls this once before it starts threads."""
    global _pool  # noqa: PLW0603 (one pool of child processes a process)
    with _lock:
        if _pool is None:
            _pool = ParserPool(size=2)
        return _pool


def read(raw: RawMail) -> ParsedMessage:
    """Return what a raw mail says. Raises ParseFailed, and BlobMissing if its file is gone."""
    return parser_pool().parse(raw_store().path(raw.workspace_id, raw.sha256))


def keep_files(raw: RawMail, parsed: ParsedMessage, *, now: datetime) -> list[Attachment]:
    """Store the files of a mail durably and return their unsaved rows; to be called outside any transaction."""
    return [
        Attachment(
            workspace_id=raw.workspace_id,
            filename=clean_filename(file.filename),
            content_type=file.content_type,
            size=file.size,
            sha256=file_store().put(raw.workspace_id, file.content).sha256,
            is_inline=file.is_inline,
            content_id=file.content_id,
            key=uuid4(),
            created_at=now,
        )
        for file in parsed.attachments
    ]

"""The files of a mail, kept durably before anything of it is written down."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from okno.channels.base import ParsedMessage
from okno.channels.email.models import RawMail
from okno.lib.stores import file_store
from okno.tickets.commands.attachments import clean_filename
from okno.tickets.models import Attachment


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

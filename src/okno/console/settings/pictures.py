"""Pictures that are sent by a form of the settings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from okno.console.identity import ConsoleRequest
from okno.console.ticket.uploads import StoredUpload
from okno.lib.errors import Invalid
from okno.lib.logo import LOGO_BYTES
from okno.lib.stores import file_store
from okno.tickets.commands.attachments import forget_files_later


def sent_picture(request: ConsoleRequest, *, now: datetime) -> bytes:
    """Return the bytes of the file `logo`; only the picture that is made of them is kept. Raises Invalid."""
    upload: Any = request.FILES.get("logo")
    if not isinstance(upload, StoredUpload) or not upload.sha256:
        raise Invalid(_("Choose a file first."))
    try:
        if (upload.size or 0) > LOGO_BYTES:
            raise Invalid(_("The picture is too large: it may have 200 KB."))
        return file_store().read(request.workspace.pk, upload.sha256)
    finally:
        forget_files_later([upload.sha256], now=now)

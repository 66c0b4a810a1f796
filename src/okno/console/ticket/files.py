"""Downloading a file."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponseBase
from django.views.decorators.http import require_safe

from okno.console.identity import ConsoleRequest, member_required
from okno.tickets.queries.files import find_file
from okno.ui.answers import StoredFile, file_answer


@require_safe
@member_required
def download(request: ConsoleRequest, key: UUID, name: str) -> HttpResponseBase:
    """Answer a file of a ticket that the member sees; the name in the address is only for people."""
    found = find_file(request.actor, key)
    file = StoredFile(
        sha256=found.sha256, filename=found.filename, content_type=found.content_type, size=found.size
    )
    return file_answer(request, file, workspace_id=request.workspace.pk)

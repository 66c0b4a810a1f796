"""What we hold of a requester, as a ZIP that is made while it is sent: his card, his requests, the files of their talk.

Each piece is read in a short transaction of its own: a slow line must not hold one open.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from okno.lib.blobs import BlobMissing
from okno.lib.stores import file_store
from okno.people.models import Contact, ContactAddress
from okno.tenancy.scope import scope
from okno.tickets.models import Attachment, Ticket
from okno.tickets.queries.public import PublicMessage, public_conversation

PIECE_BYTES = 256 * 1024


class _Sink:
    """Takes what the ZIP writes until it is sent; nothing can be read back or sought."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        """Take a piece."""
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Do nothing: pieces go when they are taken."""

    def take(self) -> bytes:
        """Return what has come since the last time."""
        taken, self._pieces = b"".join(self._pieces), []
        return taken


def export_of(*, contact_id: int, workspace_id: int, now: datetime) -> Iterator[bytes]:
    """Yield the ZIP of a contact; only what he can see himself is in it."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        with scope(workspace_id):
            card, tickets = _card(contact_id), _tickets_of(contact_id)
        archive.writestr("me.json", _json(card))
        yield sink.take()
        for ticket_id in tickets:
            with scope(workspace_id):
                number, words, files = _ticket(ticket_id, now=now)
            archive.writestr(f"requests/{number}.json", _json(words))
            for file in files:
                yield from _write_file(archive, sink, number, file)
            yield sink.take()
    yield sink.take()


def _write_file(archive: zipfile.ZipFile, sink: _Sink, number: int, file: Attachment) -> Iterator[bytes]:
    try:
        source = file_store().open(file.workspace_id, file.sha256)
    except BlobMissing:
        return
    name = f"requests/{number}/{file.pk}-{file.filename.replace('/', '_')}"
    with source, archive.open(name, "w", force_zip64=True) as member:
        while piece := source.read(PIECE_BYTES):
            member.write(piece)
            yield sink.take()


def _card(contact_id: int) -> dict[str, Any]:
    contact = Contact.objects.select_related("organization").get(pk=contact_id)
    addresses = ContactAddress.objects.filter(contact=contact).order_by("id")
    return {
        "name": contact.name,
        "title": contact.title,
        "language": contact.language,
        "organization": contact.organization.name if contact.organization else None,
        "addresses": [{"kind": one.kind, "value": one.value} for one in addresses],
        "known_since": contact.created_at,
    }


def _tickets_of(contact_id: int) -> list[int]:
    found = Ticket.objects.filter(requester_id=contact_id, spam_at__isnull=True, is_draft=False)
    return list(found.order_by("pk").values_list("pk", flat=True))


def _ticket(ticket_id: int, *, now: datetime) -> tuple[int, dict[str, Any], list[Attachment]]:
    ticket = Ticket.objects.select_related("status", "type").get(pk=ticket_id)
    conversation = public_conversation(ticket, now=now, limit=None)
    words = {
        "number": ticket.number,
        "subject": ticket.subject,
        "type": ticket.type.public_name,
        "status": ticket.status.public_name,
        "opened_at": ticket.created_at,
        "solution": "" if ticket.is_open else ticket.solution,
        "messages": [_message(public) for public in conversation],
    }
    return ticket.number, words, [file for public in conversation for file in public.files]


def _message(public: PublicMessage) -> dict[str, Any]:
    message = public.message
    return {
        "at": message.created_at,
        "from": message.author_name,
        "text": message.text,
        "files": [file.filename for file in public.files],
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, default=lambda moment: moment.isoformat())

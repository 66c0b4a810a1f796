"""The composer as its template takes it: empty, with a draft, or with what could not be sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from uuid import uuid4

from django.urls import reverse

from okno.channels.email.suppression import suppressed_among, why_suppressed
from okno.console.addresses import file_url
from okno.console.ticket.pictures import as_edited
from okno.people.models import Contact, ContactAddress
from okno.people.queries import find_contacts
from okno.tickets.models import Attachment, MessageKind
from okno.tickets.queries.detail import Around, Detail, default_recipients
from okno.tickets.queries.timeline import Said
from okno.ui.cells import PersonCell
from okno.ui.thread import ComposerCell, RecipientCell, UploadedFile

SUGGESTED = 8
SUGGESTED_FROM = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsent:
    """What was posted and could not be sent, to be shown again."""

    kind: str
    to: Sequence[str]
    cc: Sequence[str]
    text: str
    html: str
    key: str
    files: Sequence[Attachment] = ()


def composer_cell(detail: Detail, *, unsent: Unsent | None = None) -> ComposerCell | None:
    """Return the composer of the page, None for whoever may not even write notes."""
    around = detail.around
    if not around.can_note:
        return None
    said = [entry for entry in detail.thread.entries if isinstance(entry, Said)]
    people = default_recipients(around, said)
    known = {address: contact for pairs in people.values() for address, contact in pairs}
    known |= _known_contacts(around)
    draft = detail.draft
    files = detail.thread.draft_files
    if unsent is not None:
        kind, to, cc, html, text = unsent.kind, unsent.to, unsent.cc, unsent.html, unsent.text
        files = unsent.files
    elif draft is not None:
        kind, html, text = draft.kind, draft.html, ""
        to, cc = draft.recipients.get("to", []), draft.recipients.get("cc", [])
    else:
        kind, html, text = (MessageKind.REPLY if around.can_reply else MessageKind.NOTE), "", ""
        to, cc = ([address for address, _contact in people[role]] for role in ("to", "cc"))
    requester = around.ticket.requester
    warnings = warnings_of([*to, *cc])
    return ComposerCell(
        action=_url("ticket_messages", around),
        draft_url=_url("ticket_draft", around),
        upload_url=_url("ticket_uploads", around),
        recipients_url=_url("ticket_recipients", around),
        key=unsent.key if unsent else str(uuid4()),
        after=detail.thread.newest_message,
        reply_to=requester.name.split()[0] if requester and requester.name else "",
        to=[recipient_cell(address, known.get(address), warnings) for address in to],
        cc=[recipient_cell(address, known.get(address), warnings) for address in cc],
        kind=kind,
        text=text,
        html=as_edited(html, files),
        files=[uploaded_cell(file) for file in files if f"cid:{file.content_id}" not in html],
        can_reply=around.can_reply,
    )


def uploaded_cell(file: Attachment) -> UploadedFile:
    """Return an upload as the composer's chip."""
    return UploadedFile(id=str(file.key), name=file.filename, size=file.size, url=file_url(file))


def uploaded_json(file: Attachment, *, is_image: bool) -> dict[str, Any]:
    """Return an upload as the composer's script takes it."""
    return {
        "id": str(file.key),
        "name": file.filename,
        "size": file.size,
        "url": file_url(file),
        "is_image": is_image,
    }


def recipient_cell(
    address: str, contact: Contact | None, warnings: Mapping[str, str] = MappingProxyType({})
) -> RecipientCell:
    """Return a person, or a bare address."""
    person = PersonCell(contact.pk, contact.name) if contact else None
    return RecipientCell(address, person, warnings.get(address, ""))


def warnings_of(addresses: Iterable[str]) -> dict[str, str]:
    """Return those of the addresses to which mail may not arrive, each with the reason (one query)."""
    return {address: why_suppressed(row) for address, row in suppressed_among(addresses).items()}


def suggested_recipients(words: str) -> list[tuple[str, Contact]]:
    """Return mail addresses with their contacts for what somebody types into a field of people."""
    if len(words.strip()) < SUGGESTED_FROM:
        return []
    found = find_contacts(words.strip(), limit=SUGGESTED)
    return [
        (row.value, contact)
        for contact in found
        for row in contact.addresses.all()
        if row.kind == ContactAddress.Kind.EMAIL
    ][:SUGGESTED]


def _known_contacts(around: Around) -> dict[str, Contact]:
    contacts = {one.contact_id: one.contact for one in around.people if one.contact is not None}
    if around.ticket.requester is not None:
        contacts[around.ticket.requester_id] = around.ticket.requester
    return {
        row.value: contacts[ref] for ref, rows in around.addresses.items() for row in rows if ref in contacts
    }


def _url(name: str, around: Around) -> str:
    return reverse(f"console:{name}", args=[around.ticket.number])

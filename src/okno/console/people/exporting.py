"""Contacts and organizations as a file, as far as the list's filter asks for them: written while it is sent."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from io import StringIO
from tempfile import TemporaryFile
from typing import Any

from django.http import Http404, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from okno.console.identity import ConsoleRequest
from okno.console.people.lists import wanted_of
from okno.console.people.pieces import readers_only
from okno.lib.clock import current_time
from okno.lib.tables import safe_cell
from okno.people.commands.exports import note_people_export
from okno.people.importing import TARGETS
from okno.people.models import Contact, ContactAddress, Organization
from okno.people.queries import (
    BY_NAME,
    PeopleFilter,
    filtered_contacts,
    filtered_organizations,
)
from okno.tenancy.models import Workspace
from okno.tenancy.scope import scope

BATCH = 500
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
Cells = list[str]


@require_POST
@readers_only
def export_contacts(request: ConsoleRequest) -> HttpResponseBase:
    """Answer the contacts of the list's filter as a table that can be brought again."""
    return _answer(request, "contacts", filtered_contacts, _contact_heads, _contact_cells)


@require_POST
@readers_only
def export_organizations(request: ConsoleRequest) -> HttpResponseBase:
    """Answer the organizations of the list's filter as a table."""
    return _answer(request, "organizations", filtered_organizations, _organization_heads, _organization_cells)


def _answer(
    request: ConsoleRequest,
    what: str,
    rows_of: Callable[[PeopleFilter], Any],
    heads: Callable[[], Cells],
    cells: Callable[[Any], Cells],
) -> HttpResponseBase:
    kind, wanted, now = request.POST.get("format", ""), wanted_of(request), current_time()
    if kind not in _TYPES:
        raise Http404
    note_people_export(
        actor=request.actor, workspace=request.workspace, what=what, file_format=kind, wanted=wanted, now=now
    )
    language = get_language() or "en"
    with override(language):
        first = heads()
    batches = _batches(request.workspace, lambda: rows_of(wanted), cells, language=language)
    lines = _csv(first, batches) if kind == "csv" else _xlsx(first, batches)
    response = StreamingHttpResponse(lines, content_type=_TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{what}-{now:%Y-%m-%d}.{kind}"'
    response["Cache-Control"] = "no-store"
    return response


def _batches(
    workspace: Workspace, rows_of: Callable[[], Any], cells: Callable[[Any], Cells], *, language: str
) -> Iterator[list[Cells]]:
    """Read one batch after the other, each in a scope of its own: the request's transaction is over by now."""
    cursor: str | None = None
    while True:
        with scope(workspace), override(language):
            page = BY_NAME.page(rows_of(), cursor=cursor, size=BATCH)
            found = [cells(row) for row in page.rows]
        yield found
        cursor = page.next
        if cursor is None:
            return


def _csv(heads: Cells, batches: Iterator[list[Cells]]) -> Iterator[str]:
    # Without the mark spreadsheets take the file for one of their own country's old encodings.
    yield "\ufeff" + _lines([heads])
    for batch in batches:
        yield _lines(batch)


def _lines(rows: Sequence[Cells]) -> str:
    text = StringIO()
    csv.writer(text).writerows([safe_cell(cell) for cell in row] for row in rows)
    return text.getvalue()


def _xlsx(heads: Cells, batches: Iterator[list[Cells]]) -> Iterator[bytes]:
    """Write a workbook on the disk, row by row, and send it: its table of contents stands at its end."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append([_text_cell(sheet, head) for head in heads])
    for batch in batches:
        for row in batch:
            sheet.append([_text_cell(sheet, cell) for cell in row])
    with TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        while piece := file.read(64 * 1024):
            yield piece


def _text_cell(sheet: Any, text: str) -> Any:
    """Return a cell that is text whatever it begins with, without characters that no workbook can hold."""
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", text))
    cell.data_type = "s"
    return cell


def _contact_heads() -> Cells:
    shown = ("name", "email", "phone", "organization", "title", "language", "vip", "notes")
    return [str(TARGETS[target]) for target in shown]


def _contact_cells(contact: Contact) -> Cells:
    addresses = list(contact.addresses.all())
    return [
        contact.name,
        "; ".join(row.value for row in addresses if row.kind == ContactAddress.Kind.EMAIL),
        "; ".join(row.value for row in addresses if row.kind == ContactAddress.Kind.PHONE),
        contact.organization.name if contact.organization else "",
        contact.title,
        contact.language,
        _("yes") if contact.is_vip else "",
        contact.notes,
    ]


def _organization_heads() -> Cells:
    return [str(TARGETS["organization"]), _("Mail domains"), str(TARGETS["vip"]), str(TARGETS["notes"])]


def _organization_cells(organization: Organization) -> Cells:
    domains = "; ".join(row.domain for row in organization.domains.all())
    return [organization.name, domains, _("yes") if organization.is_vip else "", organization.notes]

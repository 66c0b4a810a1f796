"""The audit as a table in a file: written while it is sent, in bounded memory, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import tzinfo
from io import StringIO

from django.db.models import Q
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from okno.console.audit.rows import AuditRow, audit_rows
from okno.lib.tables import safe_cell
from okno.spine.models import Event
from okno.spine.queries import newest_event_id, newest_events
from okno.tenancy.models import Workspace
from okno.tenancy.scope import scope

BATCH = 500
BYTE_ORDER_MARK = "\ufeff"
"""Without it spreadsheets take the file for one of their own country's old encodings."""


def csv_response(workspace: Workspace, condition: Q, *, name: str) -> StreamingHttpResponse:
    """Answer with the events of a condition as a file; what happens meanwhile is not in it."""
    before, language = newest_event_id() + 1, get_language() or "en"
    zone = timezone.get_current_timezone()
    lines = _lines(workspace, condition, before=before, language=language, zone=zone)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response["Cache-Control"] = "no-store"
    return response


def _lines(workspace: Workspace, condition: Q, *, before: int, language: str, zone: tzinfo) -> Iterator[str]:
    """Write one batch after the other, each in a scope of its own: the request's transaction is over by now."""
    with override(language):
        yield BYTE_ORDER_MARK + _line(_head())
    while True:
        with scope(workspace), override(language), timezone.override(zone):
            events: list[Event] = list(newest_events(condition).filter(pk__lt=before)[:BATCH])
            text = "".join(_line(cells) for row in audit_rows(events) for cells in _cells(row))
        yield text
        if len(events) < BATCH:
            return
        before = events[-1].pk


def _head() -> list[str]:
    return [
        _("Number"),
        _("When"),
        _("Who"),
        _("By token"),
        _("Because"),
        _("About what"),
        _("Which"),
        _("Event"),
        _("What"),
        _("Value"),
        _("Before"),
        _("After"),
    ]


def _cells(row: AuditRow) -> Iterator[list[str]]:
    """Give one line for each value that changed, at least one for the event."""
    moment = timezone.localtime(row.created_at).isoformat(timespec="seconds")
    fixed = [str(row.id), moment, row.who, row.token, row.because, row.kind, row.subject, row.type, row.what]
    if not row.changes:
        yield [*fixed, "", "", ""]
    for change in row.changes:
        yield [*fixed, change.what, change.old, change.new]


def _line(cells: list[str]) -> str:
    line = StringIO()
    csv.writer(line).writerow([safe_cell(cell) for cell in cells])
    return line.getvalue()

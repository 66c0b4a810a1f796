"""Bringing a table of people: the file, what its columns are, what it would do, doing it, and taking it back."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy, override, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from okno.console.identity import ConsoleRequest
from okno.console.people.pieces import LARGEST_ID, writers_only
from okno.console.ticket.uploads import StoredUpload
from okno.lib.clock import current_time
from okno.lib.errors import DomainError, Invalid
from okno.lib.stores import file_store
from okno.lib.tables import ROW_LIMIT, SIZE_LIMIT, BadTable, Table, read_table, safe_cell
from okno.people.commands import imports
from okno.people.importing import TARGETS, Outcome, WrongRow, read_person
from okno.people.models import ImportPart, ImportRun
from okno.people.phones import home_country
from okno.spine.models import Timer
from okno.tenancy.models import Workspace
from okno.tenancy.scope import scope
from okno.tickets.commands.attachments import forget_files_later
from okno.ui.templatetags.okno_ui import file_size

RUNS_SHOWN = 50
ROWS_SHOWN = 10
EXAMPLES = 3
Phase = ImportRun.Phase
_OUTCOMES = {
    Outcome.NEW: pgettext_lazy("contacts", "New"),
    Outcome.CHANGED: pgettext_lazy("contacts", "Changed"),
    Outcome.UNCHANGED: pgettext_lazy("contacts", "Unchanged"),
    Outcome.WRONG: pgettext_lazy("rows", "With errors"),
    "removed": pgettext_lazy("contacts", "Removed"),
    "restored": pgettext_lazy("contacts", "As before"),
    "kept": pgettext_lazy("contacts", "Kept"),
}
_BAD: dict[str, Any] = {
    "empty": gettext_lazy("There is no table in this file: heads in the first row, people below."),
    "large": gettext_lazy("This file is too large: it may have %(size)s, also when it is unpacked tenfold."),
    "rows": gettext_lazy("A file may have %(rows)s rows. Divide it."),
    "old_excel": gettext_lazy("This is the old format of Excel. Save it as XLSX or CSV."),
    "binary": gettext_lazy("This is neither a CSV nor an XLSX file."),
    "broken": gettext_lazy("This file is broken or neither CSV nor XLSX."),
}


@require_http_methods(["GET", "HEAD", "POST"])
@writers_only
def import_list(request: ConsoleRequest) -> HttpResponse:
    """Show the imports, and take a file for the next one."""
    error = ""
    if request.method == "POST":
        try:
            run = imports.bring_table(
                actor=request.actor,
                filename=_upload(request).name or "",
                table=_table(request),
                now=current_time(),
            )
            return redirect("console:import", run.pk)
        except DomainError as refusal:
            error = str(refusal.message)
    context = {
        "runs": ImportRun.objects.order_by("-id")[:RUNS_SHOWN],
        "error": error,
        "now": current_time(),
        "size": file_size(SIZE_LIMIT),
        "rows": ROW_LIMIT,
    }
    return render(request, "console/contacts/imports.html", context, status=422 if error else 200)


@require_safe
@writers_only
def import_page(request: ConsoleRequest, import_id: int) -> HttpResponse:
    """Show where an import is: its columns, what it would do, how far it is, or what it did."""
    run = _run(import_id)
    if not request.htmx:
        return render(request, "console/contacts/import.html", _context(run))
    response = render(request, "console/contacts/import_progress.html", _context(run))
    if run.phase not in imports.WORKING:
        # The rest of the page is another one now.
        response["HX-Refresh"] = "true"
    return response


@require_POST
@writers_only
def import_columns(request: ConsoleRequest, import_id: int) -> HttpResponse:
    """Take what each column is, and let the worker look what the rows would do."""
    run = _run(import_id)
    mapping = [request.POST.get(f"column-{place}", "") for place in range(len(run.columns))]
    try:
        imports.map_columns(actor=request.actor, run_id=run.pk, mapping=mapping, now=current_time())
    except Invalid as refusal:
        context = {**_context(run, mapping), "error": str(refusal.message)}
        return render(request, "console/contacts/import.html", context, status=422)
    return redirect("console:import", run.pk)


@require_POST
@writers_only
def import_run(request: ConsoleRequest, import_id: int) -> HttpResponse:
    """Let the table in."""
    return _act(request, import_id, imports.run_import)


@require_POST
@writers_only
def import_undo(request: ConsoleRequest, import_id: int) -> HttpResponse:
    """Take back what an import did."""
    return _act(request, import_id, imports.undo_import)


@require_POST
@writers_only
def import_resume(request: ConsoleRequest, import_id: int) -> HttpResponse:
    """Let the worker try again."""
    return _act(request, import_id, imports.resume_import)


@require_POST
@writers_only
def import_drop(request: ConsoleRequest, import_id: int) -> HttpResponse:
    """Forget a table that was not let in."""
    imports.drop_table(actor=request.actor, run_id=_run(import_id).pk, now=current_time())
    return redirect("console:imports")


@require_safe
@writers_only
def import_errors(request: ConsoleRequest, import_id: int) -> StreamingHttpResponse:
    """Answer the rows with errors as a file: what is wrong, then the row, to be corrected and brought again."""
    run = _run(import_id)
    lines = _error_lines(request.workspace, run, language=get_language() or "en")
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="import-{run.pk}-errors.csv"'
    response["Cache-Control"] = "no-store"
    return response


def _run(import_id: int) -> ImportRun:
    found: ImportRun | None = None
    if import_id <= LARGEST_ID:
        found = ImportRun.objects.filter(pk=import_id).first()
    if found is None:
        raise Http404
    return found


def _act(request: ConsoleRequest, import_id: int, act: Callable[..., object]) -> HttpResponse:
    act(actor=request.actor, run_id=_run(import_id).pk, now=current_time())
    return redirect("console:import", import_id)


def _upload(request: ConsoleRequest) -> StoredUpload:
    upload = request.FILES.get("file")
    if not isinstance(upload, StoredUpload) or not upload.sha256:
        raise Invalid(_("Choose a file."), code="no_file")
    return upload


def _table(request: ConsoleRequest) -> Table:
    sha256 = _upload(request).sha256
    # Its rows are kept, for as long as they can be undone; the file itself is needed no more.
    forget_files_later([sha256], now=current_time())
    try:
        return read_table(file_store().path(request.workspace.pk, sha256))
    except BadTable as error:
        said = {"size": file_size(SIZE_LIMIT), "rows": ROW_LIMIT}
        raise Invalid(_BAD[str(error)] % said, code="bad_table") from error


def _context(run: ImportRun, mapping: list[str] | None = None) -> dict[str, Any]:
    mapping = run.mapping if mapping is None else mapping
    first = run.parts.filter(number=0).first()
    rows = first.rows[:ROWS_SHOWN] if first is not None else []
    is_working = run.phase in imports.WORKING
    return {
        "run": run,
        "phases": Phase,
        "is_working": is_working,
        "is_stuck": is_working and _is_stuck(run),
        "done_rows": min(run.rows, run.parts_done * imports.ROWS_IN_PART),
        "columns": list(_columns(run, rows, mapping)) if run.phase in imports.WAITING else [],
        "targets": [("", _("leave it out")), *TARGETS.items()],
        "counts": [(label, run.counts[name]) for name, label in _OUTCOMES.items() if run.counts.get(name)],
        "has_errors": bool(run.counts.get(Outcome.WRONG)),
        "can_undo": run.phase == Phase.DONE and first is not None,
        "preview": list(_preview(rows, first, run)) if run.phase == Phase.CHECKED and first else [],
        "kept_days": imports.KEPT_DAYS,
        "now": current_time(),
    }


def _is_stuck(run: ImportRun) -> bool:
    timers = Timer.objects.filter(kind=imports.TIMER, key=str(run.pk))
    return timers.filter(state=Timer.State.DEAD).exists()


def _columns(run: ImportRun, rows: list[Any], mapping: list[str]) -> Iterator[dict[str, Any]]:
    for place, head in enumerate(run.columns):
        examples = [cells[place] for _line, cells in rows if cells[place]][:EXAMPLES]
        yield {"name": f"column-{place}", "head": head, "target": mapping[place], "examples": examples}


def _preview(rows: list[Any], part: ImportPart, run: ImportRun) -> Iterator[dict[str, Any]]:
    """Yield the first rows as they are understood, with what becomes of each."""
    country = home_country()
    for (line, cells), result in zip(rows, part.outcomes, strict=False):
        try:
            person = read_person(cells, run.mapping, country=country)
        except WrongRow:
            person = None
        outcome = result["outcome"]
        yield {"line": line, "person": person, "outcome": outcome, "words": result.get("words", "")}


def _error_lines(workspace: Workspace, run: ImportRun, *, language: str) -> Iterator[str]:
    """Write one part after the other, each in a scope of its own: the request's transaction is over by now."""
    with override(language):
        yield "\ufeff" + _line([_("Line"), _("What is wrong"), *run.columns])
    for number in range(run.parts_total):
        with scope(workspace):
            part = ImportPart.objects.filter(run_id=run.pk, number=number).first()
        if part is not None:
            yield "".join(
                _line([str(line), result.get("words", ""), *cells])
                for (line, cells), result in zip(part.rows, part.outcomes, strict=False)
                if result["outcome"] == Outcome.WRONG
            )


def _line(cells: list[str]) -> str:
    line = StringIO()
    csv.writer(line).writerow([safe_cell(cell) for cell in cells])
    return line.getvalue()

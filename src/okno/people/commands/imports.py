"""A table of people on its way in, and back out: what a person decides about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from okno.lib.errors import Conflict, Invalid, NotFound
from okno.lib.tables import Table
from okno.people.commands.checking import require_rights
from okno.people.events import ImportStarted, ImportUndone
from okno.people.importing import NEEDED, TARGETS, guess_mapping
from okno.people.models import ImportPart, ImportRun
from okno.spine.actor import Actor
from okno.spine.nightly import nightly
from okno.spine.timers import clear_timer, set_timer
from okno.spine.unit import command, emit

ROWS_IN_PART = 100
"""So many rows are written in one transaction."""
KEPT_DAYS = 30
"""So long an import can be undone; then its rows are forgotten."""
TIMER = "people.import"
Phase = ImportRun.Phase
WAITING = (Phase.MAPPING, Phase.CHECKED)
WORKING = (Phase.CHECKING, Phase.RUNNING, Phase.UNDOING)


@command
def bring_table(*, actor: Actor, filename: str, table: Table, now: datetime) -> ImportRun:
    """Keep a table that somebody brought, with a guess of what its columns are. Raises Denied."""
    require_rights(actor)
    parts = [table.rows[place : place + ROWS_IN_PART] for place in range(0, len(table.rows), ROWS_IN_PART)]
    run: ImportRun = ImportRun.objects.create(
        filename=filename[-200:],
        columns=[column[:200] for column in table.columns],
        mapping=guess_mapping(table.columns),
        rows=len(table.rows),
        parts_total=len(parts),
        actor_name=actor.name,
        member_id=actor.member_id,
        created_at=now,
    )
    ImportPart.objects.bulk_create(
        [
            ImportPart(run=run, number=number, first_line=rows[0][0], rows=[list(row) for row in rows])
            for number, rows in enumerate(parts)
        ],
        batch_size=50,
    )
    return run


@command
def map_columns(*, actor: Actor, run_id: int, mapping: Sequence[str], now: datetime) -> ImportRun:
    """Say what each column is; the worker then looks what the rows would do. Raises Denied, Invalid, Conflict."""
    run = _locked(actor, run_id, *WAITING)
    if len(mapping) != len(run.columns) or any(target and target not in TARGETS for target in mapping):
        raise Invalid(_("Say of each column what it is."), code="bad_mapping")
    single = [target for target in mapping if target and target not in ("email", "phone", "notes")]
    double = next((target for target in single if single.count(target) > 1), None)
    if double is not None:
        words = _("Two columns cannot both be “%(target)s”.") % {"target": TARGETS[double]}
        raise Invalid(words, code="bad_mapping")
    if not NEEDED & set(mapping):
        words = _("One column at least must hold names, mail addresses or phone numbers.")
        raise Invalid(words, code="bad_mapping")
    run.mapping = list(mapping)
    _begin(run, Phase.CHECKING, now=now)
    return run


@command
def run_import(*, actor: Actor, run_id: int, now: datetime) -> ImportRun:
    """Let the worker write what was looked at before. Raises Denied, Conflict."""
    run = _locked(actor, run_id, Phase.CHECKED)
    run.member_id, run.actor_name = actor.member_id, actor.name
    _begin(run, Phase.RUNNING, now=now)
    started = ImportStarted(filename=run.filename, rows=run.rows)
    emit(actor, started, kind="import", subject=run, now=now)
    return run


@command
def undo_import(*, actor: Actor, run_id: int, now: datetime) -> ImportRun:
    """Let the worker take back what an import did, as far as nobody touched it since. Raises Denied, Conflict."""
    run = _locked(actor, run_id, Phase.DONE)
    if not run.parts.exists():
        raise Conflict(_("The rows of this import are forgotten by now."), code="too_late")
    run.member_id, run.actor_name = actor.member_id, actor.name
    _begin(run, Phase.UNDOING, now=now)
    emit(actor, ImportUndone(filename=run.filename), kind="import", subject=run, now=now)
    return run


@command
def drop_table(*, actor: Actor, run_id: int, now: datetime) -> None:
    """Forget a table that was brought and not let in. Raises Denied, Conflict."""
    run = _locked(actor, run_id, *WAITING, Phase.CHECKING)
    clear_timer(kind=TIMER, key=str(run.pk))
    run.delete()


@command
def resume_import(*, actor: Actor, run_id: int, now: datetime) -> None:
    """Let the worker go on in the actor's name after it gave up. Raises Denied, Conflict."""
    run = _locked(actor, run_id, *WORKING)
    run.member_id, run.actor_name = actor.member_id, actor.name
    run.save(update_fields=["member_id", "actor_name"])
    call_again(run, now=now)


def call_again(run: ImportRun, *, now: datetime) -> None:
    """Let the worker take the next part."""
    set_timer(kind=TIMER, key=str(run.pk), due_at=now, payload={"run": run.pk})


@nightly("people.forget_imports")
def forget_imports(now: datetime) -> None:
    """Forget the rows of old imports: they are personal, and nobody undoes them any more."""
    old = ImportRun.objects.filter(created_at__lt=now - timedelta(days=KEPT_DAYS)).exclude(phase__in=WORKING)
    ImportPart.objects.filter(run__in=old).delete()
    old.filter(phase__in=WAITING).delete()


def _locked(actor: Actor, run_id: int, *phases: str) -> ImportRun:
    require_rights(actor)
    run: ImportRun | None = ImportRun.objects.select_for_update(no_key=True).filter(pk=run_id).first()
    if run is None:
        raise NotFound(_("There is no such import."))
    if run.phase not in phases:
        raise Conflict(_("This import is past that by now. Reload the page."), code="wrong_phase")
    return run


def _begin(run: ImportRun, phase: str, *, now: datetime) -> None:
    run.phase, run.parts_done, run.counts = phase, 0, {}
    run.save(update_fields=["phase", "parts_done", "counts", "mapping", "member_id", "actor_name"])
    call_again(run, now=now)

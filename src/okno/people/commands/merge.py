"""Making one of two contacts or organizations, and two of one again.

The command itself moves the addresses and as much as one transaction may; the worker does the rest in batches.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from okno.lib.errors import Conflict, Invalid, NotFound
from okno.people.commands.checking import NOTES_LENGTH, require_rights
from okno.people.events import ContactMerged, ContactParted, OrganizationMerged, OrganizationParted
from okno.people.merging import MODELS, Person, move_some, partings, return_some
from okno.people.models import Contact, ContactAddress, MergeBatch, MergeRecord
from okno.spine.actor import Actor
from okno.spine.timers import set_timer
from okno.spine.unit import command, emit
from okno.tenancy.scope import current_workspace_id

AT_ONCE = 1000
"""So many rows go over in one transaction."""
UNDO_DAYS = 30
TIMER = "people.merge"
# Mail that found the absorbed contact before the merge may commit so much later: no transaction lives longer.
STRAGGLERS_AFTER = timedelta(seconds=60)
_TAKEN_IF_EMPTY = ("organization_id", "title", "language")
State = MergeRecord.State


@command
def merge_people(*, actor: Actor, survivor: Person, absorbed: Person, now: datetime) -> MergeRecord:
    """Let one contact or organization go up in another of its kind.

    Raises Denied, Invalid for one and the same, Conflict if one of them went up in another already.
    """
    require_rights(actor)
    if type(survivor) is not type(absorbed) or survivor.pk == absorbed.pk:
        raise Invalid(_("Choose two different ones."), code="same")
    _one_at_a_time()
    survivor, absorbed = _locked(type(survivor), survivor.pk, absorbed.pk)
    if survivor.merged_into_id is not None or absorbed.merged_into_id is not None:
        raise Conflict(_("One of them was merged with another already."), code="merged_already")
    kind = MergeRecord.Kind.CONTACT if isinstance(survivor, Contact) else MergeRecord.Kind.ORGANIZATION
    record: MergeRecord = MergeRecord.objects.create(
        kind=kind,
        survivor_id=survivor.pk,
        absorbed_id=absorbed.pk,
        survivor_name=survivor.name,
        absorbed_name=absorbed.name,
        filled={"values": _fill(survivor, absorbed), "primaries": _primaries_given_up(survivor, absorbed)},
        actor_name=actor.name,
        created_at=now,
    )
    type(absorbed).objects.filter(pk=absorbed.pk).update(merged_into=survivor)
    _go_on_moving(record, now=now)
    merged = ContactMerged if kind == MergeRecord.Kind.CONTACT else OrganizationMerged
    for subject in (survivor, absorbed):
        event = merged(survivor=survivor.pk, absorbed=absorbed.pk, merge=record.pk)
        emit(actor, event, kind=record.kind, subject=subject, now=now)
    return record


@command
def part_people(*, actor: Actor, merge_id: int, now: datetime) -> MergeRecord:
    """Undo a merge: everything that still belongs to the survivor goes back to where it was.

    Raises Denied, NotFound, Conflict if it is too late, done, or the survivor went up in another since.
    """
    require_rights(actor)
    _one_at_a_time()
    record: MergeRecord | None = (
        MergeRecord.objects.select_for_update(no_key=True).filter(pk=merge_id).first()
    )
    if record is None:
        raise NotFound(_("There is no such merge."))
    if record.state in (State.PARTING, State.PARTED):
        raise Conflict(_("This merge was undone already."), code="parted_already")
    if now - record.created_at > timedelta(days=UNDO_DAYS):
        words = _("A merge can be undone within %(days)d days.") % {"days": UNDO_DAYS}
        raise Conflict(words, code="too_late")
    survivor, absorbed = _locked(MODELS[record.kind], record.survivor_id, record.absorbed_id)
    if survivor.merged_into_id is not None:
        raise Conflict(_("It went up in another one since; undo that first."), code="merged_since")
    type(absorbed).objects.filter(pk=absorbed.pk).update(merged_into=None)
    _empty(survivor, record.filled.get("values", {}))
    record.state, record.parted_at = State.PARTING, now
    record.save(update_fields=["state", "parted_at"])
    _go_on_parting(record, now=now)
    parted = ContactParted if isinstance(survivor, Contact) else OrganizationParted
    for subject in (survivor, absorbed):
        event = parted(survivor=survivor.pk, absorbed=absorbed.pk, merge=record.pk)
        emit(actor, event, kind=record.kind, subject=subject, now=now)
    return record


@command
def go_on_merging(*, merge_id: int, now: datetime) -> None:
    """Move or give back the next rows of a merge; called by the worker until nothing is left."""
    _one_at_a_time()
    found = MergeRecord.objects.select_for_update(no_key=True).filter(pk=merge_id).first()
    if found is None:
        return
    if found.state in (State.MOVING, State.DONE):
        _go_on_moving(found, now=now)
    elif found.state == State.PARTING:
        _go_on_parting(found, now=now)


def undoable_merges(person: Person, *, now: datetime) -> QuerySet[MergeRecord]:
    """Return the merges into a contact or organization that may still be undone, the newest first."""
    kind = MergeRecord.Kind.CONTACT if isinstance(person, Contact) else MergeRecord.Kind.ORGANIZATION
    since = now - timedelta(days=UNDO_DAYS)
    records: QuerySet[MergeRecord] = MergeRecord.objects.filter(
        kind=kind, survivor_id=person.pk, state__in=[State.MOVING, State.DONE], created_at__gte=since
    )
    return records.order_by("-id")


def _one_at_a_time() -> None:
    """Let the merges of a workspace wait for each other: one of a chain touches the rows of the others."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"{current_workspace_id()} people.merge"],
        )


def _locked(model: type[Any], *ids: int) -> list[Any]:
    """Lock rows, so that nobody changes or deletes them meanwhile, and return them as asked. Raises NotFound."""
    rows = model.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    found = {row.pk: row for row in rows}
    if len(found) < len(ids):
        raise NotFound(_("One of them is not there any more."))
    return [found[pk] for pk in ids]


def _fill(survivor: Person, absorbed: Person) -> dict[str, list[Any]]:
    """Give the survivor what it lacks; return the old and new value of each column that changed."""
    wanted: dict[str, Any] = {}
    if isinstance(survivor, Contact):
        for name in _TAKEN_IF_EMPTY:
            if not getattr(survivor, name) and getattr(absorbed, name):
                wanted[name] = getattr(absorbed, name)
    if absorbed.notes and absorbed.notes != survivor.notes:
        wanted["notes"] = "\n\n".join(filter(None, [survivor.notes, absorbed.notes]))[:NOTES_LENGTH]
    if absorbed.is_vip and not survivor.is_vip:
        wanted["is_vip"] = True
    changed = {name: [getattr(survivor, name), value] for name, value in wanted.items()}
    if changed:
        type(survivor).objects.filter(pk=survivor.pk).update(**wanted)
    return changed


def _empty(survivor: Person, filled: dict[str, list[Any]]) -> None:
    """Take from the survivor what it got, except where somebody wrote something else since."""
    old = {name: was for name, (was, became) in filled.items() if getattr(survivor, name) == became}
    if old:
        type(survivor).objects.filter(pk=survivor.pk).update(**old)


def _primaries_given_up(survivor: Person, absorbed: Person) -> list[int]:
    """Let the survivor's main addresses stay the only main ones; return the others that were."""
    if not isinstance(survivor, Contact):
        return []
    kinds = ContactAddress.objects.filter(contact=survivor, is_primary=True).values_list("kind", flat=True)
    rows = ContactAddress.objects.filter(contact_id=absorbed.pk, is_primary=True, kind__in=list(kinds))
    ids = list(rows.values_list("pk", flat=True))
    ContactAddress.objects.filter(pk__in=ids).update(is_primary=False)
    return ids


def _go_on_moving(record: MergeRecord, *, now: datetime) -> None:
    count = move_some(record, limit=AT_ONCE)
    was_done = record.state == State.DONE
    if count < AT_ONCE:
        record.state = State.DONE
    record.save(update_fields=["moved", "state"])
    if count >= AT_ONCE:
        _call_again(record, at=now)
    elif not was_done:
        _call_again(record, at=now + STRAGGLERS_AFTER)


def _go_on_parting(record: MergeRecord, *, now: datetime) -> None:
    left = AT_ONCE
    for batch in MergeBatch.objects.filter(merge=record).order_by("id")[:AT_ONCE]:
        if left <= 0:
            _call_again(record, at=now)
            return
        return_some(record, batch)
        left -= len(batch.ids) + len(batch.removed)
    if record.kind == MergeRecord.Kind.CONTACT:
        _restore_primaries(record)
        restored = Contact.objects.get(pk=record.absorbed_id)
        for give_back in partings():
            left -= give_back(
                survivor_id=record.survivor_id, restored=restored, since=record.created_at, limit=AT_ONCE
            )
    if left <= 0:
        _call_again(record, at=now)
        return
    record.state = State.PARTED
    record.save(update_fields=["state"])


def _restore_primaries(record: MergeRecord) -> None:
    rows = ContactAddress.objects.filter(contact_id=record.absorbed_id)
    rows.filter(pk__in=record.filled.get("primaries", [])).update(is_primary=True)


def _call_again(record: MergeRecord, *, at: datetime) -> None:
    set_timer(kind=TIMER, key=str(record.pk), due_at=at, payload={"merge": record.pk})

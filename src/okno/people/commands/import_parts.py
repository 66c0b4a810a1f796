"""What the worker does with an import: a part of its rows in each transaction, so a killed worker doubles nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.db.models import ProtectedError
from django.utils.translation import gettext as _
from django.utils.translation import override

from okno.lib.errors import Conflict, Denied, DomainError
from okno.people.commands.contacts import save_contact
from okno.people.commands.imports import Phase, call_again
from okno.people.commands.organizations import save_organization
from okno.people.events import AddressAdded, AddressRemoved, ContactChanged, ContactRemoved
from okno.people.importing import Known, Outcome, Person, Plan, WrongRow, plan_row, read_person
from okno.people.merging import relations_to
from okno.people.models import Contact, ContactAddress, ImportPart, ImportRun, Organization
from okno.people.phones import home_country
from okno.people.queries import contact_with_addresses
from okno.spine.actor import Actor
from okno.spine.unit import emit, unit_of_work
from okno.team.models import Member
from okno.team.queries import actor_for
from okno.tenancy.models import Workspace
from okno.tenancy.scope import current_workspace_id

Row = tuple[int, list[str]]
Result = dict[str, Any]
_NEXT = {Phase.CHECKING: Phase.CHECKED, Phase.RUNNING: Phase.DONE, Phase.UNDOING: Phase.UNDONE}


def go_on_importing(*, run_id: int, now: datetime) -> None:
    """Check, write or take back the next part of an import, and count what came of it."""
    run = ImportRun.objects.select_for_update(no_key=True).filter(pk=run_id, phase__in=list(_NEXT)).first()
    if run is None:
        return
    part = _next_part(run)
    if part is not None:
        with override(_language(run)):
            counted = Counter(run.counts) + Counter(_work_on(run, part, now=now))
        run.counts = dict(counted)
        run.parts_done += 1
    if part is None or run.parts_done >= run.parts_total:
        run.phase = _NEXT[Phase(run.phase)]
        run.finished_at = now
    else:
        call_again(run, now=now)
    run.save(update_fields=["counts", "parts_done", "phase", "finished_at"])


def _next_part(run: ImportRun) -> ImportPart | None:
    number = run.parts_done if run.phase != Phase.UNDOING else run.parts_total - 1 - run.parts_done
    part: ImportPart | None = ImportPart.objects.filter(run=run, number=number).first()
    return part


def _work_on(run: ImportRun, part: ImportPart, *, now: datetime) -> Iterable[str]:
    """Return the outcome of each row of a part."""
    if run.phase == Phase.UNDOING:
        return _undo(_actor(run), part.outcomes, now=now)
    people = [_read(cells, run.mapping) for _line, cells in part.rows]
    known = Known(person for person in people if isinstance(person, Person))
    if run.phase == Phase.CHECKING:
        results = [_checked(person, known) for person in people]
    else:
        actor = _actor(run)
        results = [_written(actor, person, known, now=now) for person in people]
    part.outcomes = results
    part.save(update_fields=["outcomes"])
    return [result["outcome"] for result in results]


def _language(run: ImportRun) -> str:
    """Return the language in which the errors of an import are told: that of whoever started it."""
    own = Member.objects.filter(pk=run.member_id or 0).values_list("language", flat=True).first()
    return own or Workspace.objects.values_list("language", flat=True).get(pk=current_workspace_id())


def _actor(run: ImportRun) -> Actor:
    """Return the member who started it, with the rights that he has now."""
    member = Member.objects.filter(pk=run.member_id or 0, is_active=True).first()
    if member is None:
        raise Denied(_("You may not change contacts."))
    return actor_for(member)


def _read(cells: list[str], mapping: Sequence[str]) -> Person | str:
    """Return who a row is about, or in words why it cannot be read."""
    try:
        return read_person(cells, mapping, country=home_country())
    except WrongRow as error:
        return str(error)


def _checked(person: Person | str, known: Known) -> Result:
    if isinstance(person, str):
        return {"outcome": Outcome.WRONG.value, "words": person}
    plan = plan_row(person, known)
    return {"outcome": plan.outcome.value, **({"words": plan.words} if plan.words else {})}


def _written(actor: Actor, person: Person | str, known: Known, *, now: datetime) -> Result:
    if isinstance(person, str):
        return {"outcome": Outcome.WRONG.value, "words": person}
    plan = plan_row(person, known)
    if plan.outcome in (Outcome.WRONG, Outcome.UNCHANGED):
        return {"outcome": plan.outcome.value, "words": plan.words}
    try:
        with unit_of_work():
            return _write(actor, plan, known, now=now)
    except DomainError as error:
        return {"outcome": Outcome.WRONG.value, "words": str(error.message)}
    except IntegrityError:
        words = _("Somebody else wrote the same at this moment; import the row again.")
        return {"outcome": Outcome.WRONG.value, "words": words}


def _write(actor: Actor, plan: Plan, known: Known, *, now: datetime) -> Result:
    values = dict(plan.values)
    organization, is_made = _organization(actor, values.pop("organization", ""), known, now=now)
    if plan.contact is None:
        contact = _make(actor, plan, values, organization, now=now)
        result: Result = {"addresses": list(contact.addresses.values_list("pk", flat=True))}
    else:
        contact = plan.contact
        if organization is not None:
            values["organization_id"] = organization.pk
        result = _change(actor, contact, values, plan.addresses, now=now)
    if is_made and organization is not None:
        known.add_organization(organization)
        result["organization"] = organization.pk
    fresh = contact_with_addresses(contact.pk)
    if fresh is not None:
        known.add(fresh)
    return {"outcome": plan.outcome.value, "contact": contact.pk, "at": now.isoformat(), **result}


def _organization(
    actor: Actor, name: str, known: Known, *, now: datetime
) -> tuple[Organization | None, bool]:
    """Return the organization of a name and whether it was made for it."""
    if not name:
        return None, False
    found = known.organization(name)
    if found is not None:
        return found, False
    made = save_organization(actor=actor, organization=None, name=name, source="import", now=now)
    return made, True


def _make(
    actor: Actor, plan: Plan, values: dict[str, Any], organization: Organization | None, *, now: datetime
) -> Contact:
    kinds = ContactAddress.Kind
    return save_contact(
        actor=actor,
        contact=None,
        addresses=[value for kind, value in plan.addresses if kind == kinds.EMAIL],
        phones=[value for kind, value in plan.addresses if kind == kinds.PHONE],
        organization=organization,
        source="import",
        now=now,
        **values,
    )


def _change(
    actor: Actor,
    contact: Contact,
    values: Mapping[str, Any],
    addresses: Sequence[tuple[str, str]],
    *,
    now: datetime,
) -> Result:
    """Give a contact other values and more addresses; return what it takes to undo that."""
    before, was_touched = {key: getattr(contact, key) for key in values}, contact.updated_at
    if values:
        for key, value in values.items():
            setattr(contact, key, value)
        contact.updated_at = now
        contact.save(update_fields=[*values, "updated_at"])
        fields = [key.removesuffix("_id") for key in values]
        emit(actor, ContactChanged(fields=fields), kind="contact", subject=contact, now=now)
    added = [_add_address(actor, contact, kind, value, now=now) for kind, value in addresses]
    return {
        "before": before,
        "after": dict(values),
        "addresses": added,
        "touched": was_touched.isoformat(),
    }


def _add_address(actor: Actor, contact: Contact, kind: str, value: str, *, now: datetime) -> int:
    has_main = ContactAddress.objects.filter(contact=contact, kind=kind, is_primary=True).exists()
    row, is_new = ContactAddress.objects.get_or_create(
        kind=kind, value=value, defaults={"contact": contact, "is_primary": not has_main}
    )
    if row.contact_id != contact.pk:
        raise Conflict(_("%(address)s belongs to somebody else.") % {"address": value}, code="address_taken")
    if is_new:
        emit(actor, AddressAdded(address=row.pk), kind="contact", subject=contact, now=now)
    return int(row.pk)


def _undo(actor: Actor, results: Sequence[Result], *, now: datetime) -> list[str]:
    """Take a part back, the last row first; return what became of each: removed, restored, kept or nothing."""
    changed = [result for result in reversed(results) if result["outcome"] == Outcome.CHANGED]
    made = [result for result in results if result["outcome"] == Outcome.NEW]
    outcomes = [_restore(actor, result, now=now) for result in changed]
    removed = _remove(actor, made, now=now)
    outcomes += ["removed"] * removed + ["kept"] * (len(made) - removed)
    _remove_organizations(result["organization"] for result in results if "organization" in result)
    return outcomes


def _restore(actor: Actor, result: Result, *, now: datetime) -> str:
    """Give a contact its old values where nobody wrote others since, and take the addresses that nobody proved."""
    contact = (
        Contact.objects.select_for_update(no_key=True).filter(pk=result["contact"], merged_into=None).first()
    )
    if contact is None:
        return "kept"
    old = {key: was for key, was in result["before"].items() if getattr(contact, key) == result["after"][key]}
    if old.get("organization_id") and not Organization.objects.filter(pk=old["organization_id"]).exists():
        old["organization_id"] = None
    added = ContactAddress.objects.filter(contact=contact, pk__in=result["addresses"], verified_at=None)
    with unit_of_work():
        if old:
            for key, value in old.items():
                setattr(contact, key, value)
            # As if the import had not been: what an earlier row made is removed if nobody touched it.
            is_untouched = contact.updated_at == datetime.fromisoformat(result["at"])
            contact.updated_at = datetime.fromisoformat(result["touched"]) if is_untouched else now
            contact.save(update_fields=[*old, "updated_at"])
            fields = [key.removesuffix("_id") for key in old]
            emit(actor, ContactChanged(fields=fields), kind="contact", subject=contact, now=now)
        for row in added:
            removed = AddressRemoved(address=row.pk, kind=row.kind)
            emit(actor, removed, kind="contact", subject=contact, now=now)
        added.delete()
    return "restored" if len(old) == len(result["before"]) else "kept"


def _remove(actor: Actor, made: Sequence[Result], *, now: datetime) -> int:
    """Delete the contacts that an import made and that nothing happened to since; return how many."""
    found = Contact.objects.in_bulk([result["contact"] for result in made])
    ids = {
        result["contact"]
        for result in made
        if (contact := found.get(result["contact"])) is not None
        and contact.merged_into_id is None
        and contact.updated_at == datetime.fromisoformat(result["at"])
    }
    kept: dict[int, set[int]] = {}
    for row in ContactAddress.objects.filter(contact_id__in=ids):
        # A proven address is one that somebody uses.
        kept.setdefault(row.contact_id, set()).add(0 if row.verified_at else row.pk)
    for result in made:
        if kept.get(result["contact"], set()) != set(result["addresses"]):
            ids.discard(result["contact"])
    for relation in relations_to(Contact):
        if relation.model is not ContactAddress:
            used = relation.model.objects.filter(**{f"{relation.field}_id__in": ids})
            ids -= set(used.values_list(f"{relation.field}_id", flat=True))
    try:
        with unit_of_work():
            for pk in ids:
                gone = ContactRemoved(source="import")
                emit(actor, gone, kind="contact", subject=found[pk], now=now)
            Contact.objects.filter(pk__in=ids).delete()
    except ProtectedError:
        return 0
    return len(ids)


def _remove_organizations(ids: Iterable[int]) -> None:
    """Delete the organizations that an import made and that nothing belongs to."""
    for organization in Organization.objects.filter(
        pk__in=list(ids), notes="", is_vip=False, merged_into=None
    ):
        if not any(relation.rows_of(organization.pk).exists() for relation in relations_to(Organization)):
            organization.delete()

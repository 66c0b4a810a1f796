"""How rows that point to one contact or organization go over to another, and back.

What goes over is found from the models: every tenant key to the person that has an index beginning with it,
whichever app it is in. What has none (who wrote a message) says who it was then, and stays, as the absorbed row does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Protocol
from uuid import UUID

from django.apps import apps
from django.db.models import Model, UniqueConstraint

from okno.people.models import Contact, MergeBatch, MergeRecord, Organization
from okno.tenancy.fields import TenantForeignKey

Person = Contact | Organization
MODELS: dict[str, type[Contact | Organization]] = {
    MergeRecord.Kind.CONTACT.value: Contact,
    MergeRecord.Kind.ORGANIZATION.value: Organization,
}


class Parting(Protocol):
    """Gives the restored one what came for him after the merge; returns how many rows, at most `limit`."""

    def __call__(self, *, survivor_id: int, restored: Contact, since: datetime, limit: int) -> int: ...


_partings: list[Parting] = []


def follows_parting(give_back: Parting) -> Parting:
    """Call a function when contacts are parted, again as long as it has something to give."""
    _partings.append(give_back)
    return give_back


def partings() -> Sequence[Parting]:
    """Return what is called when contacts are parted."""
    return tuple(_partings)


@dataclass(frozen=True, slots=True)
class Relation:
    """A column of some table that points to contacts or organizations."""

    model: type[Any]
    field: str

    @property
    def name(self) -> str:
        """Return `app.Model.field`."""
        return f"{self.model._meta.label}.{self.field}"

    def rows_of(self, person_id: int) -> Any:
        """Return the rows that point to somebody."""
        return self.model.objects.filter(**{f"{self.field}_id": person_id})


@cache
def relations_to(model: type[Model]) -> tuple[Relation, ...]:
    """Return the relations that go over when two rows of a model are merged; the addresses or domains come first."""
    found = [
        Relation(related.related_model, related.field.name)
        for related in model._meta.related_objects
        if isinstance(related.field, TenantForeignKey)
        and _is_indexed(related.related_model, related.field.name)
    ]
    return tuple(sorted(found, key=lambda one: (one.model._meta.app_label != "people", one.name)))


def relation_called(name: str) -> Relation | None:
    """Return a relation by the name that a batch keeps; None if its table is gone in this version."""
    label, _dot, field = name.rpartition(".")
    try:
        return Relation(apps.get_model(label), field)
    except LookupError:
        return None


def counts_of(person: Person, *, limit: int) -> dict[str, int]:
    """Return how many rows would go over, by relation, each counted up to `limit`."""
    counted = {
        relation.name: relation.rows_of(person.pk)[:limit].count() for relation in relations_to(type(person))
    }
    return {name: count for name, count in counted.items() if count}


def move_some(record: MergeRecord, *, limit: int) -> int:
    """Move up to `limit` rows from the absorbed one to the survivor and keep which; returns how many."""
    left = limit
    for relation in relations_to(MODELS[record.kind]):
        if left <= 0:
            break
        left -= _move(record, relation, limit=left)
    return limit - left


def return_some(record: MergeRecord, batch: MergeBatch) -> None:
    """Give the rows of a batch back, as far as they still point to the survivor, and forget the batch."""
    relation = relation_called(batch.relation)
    if relation is not None:
        rows = relation.rows_of(record.survivor_id).filter(pk__in=batch.ids)
        rows.update(**{f"{relation.field}_id": record.absorbed_id})
        _insert_again(relation, batch.removed)
    batch.delete()


def _move(record: MergeRecord, relation: Relation, *, limit: int) -> int:
    rows = relation.rows_of(record.absorbed_id).select_for_update(no_key=True).order_by("-pk")[:limit]
    found = list(rows)
    if not found:
        return 0
    double = set(_already_there(record, relation, found))
    removed = [_plain(row) for row in found if row.pk in double]
    moved = [row.pk for row in found if row.pk not in double]
    relation.model.objects.filter(pk__in=double).delete()
    relation.model.objects.filter(pk__in=moved).update(**{f"{relation.field}_id": record.survivor_id})
    MergeBatch.objects.create(merge=record, relation=relation.name, ids=moved, removed=removed)
    record.moved[relation.name] = record.moved.get(relation.name, 0) + len(found)
    return len(found)


def _already_there(record: MergeRecord, relation: Relation, rows: Sequence[Any]) -> Iterator[int]:
    """Yield the ids of rows that the survivor has in the same way, such as his part in the same ticket."""
    for others in _unique_beside(relation):
        wanted = {f"{others[0]}__in": {getattr(row, others[0]) for row in rows}} if others else {}
        taken = set(relation.rows_of(record.survivor_id).filter(**wanted).values_list(*others))
        yield from (row.pk for row in rows if tuple(getattr(row, name) for name in others) in taken)


def _unique_beside(relation: Relation) -> Iterator[list[str]]:
    """Yield the other columns of each constraint that lets somebody have a thing only once."""
    for constraint in relation.model._meta.constraints:
        if isinstance(constraint, UniqueConstraint) and relation.field in constraint.fields:
            yield [
                relation.model._meta.get_field(name).attname
                for name in constraint.fields
                if name not in ("workspace", relation.field)
            ]


def _insert_again(relation: Relation, removed: Iterable[dict[str, Any]]) -> None:
    rows = [relation.model(**values) for values in removed]
    for field in relation.model._meta.concrete_fields:
        # What they belonged to may be gone by now.
        if isinstance(field, TenantForeignKey):
            ids = {value for row in rows if (value := getattr(row, field.attname)) is not None}
            target: Any = field.related_model
            there = set(target.objects.filter(pk__in=ids).values_list("pk", flat=True))
            rows = [row for row in rows if getattr(row, field.attname) in (None, *there)]
    relation.model.objects.bulk_create(rows, ignore_conflicts=True)


def _plain(row: Any) -> dict[str, Any]:
    """Return a row's columns as JSON; what the database computes stays out."""
    fields = [field for field in row._meta.concrete_fields if not field.generated]
    return {field.attname: _as_json(getattr(row, field.attname)) for field in fields}


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _is_indexed(model: type[Model], field: str) -> bool:
    lists = [index.fields for index in model._meta.indexes]
    lists += [list(one.fields) for one in model._meta.constraints if isinstance(one, UniqueConstraint)]
    return any(list(fields[:2]) == ["workspace", field] for fields in lists)

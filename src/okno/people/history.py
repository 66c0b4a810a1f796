"""What happened to a contact or an organization, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from okno.people.merging import MODELS
from okno.people.models import Contact, Organization
from okno.spine.events import typed
from okno.spine.models import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One event: who did what when."""

    id: int
    who: str
    what: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class History:
    """Some events, the newest first; `earlier` is the place before which there is more."""

    rows: list[Happening]
    earlier: int | None


def history_of(row: Contact | Organization, *, before: int | None = None, size: int) -> History:
    """Return what happened to a contact or organization and to those that went up in it (four queries)."""
    kind = "contact" if isinstance(row, Contact) else "organization"
    absorbed = type(row).objects.filter(merged_into=row.pk).values_list("pk", flat=True)
    # Of a merge both get the event; here it is told once.
    theirs = Q(subject_id__in=list(absorbed)) & ~Q(type__in=[f"{kind}.merged", f"{kind}.parted"])
    events = Event.objects.filter(Q(subject_id=row.pk) | theirs, subject_kind=kind)
    if before is not None:
        events = events.filter(pk__lt=before)
    found = list(events.order_by("-id").defer("snapshot")[: size + 1])
    return History(_in_words(found[:size]), found[size - 1].pk if len(found) > size else None)


def _in_words(rows: Iterable[Event]) -> list[Happening]:
    known = [(row, event) for row in rows if (event := typed(row.type, row.payload)) is not None]
    names = _names({reference for _row, event in known for reference in event.references()})
    return [
        Happening(id=row.pk, who=row.actor_name, what=event.describe(names), created_at=row.created_at)
        for row, event in known
    ]


def _names(references: set[str]) -> dict[str, str]:
    """Return the names of the contacts or organizations that events speak of."""
    wanted: dict[str, set[int]] = {}
    for reference in references:
        kind, _colon, ref = reference.partition(":")
        wanted.setdefault(kind, set()).add(int(ref))
    return {
        f"{kind}:{pk}": name
        for kind, ids in wanted.items()
        if kind in MODELS
        for pk, name in MODELS[kind].objects.filter(pk__in=ids).values_list("pk", "name")
    }

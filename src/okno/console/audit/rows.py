"""Events as the audit shows them: who, what, when, old and new value, and because of what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from okno.console.audit.subjects import kind_label, names_of, subject_url
from okno.spine.events import Change, EventType, typed
from okno.spine.models import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeCell:
    """One value before and after in words; empty for nothing."""

    what: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One event in words."""

    id: int
    type: str
    created_at: datetime
    who: str
    token: str
    """The token that a program came with; empty for a person."""
    because: str
    """The event that made a rule or Okno itself do it; empty for people."""
    kind: str
    subject: str
    url: str
    what: str
    changes: list[ChangeCell]

    @property
    def untold_changes(self) -> list[ChangeCell]:
        """Return the changes whose values the words of the event do not say already."""
        return [
            one for one in self.changes if one.what or one.old not in self.what or one.new not in self.what
        ]


def audit_rows(events: Sequence[Event]) -> list[AuditRow]:
    """Return events in words, in a number of queries that does not depend on how many they are."""
    causes = _causes(events)
    known = {row.uid: typed(row.type, row.payload) for row in (*events, *causes.values())}
    names = names_of(_references(events, known))
    return [_row(row, known, causes, names) for row in events]


def said(value: Any) -> str:
    """Return a value as people read it."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {said(one)}" for key, one in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(said(one) for one in value)
    return str(value)


def _causes(events: Sequence[Event]) -> dict[UUID, Event]:
    """Return the events that led to others, by their uid (at most one query)."""
    wanted = {row.cause for row in events if row.cause is not None}
    if not wanted:
        return {}
    return {row.uid: row for row in Event.objects.filter(uid__in=wanted).defer("snapshot")}


def _references(events: Sequence[Event], known: Mapping[UUID, EventType | None]) -> set[str]:
    found = {reference for event in known.values() if event for reference in event.references()}
    found |= {f"{row.subject_kind}:{row.subject_id}" for row in events}
    return found | {f"token:{row.token_id}" for row in events if row.token_id is not None}


def _row(
    row: Event,
    known: Mapping[UUID, EventType | None],
    causes: Mapping[UUID, Event],
    names: Mapping[str, str],
) -> AuditRow:
    event, cause = known[row.uid], causes.get(row.cause) if row.cause else None
    reference = f"{row.subject_kind}:{row.subject_id}"
    return AuditRow(
        id=row.pk,
        type=row.type,
        created_at=row.created_at,
        who=row.actor_name,
        token=names.get(f"token:{row.token_id}", str(row.token_id)) if row.token_id else "",
        because=f"{cause.actor_name} {_words(cause, known[cause.uid], names)}" if cause else "",
        kind=kind_label(row.subject_kind),
        subject=names.get(reference) or _gone(row),
        url=subject_url(row.subject_kind, row.subject_id, names),
        what=_words(row, event, names),
        changes=_changes(event, names) if event else [],
    )


def _words(row: Event, event: EventType | None, names: Mapping[str, str]) -> str:
    if event is None:
        return row.type
    return event.describe({**names, "actor": f"{row.actor_kind}:{row.actor_id}"})


def _changes(event: EventType, names: Mapping[str, str]) -> list[ChangeCell]:
    return [_cell(change) for change in event.changes(names) if said(change.old) or said(change.new)]


def _cell(change: Change) -> ChangeCell:
    return ChangeCell(what=change.what, old=said(change.old), new=said(change.new))


def _gone(row: Event) -> str:
    """Return how to call what has no name (any more)."""
    number = row.payload.get("number") if row.subject_kind == "ticket" else None
    return f"№ {number}" if number else ""

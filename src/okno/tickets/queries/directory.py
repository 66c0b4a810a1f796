"""The names of all that a ticket can point to and that is kept in short tables, by one query."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Case, Exists, F, JSONField, OuterRef, QuerySet, TextField, Value, When
from django.db.models.functions import Cast

from okno.team.models import Desk, Member, RoleGrant, Team
from okno.team.policy import PERMISSIONS, TICKETS_WRITE
from okno.tickets.models import CustomField, RequestType, Status, Topic
from okno.tickets.models.config import localised

# Roles that may be given tickets.
_WORKING_ROLES = [role for role, permissions in PERMISSIONS.items() if TICKETS_WRITE in permissions]
_COLUMNS = ("kind_of_row", "id", "label", "label_by_language", "detail", "more", "on", "rank")
_NOTHING = Value({}, output_field=JSONField())


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """One thing with a name.

    `detail` is a status's category, a type's kind, a topic's path, a team's desk, a field's kind, and `works` for
    members who may be given tickets.
    """

    id: int
    name: str
    detail: str = ""
    choices: Sequence[str] = ()
    key: str = ""
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Names:
    """The things of one kind, in their order."""

    all: Sequence[Named]

    @property
    def active(self) -> list[Named]:
        """Return those that may still be chosen."""
        return [one for one in self.all if one.is_active]

    def get(self, ref: int | None) -> Named | None:
        """Return the one with this id."""
        return next((one for one in self.all if one.id == ref), None)

    def name(self, ref: int | None) -> str:
        """Return the name of the one with this id, empty if there is none."""
        found = self.get(ref)
        return found.name if found else ""


@dataclass(frozen=True)
class Directory:
    """What can be chosen on a ticket of this workspace, retired things included."""

    statuses: Names
    types: Names
    topics: Names
    desks: Names
    teams: Names
    members: Names
    fields: Names

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """Return the names by `kind:id`, as events refer to them."""
        kinds = {
            "status": self.statuses,
            "type": self.types,
            "topic": self.topics,
            "team": self.teams,
            "member": self.members,
        }
        return {f"{kind}:{one.id}": one.name for kind, names in kinds.items() for one in names.all}

    def topic_words(self, topic: Named) -> str:
        """Return a topic with those above it: `1C › Start`."""
        above = (self.topics.name(int(ref)) for ref in topic.detail.strip("/").split("/") if ref)
        return " › ".join(name for name in above if name) or topic.name


def read_directory() -> Directory:
    """Read the directory of the workspace of the scope (one query)."""
    parts = [
        _part(
            "status",
            Status.objects.all(),
            names=F("names"),
            detail=F("category"),
            on=F("is_active"),
            rank=F("position"),
        ),
        _part(
            "type",
            RequestType.objects.all(),
            names=F("names"),
            detail=F("kind"),
            on=F("is_active"),
            rank=F("position"),
        ),
        _part(
            "topic",
            Topic.objects.all(),
            names=F("names"),
            detail=F("path"),
            on=F("is_active"),
            rank=F("position"),
        ),
        _part("desk", Desk.objects.all(), label=F("name"), on=F("is_active"), rank=F("position")),
        _part(
            "team",
            Team.objects.all(),
            label=F("name"),
            detail=Cast("desk_id", TextField()),
            on=F("is_active"),
            rank=F("position"),
        ),
        _part("member", Member.objects.all(), label=F("name"), detail=_works(), on=F("is_active")),
        _part(
            "field",
            CustomField.objects.all(),
            label=F("key"),
            names=F("names"),
            detail=Cast("kind", TextField()),
            more=F("choices"),
            on=F("is_active"),
            rank=F("position"),
        ),
    ]
    found: dict[str, list[tuple[Any, Named]]] = {}
    for kind, ref, label, names, detail, more, is_active, rank in parts[0].union(*parts[1:], all=True):
        name = localised(names) or label
        one = Named(id=ref, name=name, detail=detail, choices=more or (), key=label, is_active=is_active)
        found.setdefault(kind, []).append(((rank, name.lower(), ref), one))
    return Directory(
        statuses=_sorted(found.get("status", ())),
        types=_sorted(found.get("type", ())),
        topics=_sorted(found.get("topic", ())),
        desks=_sorted(found.get("desk", ())),
        teams=_sorted(found.get("team", ())),
        members=_sorted(found.get("member", ())),
        fields=_sorted(found.get("field", ())),
    )


def _sorted(rows: Iterable[tuple[Any, Named]]) -> Names:
    return Names([one for _place, one in sorted(rows, key=lambda row: row[0])])


def _part(
    kind: str,
    rows: QuerySet[Any],
    *,
    label: Any = None,
    names: Any = None,
    detail: Any = None,
    more: Any = None,
    on: Any = None,
    rank: Any = None,
) -> Any:
    """Return rows of one table in the shape that all parts of the union have."""
    return (
        rows.order_by()
        .annotate(
            kind_of_row=Value(kind, output_field=TextField()),
            label=label or Value("", output_field=TextField()),
            label_by_language=names or _NOTHING,
            detail=detail or Value("", output_field=TextField()),
            more=more or _NOTHING,
            on=on or Value(True),
            rank=rank or Value(0),
        )
        .values_list(*_COLUMNS)
    )


def _works() -> Case:
    grants = RoleGrant.objects.filter(member=OuterRef("pk"), role__in=_WORKING_ROLES)
    return Case(When(Exists(grants), then=Value("works")), default=Value(""), output_field=TextField())

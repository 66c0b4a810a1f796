"""Request types: what may be asked for, by whom it is taken, and what requesters are asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from okno.lib.errors import Conflict, Invalid
from okno.spine.actor import Actor
from okno.spine.taken import unless_taken
from okno.spine.unit import command
from okno.spine.versions import ValueNames, VersionedKind, keep_version, tell_moved, versioned
from okno.team.models import Desk, Team
from okno.team.policy import can_manage_settings
from okno.tickets.commands.configuring import (
    clean_names,
    find_row,
    key_for,
    key_taken,
    lock_list,
    lock_row,
    move_among,
    next_position,
    one_of,
    require_rights,
)
from okno.tickets.commands.submit import CUSTOM
from okno.tickets.models import CustomField, RequestType, TicketKind

HINT_LENGTH = 300
TYPES_LIMIT = 200
CORE_ASKED = ("topic", "device", "priority")


@command
def create_type(*, actor: Actor, values: Mapping[str, Any], now: datetime) -> RequestType:
    """Add a request type by the `values` of `type_values` and perhaps a `key`. Raises Denied, Invalid, Conflict."""
    require_rights(actor)
    lock_list(RequestType)
    if RequestType.objects.count() >= TYPES_LIMIT:
        words = _("There are %(count)d types already.") % {"count": TYPES_LIMIT}
        raise Conflict(words, code="too_many_types")
    row = RequestType(position=next_position(RequestType))
    _write(row, {**_BEGINNING, **values}, key=str(values.get("key", "")))
    keep_version(actor=actor, kind=REQUEST_TYPE, row=row, now=now)
    return row


@command
def change_type(*, actor: Actor, type_id: int, values: Mapping[str, Any], now: datetime) -> RequestType:
    """Change a type; what `values` does not name stays. Raises NotFound, Denied, Invalid, Conflict."""
    require_rights(actor)
    row = lock_row(RequestType, type_id)
    before = type_values(row)
    _write(row, {**before, **values})
    keep_version(actor=actor, kind=REQUEST_TYPE, row=row, now=now, before=before)
    return row


@command
def move_type(*, actor: Actor, type_id: int, direction: str, now: datetime) -> None:
    """Move a type up or down in the list. Raises NotFound, Denied."""
    require_rights(actor)
    row = lock_row(RequestType, type_id)
    if move_among(list(RequestType.objects.order_by("position", "id")), row, direction):
        tell_moved(actor=actor, kind=REQUEST_TYPE, row=row, direction=direction, now=now)


def type_values(row: RequestType) -> dict[str, Any]:
    """Return what of a type is configuration, as JSON."""
    return {
        "names": row.names,
        "public_names": row.public_names,
        "hints": row.hints,
        "kind": row.kind,
        "desk": row.desk_id,
        "team": row.team_id,
        "is_public": row.is_public,
        "is_active": row.is_active,
        "is_default": row.is_default,
        "asked": row.asked,
    }


_BEGINNING: dict[str, Any] = {
    "public_names": {},
    "hints": {},
    "kind": TicketKind.REQUEST.value,
    "team": None,
    "is_public": True,
    "is_active": True,
    "is_default": False,
    "asked": [],
}


def _write(row: RequestType, values: Mapping[str, Any], *, key: str | None = None) -> None:
    row.names = clean_names(values.get("names", {}))
    row.public_names = clean_names(values["public_names"], is_needed=False)
    row.hints = clean_names(values["hints"], is_needed=False, limit=HINT_LENGTH)
    row.kind = one_of(values["kind"], TicketKind.values, field="kind")
    row.desk = _desk(values.get("desk"))
    row.team = _team(values["team"], row.desk)
    row.is_public = bool(values["is_public"])
    row.is_active = bool(values["is_active"])
    row.is_default = bool(values["is_default"])
    row.asked = clean_asked(values["asked"])
    others = RequestType.objects.exclude(pk=row.pk)
    if not row.is_active and row.is_default:
        raise Conflict(_("Make another type the usual one first."), code="default_type")
    if not row.is_default and not others.filter(is_default=True, is_active=True).exists():
        raise Conflict(_("One type has to be the usual one."), code="default_type")
    if row.is_default:
        others.filter(is_default=True).update(is_default=False)
    if key is not None:
        row.key = key_for(RequestType, key, row.names, prefix="type")
    with unless_taken(key_taken()):
        row.save()


def clean_asked(asked: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return what is asked, each once, in the order given. Raises Invalid for what nobody can be asked."""
    custom = {f"{CUSTOM}{key}" for key in CustomField.objects.values_list("key", flat=True)}
    known = custom.union(CORE_ASKED)
    cleaned: dict[str, dict[str, Any]] = {}
    for entry in asked:
        field = str(entry.get("field", ""))
        if field not in known:
            words = _("There is no field “%(field)s” to ask for.") % {"field": field[:60]}
            raise Invalid(words, fields={"asked": [words]})
        cleaned.setdefault(field, {"field": field, "required": bool(entry.get("required"))})
    return list(cleaned.values())


def _desk(desk_id: Any) -> Desk:
    found: Desk | None = Desk.objects.filter(pk=desk_id).first() if desk_id else None
    if found is None:
        words = _("Choose a desk.")
        raise Invalid(words, fields={"desk": [words]})
    return found


def _team(team_id: Any, desk: Desk) -> Team | None:
    if not team_id:
        return None
    found: Team | None = Team.objects.filter(pk=team_id, desk=desk).first()
    if found is None:
        words = _("Choose a team of this desk.")
        raise Invalid(words, fields={"team": [words]})
    return found


def _find(object_id: int) -> RequestType:
    return find_row(RequestType, object_id)


def _value_names() -> ValueNames:
    return {
        "kind": dict(TicketKind.choices),
        "desk": dict(Desk.objects.values_list("pk", "name")),
        "team": dict(Team.objects.values_list("pk", "name")),
    }


def _restore(*, actor: Actor, row: RequestType, values: Mapping[str, Any], now: datetime) -> None:
    change_type(actor=actor, type_id=row.pk, values=values, now=now)


REQUEST_TYPE = versioned(
    VersionedKind(
        name="request_type",
        label=gettext_lazy("Request type"),
        find=_find,
        read=type_values,
        restore=_restore,
        may_change=can_manage_settings,
        labels={
            "names": pgettext_lazy("of a thing", "Name"),
            "public_names": gettext_lazy("Name for requesters"),
            "hints": gettext_lazy("Hint for requesters"),
            "kind": gettext_lazy("Kind"),
            "desk": gettext_lazy("Desk"),
            "team": gettext_lazy("Team"),
            "is_public": gettext_lazy("Requesters may choose it"),
            "is_active": gettext_lazy("In use"),
            "is_default": gettext_lazy("The usual one"),
            "asked": gettext_lazy("What requesters are asked"),
        },
        value_names=_value_names,
        url_name="console:type",
    )
)

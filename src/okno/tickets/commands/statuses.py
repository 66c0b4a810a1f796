"""Statuses: labels over the six fixed categories, with an inner and a public name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from okno.lib.errors import Conflict
from okno.spine.actor import Actor
from okno.spine.taken import unless_taken
from okno.spine.unit import command
from okno.spine.versions import VersionedKind, keep_version, tell_moved, versioned
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
from okno.tickets.models import Status, StatusCategory

STATUSES_LIMIT = 60


@command
def create_status(*, actor: Actor, values: Mapping[str, Any], now: datetime) -> Status:
    """Add a status to a category, which never changes afterwards. Raises Denied, Invalid, Conflict."""
    require_rights(actor)
    lock_list(Status)
    if Status.objects.count() >= STATUSES_LIMIT:
        words = _("There are %(count)d statuses already.") % {"count": STATUSES_LIMIT}
        raise Conflict(words, code="too_many_statuses")
    row = Status(position=next_position(Status))
    row.category = one_of(values.get("category"), StatusCategory.values, field="category")
    _write(row, {**_BEGINNING, **values}, key=str(values.get("key", "")))
    keep_version(actor=actor, kind=STATUS, row=row, now=now)
    return row


@command
def change_status_setup(*, actor: Actor, status_id: int, values: Mapping[str, Any], now: datetime) -> Status:
    """Change a status; what `values` does not name stays, and its category. Raises NotFound, Denied, Conflict."""
    require_rights(actor)
    row = lock_row(Status, status_id)
    before = status_values(row)
    _write(row, {**before, **values})
    keep_version(actor=actor, kind=STATUS, row=row, now=now, before=before)
    return row


@command
def move_status(*, actor: Actor, status_id: int, direction: str, now: datetime) -> None:
    """Move a status up or down in the list. Raises NotFound, Denied."""
    require_rights(actor)
    row = lock_row(Status, status_id)
    if move_among(list(Status.objects.order_by("position", "id")), row, direction):
        tell_moved(actor=actor, kind=STATUS, row=row, direction=direction, now=now)


def status_values(row: Status) -> dict[str, Any]:
    """Return what of a status is configuration, as JSON."""
    return {
        "names": row.names,
        "public_names": row.public_names,
        "is_active": row.is_active,
        "is_default": row.is_default,
    }


_BEGINNING: dict[str, Any] = {"public_names": {}, "is_active": True, "is_default": False}


def _write(row: Status, values: Mapping[str, Any], *, key: str | None = None) -> None:
    row.names = clean_names(values.get("names", {}))
    row.public_names = clean_names(values["public_names"], field="public_names", is_needed=False)
    row.is_active = bool(values["is_active"])
    row.is_default = bool(values["is_default"])
    others = Status.objects.filter(category=row.category).exclude(pk=row.pk)
    if not row.is_active and row.is_default:
        raise Conflict(_("Make another status of this category the usual one first."), code="default_status")
    if not row.is_default and not others.filter(is_default=True, is_active=True).exists():
        raise Conflict(_("One status of each category has to be the usual one."), code="default_status")
    if row.is_default:
        others.filter(is_default=True).update(is_default=False)
    if key is not None:
        row.key = key_for(Status, key, row.names, prefix="status")
    with unless_taken(key_taken()):
        row.save()


def _find(object_id: int) -> Status:
    return find_row(Status, object_id)


def _restore(*, actor: Actor, row: Status, values: Mapping[str, Any], now: datetime) -> None:
    change_status_setup(actor=actor, status_id=row.pk, values=values, now=now)


STATUS = versioned(
    VersionedKind(
        name="status",
        label=gettext_lazy("Status"),
        find=_find,
        read=status_values,
        restore=_restore,
        may_change=can_manage_settings,
        labels={
            "names": pgettext_lazy("of a thing", "Name"),
            "public_names": gettext_lazy("Name for requesters"),
            "is_active": gettext_lazy("In use"),
            "is_default": gettext_lazy("The usual one"),
        },
        url_name="console:status",
    )
)

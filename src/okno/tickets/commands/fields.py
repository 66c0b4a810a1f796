"""A workspace's own fields on tickets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from okno.lib.addresses import clean_name
from okno.lib.errors import Conflict, Invalid
from okno.spine.actor import Actor
from okno.spine.taken import unless_taken
from okno.spine.unit import command
from okno.spine.versions import VersionedKind, keep_version, versioned
from okno.team.policy import can_manage_settings
from okno.tickets.commands.configuring import (
    clean_names,
    find_row,
    key_for,
    key_taken,
    lock_row,
    require_rights,
)
from okno.tickets.models import CustomField

CHOICES_LIMIT = 200
FIELDS_LIMIT = 100


@command
def create_field(
    *,
    actor: Actor,
    names: Mapping[str, str],
    kind: str,
    now: datetime,
    key: str = "",
    choices: Sequence[str] = (),
) -> CustomField:
    """Add a field of a kind, called `names` by language. Raises Denied, Invalid, Conflict for a key that is taken.

    Without a key one is made of the English name; it never changes, because filters and programs know the field by it.
    """
    require_rights(actor)
    if CustomField.objects.count() >= FIELDS_LIMIT:
        raise Conflict(
            _("There are %(count)d fields already.") % {"count": FIELDS_LIMIT}, code="too_many_fields"
        )
    if kind not in CustomField.Kind.values:
        raise Invalid(_("There is no such kind of field."), fields={"kind": [_("Choose a kind.")]})
    field = CustomField(
        names=clean_names(names),
        kind=kind,
        choices=_choices(kind, choices),
        position=CustomField.objects.count(),
    )
    field.key = key_for(CustomField, key, field.names, prefix="field")
    with unless_taken(key_taken()):
        field.save()
    keep_version(actor=actor, kind=CUSTOM_FIELD, row=field, now=now)
    return field


@command
def change_field(
    *,
    actor: Actor,
    field_id: int,
    names: Mapping[str, str],
    is_active: bool,
    now: datetime,
    choices: Sequence[str] = (),
) -> CustomField:
    """Rename a field, change its choices, switch it off or on; values on tickets stay. Raises NotFound, Invalid."""
    require_rights(actor)
    field = lock_row(CustomField, field_id)
    before = field_values(field)
    values = {"names": clean_names(names), "choices": _choices(field.kind, choices), "is_active": is_active}
    for name, value in values.items():
        setattr(field, name, value)
    field.save(update_fields=list(values))
    keep_version(actor=actor, kind=CUSTOM_FIELD, row=field, now=now, before=before)
    return field


def _choices(kind: str, choices: Sequence[str]) -> list[str]:
    if kind != CustomField.Kind.CHOICE:
        return []
    cleaned = list(dict.fromkeys(name for name in map(clean_name, choices) if name))
    if not 1 <= len(cleaned) <= CHOICES_LIMIT:
        words = _("A choice has from 1 to %(limit)d values.") % {"limit": CHOICES_LIMIT}
        raise Invalid(words, fields={"choices": [words]})
    return cleaned


def field_values(row: CustomField) -> dict[str, Any]:
    """Return what of a field is configuration, as JSON."""
    return {"names": row.names, "choices": row.choices, "is_active": row.is_active}


def _find(object_id: int) -> CustomField:
    return find_row(CustomField, object_id)


def _restore(*, actor: Actor, row: CustomField, values: Mapping[str, Any], now: datetime) -> None:
    change_field(actor=actor, field_id=row.pk, now=now, **values)


CUSTOM_FIELD = versioned(
    VersionedKind(
        name="custom_field",
        label=gettext_lazy("Field"),
        find=_find,
        read=field_values,
        restore=_restore,
        may_change=can_manage_settings,
        labels={
            "names": pgettext_lazy("of a thing", "Name"),
            "choices": gettext_lazy("Choices"),
            "is_active": gettext_lazy("In use"),
        },
        url_name="console:field",
    )
)

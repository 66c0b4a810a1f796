"""A workspace's own fields on tickets."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.utils.text import slugify
from django.utils.translation import gettext as _

from okno.lib.addresses import clean_name
from okno.lib.errors import Conflict, Denied, Invalid, NotFound
from okno.spine.actor import Actor
from okno.spine.taken import unless_taken
from okno.spine.unit import command, emit
from okno.team.policy import can_manage_settings
from okno.tickets.events import CustomFieldChanged, CustomFieldCreated
from okno.tickets.models import CustomField

KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
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
    _allow(actor)
    if CustomField.objects.count() >= FIELDS_LIMIT:
        raise Conflict(
            _("There are %(count)d fields already.") % {"count": FIELDS_LIMIT}, code="too_many_fields"
        )
    if kind not in CustomField.Kind.values:
        raise Invalid(_("There is no such kind of field."), fields={"kind": [_("Choose a kind.")]})
    field = CustomField(
        names=_names(names), kind=kind, choices=_choices(kind, choices), position=CustomField.objects.count()
    )
    field.key = _free_key(key.strip() or _key_of(field.names))
    with unless_taken(_taken()):
        field.save()
    emit(actor, CustomFieldCreated(key=field.key), kind="custom_field", subject=field, now=now)
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
    _allow(actor)
    field: CustomField | None = CustomField.objects.select_for_update(no_key=True).filter(pk=field_id).first()
    if field is None:
        raise NotFound(_("There is no such field."))
    values = {"names": _names(names), "choices": _choices(field.kind, choices), "is_active": is_active}
    changed = sorted(name for name, value in values.items() if getattr(field, name) != value)
    for name in changed:
        setattr(field, name, values[name])
    if changed:
        field.save(update_fields=changed)
        emit(actor, CustomFieldChanged(fields=changed), kind="custom_field", subject=field, now=now)
    return field


def _allow(actor: Actor) -> None:
    if not can_manage_settings(actor):
        raise Denied(_("You may not change the fields of tickets."))


def _names(names: Mapping[str, str]) -> dict[str, str]:
    cleaned = {language: clean_name(names.get(language, ""))[:80] for language, _label in settings.LANGUAGES}
    given = {language: name for language, name in cleaned.items() if name}
    if not given:
        words = _("Write a name in at least one language.")
        raise Invalid(words, fields={"names": [words]})
    return given


def _choices(kind: str, choices: Sequence[str]) -> list[str]:
    if kind != CustomField.Kind.CHOICE:
        return []
    cleaned = list(dict.fromkeys(name for name in map(clean_name, choices) if name))
    if not 1 <= len(cleaned) <= CHOICES_LIMIT:
        words = _("A choice has from 1 to %(limit)d values.") % {"limit": CHOICES_LIMIT}
        raise Invalid(words, fields={"choices": [words]})
    return cleaned


def _key_of(names: Mapping[str, str]) -> str:
    made = slugify(names.get("en", "")).replace("-", "_")[:40]
    return made if KEY.fullmatch(made) else f"field_{CustomField.objects.count() + 1}"


def _free_key(key: str) -> str:
    if not KEY.fullmatch(key):
        words = _("A key has small Latin letters, digits and “_”, and begins with a letter.")
        raise Invalid(words, fields={"key": [words]})
    if CustomField.objects.filter(key=key).exists():
        raise _taken()
    return key


def _taken() -> Conflict:
    words = _("There is a field with this key already.")
    return Conflict(words, code="key_taken", fields={"key": [words]})

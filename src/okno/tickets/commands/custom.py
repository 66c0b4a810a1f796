"""Custom values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import is_aware, make_aware
from django.utils.translation import gettext as _

from okno.lib.errors import Invalid
from okno.spine.actor import Actor
from okno.spine.unit import command
from okno.spine.versions import shown
from okno.tickets import policy
from okno.tickets.access import lock_ticket
from okno.tickets.commands.changing import announce, clean_text, save_changes
from okno.tickets.events import FieldChanged
from okno.tickets.models import CustomField, CustomValue, Ticket


@command
def set_custom_values(*, actor: Actor, ticket_id: int, values: Mapping[str, Any], now: datetime) -> Ticket:
    """Set custom values by field key; None or an empty text removes one. Raises Invalid, naming the fields."""
    ticket = lock_ticket(actor, ticket_id, policy.can_change)
    fields = {field.key: field for field in CustomField.objects.filter(key__in=list(values), is_active=True)}
    unknown = sorted(set(values) - set(fields))
    if unknown:
        raise Invalid(
            _("There is no such field."), fields={f"custom.{key}": [_("Unknown field.")] for key in unknown}
        )
    stored = {key: value_columns(fields[key], value) for key, value in values.items()}
    present = dict(ticket.custom)
    for key, columns in stored.items():
        CustomValue.objects.filter(ticket=ticket, field=fields[key]).delete()
        if columns is None:
            present.pop(key, None)
        else:
            CustomValue.objects.create(ticket=ticket, field=fields[key], **columns)
            present[key] = values[key]
    changed = [key for key in stored if present.get(key) != ticket.custom.get(key)]
    if changed:
        before = ticket.custom
        save_changes(ticket, now=now, custom=present)
        for key in changed:
            event = FieldChanged(
                field=f"custom.{key}",
                label=fields[key].name,
                old=shown(before.get(key)),
                new=shown(present.get(key)),
            )
            announce(actor, ticket, event, now=now)
    return ticket


def value_columns(field: CustomField, value: Any) -> dict[str, Any] | None:
    """Return the column and value that a custom value is kept in, None for no value. Raises Invalid."""
    if value is None or value == "":
        return None
    match field.kind, value:
        case CustomField.Kind.NUMBER, int() | float() if not isinstance(value, bool):
            return {"number": float(value)}
        case CustomField.Kind.BOOLEAN, bool():
            return {"text": "yes" if value else "no"}
        case CustomField.Kind.CHOICE, str() if value in field.choices:
            return {"text": value}
        case CustomField.Kind.TEXT, str():
            return {"text": clean_text(value)[:1000]}
        case CustomField.Kind.DATE, str() if (moment := _moment(value)) is not None:
            return {"time": moment}
    words = _("“%(value)s” does not fit this field.") % {"value": value}
    raise Invalid(words, fields={f"custom.{field.key}": [words]})


def _moment(value: str) -> datetime | None:
    try:
        moment = parse_datetime(value)
        day = parse_date(value) if moment is None else None
    except ValueError:
        return None
    if moment is None and day is not None:
        moment = datetime(day.year, day.month, day.day)  # noqa: DTZ001 (made aware below)
    if moment is None:
        return None
    return moment if is_aware(moment) else make_aware(moment)

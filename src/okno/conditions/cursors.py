"""Cursors: a place in an order as opaque text, `base64url(JSON)`.

They are not signed, because there is nothing to forge: a cursor only says where a page of rows that one may
see anyway begins. But every byte of it is checked before it reaches SQL.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db import models
from django.utils.translation import gettext as _

from okno.conditions.kinds import whole
from okno.lib.errors import Invalid

Stored = str | int | float | bool | datetime | date | None
Type = Callable[[object], Stored]
_MAX_LENGTH = 8000


@dataclass(frozen=True)
class Cursor:
    """The row beside the page, by its values in the order's columns; a `backward` page ends before it."""

    order: str
    values: tuple[Stored, ...]
    backward: bool


def encode(cursor: Cursor) -> str:
    """Return a cursor as text for an address."""
    values = [value.isoformat() if isinstance(value, date) else value for value in cursor.values]
    data = json.dumps([cursor.order, int(cursor.backward), values], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(data.encode()).decode().rstrip("=")


def decode(text: str, order: str, types: tuple[Type, ...]) -> Cursor:
    """Return the cursor of a text; refuse one of another order, or anything that is not ours."""
    try:
        found, backward, values = _data(text)
        if found != order or type(backward) is not int or backward not in (0, 1):
            raise ValueError(text)
        if not isinstance(values, list) or len(values) != len(types):
            raise ValueError(text)
        return Cursor(
            order, tuple(read(value) for read, value in zip(types, values, strict=True)), bool(backward)
        )
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        message = _("This page address is no longer valid; begin with the first page.")
        raise Invalid(message, code="bad_cursor", fields={"cursor": [message]}) from error


def column_type(model: type[models.Model], path: str, *, nullable: bool) -> Type:
    """Return the reader of a column's values from JSON."""
    column = _column(model, path)
    for kind, read in _READERS:
        if isinstance(column, kind):
            return _nullable(read) if nullable else read
    raise TypeError(f"{path}: {type(column).__name__} cannot be paged by")


def _data(text: str) -> list[object]:
    if len(text) > _MAX_LENGTH or not text.isascii():
        raise ValueError(text)
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError(text) from error
    data = json.loads(raw)
    if not isinstance(data, list) or len(data) != 3:
        raise ValueError(text)
    return data


def _column(model: type[models.Model], path: str) -> object:
    head, _sep, tail = path.partition("__")
    column = model._meta.get_field(head)
    if not isinstance(column, models.ForeignKey):
        return column
    return _column(column.related_model, tail) if tail else column.target_field


def _nullable(read: Type) -> Type:
    return lambda value: None if value is None else read(value)


def _moment(value: object) -> Stored:
    moment = datetime.fromisoformat(_text(value))
    if moment.tzinfo is None:
        raise ValueError(value)
    return moment.astimezone(UTC)


def _day(value: object) -> Stored:
    return date.fromisoformat(_text(value))


def _text(value: object) -> str:
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError(value)
    value.encode()
    return value


def _float(value: object) -> Stored:
    if type(value) not in (int, float) or not math.isfinite(value):  # type: ignore[arg-type]
        raise ValueError(value)
    return float(value)  # type: ignore[arg-type]


def _bool(value: object) -> Stored:
    if type(value) is not bool:
        raise ValueError(value)
    return value


# In this order: a DateTimeField is a DateField.
_READERS: tuple[tuple[type[models.Field[object, object]], Type], ...] = (
    (models.DateTimeField, _moment),
    (models.DateField, _day),
    (models.IntegerField, whole),
    (models.FloatField, _float),
    (models.BooleanField, _bool),
    (models.CharField, _text),
    (models.TextField, _text),
)

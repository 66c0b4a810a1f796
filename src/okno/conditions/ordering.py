"""Keyset paging: a page begins after the last row seen, so depth costs nothing and new rows shift nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar, cast

from django.db.models import F, Model, Q, QuerySet
from django.db.models.expressions import OrderBy
from django.utils.translation import gettext as _

from okno.conditions import cursors
from okno.conditions.cursors import Cursor, Stored
from okno.conditions.fields import Column, FieldView
from okno.conditions.sql import ALWAYS, NEVER
from okno.lib.errors import Invalid

Row = TypeVar("Row", bound=Model)
Nulls = Literal["first", "last", "never"]
_OTHER_END: dict[Nulls, Nulls] = {"first": "last", "last": "first", "never": "never"}


@dataclass(frozen=True, kw_only=True)
class Order:
    """One column of a sort order; `nulls` says where rows without a value go, whichever way it is read."""

    column: str
    descending: bool = False
    nulls: Nulls = "last"

    def reversed(self) -> Order:
        """Return the same order read from the other end."""
        return Order(column=self.column, descending=not self.descending, nulls=_OTHER_END[self.nulls])

    def clause(self) -> OrderBy:
        """Return the ORDER BY expression."""
        if self.nulls == "never":
            return OrderBy(F(self.column), descending=self.descending)
        first = self.nulls == "first"
        return OrderBy(
            F(self.column),
            descending=self.descending,
            nulls_first=first or None,
            nulls_last=not first or None,
        )

    def beyond(self, value: Stored) -> Q:
        """Return the Q for the rows that come strictly after this value."""
        if value is None:
            return Q(**{f"{self.column}__isnull": False}) if self.nulls == "first" else NEVER
        after = Q(**{f"{self.column}__{'lt' if self.descending else 'gt'}": value})
        return after | Q(**{f"{self.column}__isnull": True}) if self.nulls == "last" else after

    def from_(self, value: Stored) -> Q:
        """Return the Q for the rows at this value or after it."""
        if value is None:
            return ALWAYS if self.nulls == "first" else Q(**{f"{self.column}__isnull": True})
        found = Q(**{f"{self.column}__{'lte' if self.descending else 'gte'}": value})
        return found | Q(**{f"{self.column}__isnull": True}) if self.nulls == "last" else found

    def level(self, value: Stored) -> Q:
        """Return the Q for the rows with the same value."""
        return Q(**{f"{self.column}__isnull": True}) if value is None else Q(**{self.column: value})


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows in order, and the cursors of the pages beside them, None where there is nothing."""

    rows: list[Row]
    next: str | None
    previous: str | None


@dataclass(frozen=True)
class Keyset:
    """A total order: its last column must be unique, such as the id."""

    orders: tuple[Order, ...]

    @property
    def name(self) -> str:
        """What marks a cursor as one of this order, so that it is refused by another."""
        return ",".join(("-" if order.descending else "") + order.column for order in self.orders)

    def order_by(self, *, backward: bool = False) -> list[OrderBy]:
        """Return the ORDER BY clause."""
        return [order.clause() for order in self._read(backward)]

    def beyond(self, values: Sequence[Stored], *, backward: bool = False) -> Q:
        """Return the Q for the rows after (or before) the one with these values."""
        found, level = NEVER, ALWAYS
        for order, value in zip(self._read(backward), values, strict=True):
            found |= level & order.beyond(value)
            level &= order.level(value)
        first = self._read(backward)[0]
        # The planner finds no index bound in a disjunction; this one is implied by it and gives it one.
        return first.from_(values[0]) & found

    def values(self, row: Model) -> tuple[Stored, ...]:
        """Return a row's place in the order."""
        return tuple(_attribute(row, order.column) for order in self.orders)

    def page(self, rows: QuerySet[Row], *, cursor: str | None, size: int) -> Page[Row]:
        """Return one page of a queryset by one query; refuse a cursor that is not ours."""
        place = cursors.decode(cursor, self.name, self._types(rows.model)) if cursor else None
        backward = place.backward if place else False
        if place:
            rows = rows.filter(self.beyond(place.values, backward=backward))
        found = list(rows.order_by(*self.order_by(backward=backward))[: size + 1])
        more, found = len(found) > size, found[:size]
        if backward:
            found.reverse()
        has_next, has_previous = (place is not None, more) if backward else (more, place is not None)
        return Page(
            found,
            self._cursor(found[-1], backward=False) if found and has_next else None,
            self._cursor(found[0], backward=True) if found and has_previous else None,
        )

    def _cursor(self, row: Model, *, backward: bool) -> str:
        return cursors.encode(Cursor(self.name, self.values(row), backward))

    def _read(self, backward: bool) -> tuple[Order, ...]:
        return tuple(order.reversed() for order in self.orders) if backward else self.orders

    def _types(self, model: type[Model]) -> tuple[cursors.Type, ...]:
        return tuple(
            cursors.column_type(model, order.column, nullable=order.nulls != "never") for order in self.orders
        )


def keyset(sort: str, view: FieldView, *, tie: str = "id") -> Keyset:
    """Return the order that a `sort` parameter such as `-updated` names; equal rows follow their `tie`."""
    name = sort.removeprefix("-")
    descending = name != sort
    field = view.fields.get(name)
    if field is None or not field.sortable or not isinstance(field.source, Column):
        message = _("It cannot be sorted by “%(name)s”.") % {"name": name}
        raise Invalid(message, code="bad_sort", fields={"sort": [message]})
    column = field.source
    last = Order(column=tie, descending=descending, nulls="never")
    if column.path == tie:
        return Keyset((last,))
    return Keyset(
        (Order(column=column.path, descending=descending, nulls="last" if column.nullable else "never"), last)
    )


def _attribute(row: Any, path: str) -> Stored:
    found = row
    for part in path.split("__"):
        found = None if found is None else getattr(found, part)
    return cast("Stored", found)

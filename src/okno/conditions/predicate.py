"""Conditions as a function of a snapshot: for reactors, live updates and previews, without the database."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from okno.conditions import tree
from okno.conditions.fields import FieldView
from okno.conditions.match import Bound, Criterion, Fragment, OneOf, Span
from okno.conditions.viewer import Viewer

Predicate = Callable[[object], bool]
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
}


def to_predicate(condition: tree.Condition, view: FieldView, viewer: Viewer) -> Predicate:
    """Return the function that tells whether the condition holds of a snapshot (a mapping or an object)."""
    match condition:
        case tree.Test():
            return _test(condition, view, viewer)
        case tree.Not(of=inner):
            holds = to_predicate(inner, view, viewer)
            return lambda snapshot: not holds(snapshot)
        case tree.All(of=parts):
            every = [to_predicate(part, view, viewer) for part in parts]
            return lambda snapshot: all(holds(snapshot) for holds in every)
        case tree.Any(of=parts):
            some = [to_predicate(part, view, viewer) for part in parts]
            return lambda snapshot: any(holds(snapshot) for holds in some)


def _test(test: tree.Test, view: FieldView, viewer: Viewer) -> Predicate:
    field = view.get(test.field)
    match = field.match(test.op, test.values, viewer)
    meets = [_criterion(criterion) for criterion in match.criteria]

    def holds(snapshot: object) -> bool:
        values = field.values(snapshot)
        if not values:
            return match.absent
        return any(check(value) for value in values for check in meets)

    return holds


def _criterion(criterion: Criterion) -> Callable[[Any], bool]:
    match criterion:
        case OneOf(values=values):
            return lambda value: value in values
        case Span(bounds=bounds):
            return lambda value: _within(value, bounds)
        case Fragment(text=text):
            wanted = _upper(text)
            return lambda value: wanted in _upper(value)


def _within(value: Any, bounds: tuple[Bound, ...]) -> bool:
    return all(_COMPARE[lookup](value, bound) for lookup, bound in bounds)


def _upper(text: str) -> str:
    # PostgreSQL's upper() maps letter by letter: "ß" stays, where Python would make "SS" of it.
    return "".join(upper if len(upper := letter.upper()) == 1 else letter for letter in text)

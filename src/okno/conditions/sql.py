"""Conditions as SQL: a `Q` for the subject's queryset."""

from __future__ import annotations

from functools import reduce
from operator import and_, or_

from django.db.models import Exists, OuterRef, Q

from okno.conditions import tree
from okno.conditions.fields import Column, Field, FieldView, Rows
from okno.conditions.match import Criterion, Fragment, Match, OneOf, Span
from okno.conditions.viewer import Viewer

# `~Q()` restricts nothing, so "never" has to be something that Django recognises as empty, also when negated.
NEVER = Q(pk__in=())
ALWAYS = ~NEVER


def to_q(condition: tree.Condition, view: FieldView, viewer: Viewer) -> Q:
    """Return the Q that selects the rows of which the condition holds."""
    match condition:
        case tree.Test(field=name, op=op, values=values):
            field = view.get(name)
            return _test(field, field.match(op, values, viewer))
        case tree.Not(of=inner):
            return ~to_q(inner, view, viewer)
        case tree.All(of=parts):
            return reduce(and_, (to_q(part, view, viewer) for part in parts), ALWAYS)
        case tree.Any(of=parts):
            return reduce(or_, (to_q(part, view, viewer) for part in parts), NEVER)


def _test(field: Field, match: Match) -> Q:
    if isinstance(field.source, Rows):
        return _rows_test(field, field.source, match)
    return _column_test(field, field.source, match)


def _column_test(field: Field, column: Column, match: Match) -> Q:
    found = _any_of(column.path, match.criteria)
    if not match.absent:
        return found
    absent = Q(**{f"{column.path}__isnull": True}) if column.nullable else NEVER
    return found | absent | (Q(**{column.path: ""}) if field.kind.is_text else NEVER)


def _rows_test(field: Field, source: Rows, match: Match) -> Q:
    rows = source.rows().filter(**{source.owner: OuterRef("pk")})
    found = Q(Exists(rows.filter(_any_of(source.value, match.criteria)))) if match.criteria else NEVER
    if not match.absent:
        return found
    filled = rows.exclude(**{source.value: ""}) if field.kind.is_text else rows
    return found | ~Q(Exists(filled))


def _any_of(path: str, criteria: tuple[Criterion, ...]) -> Q:
    return reduce(or_, (_criterion(path, criterion) for criterion in criteria), NEVER)


def _criterion(path: str, criterion: Criterion) -> Q:
    match criterion:
        case OneOf(values=values) if len(values) == 1:
            return Q(**{path: next(iter(values))})
        case OneOf(values=values):
            return Q(**{f"{path}__in": sorted(values, key=str)})
        case Span(bounds=bounds):
            return Q(**{f"{path}__{lookup}": value for lookup, value in bounds})
        case Fragment(text=text):
            return Q(**{f"{path}__icontains": text})

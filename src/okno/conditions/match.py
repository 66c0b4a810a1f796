"""What a single test asks of a field's values, free of placeholders, zones and relative times.

`sql` and `predicate` each know these three criteria and nothing else about kinds or operators.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from okno.conditions.options import Scalar

Comparable = Scalar | datetime | date
Bound = tuple[Literal["lt", "lte", "gt", "gte"], Comparable]


class Op(StrEnum):
    """How a test compares; there is no "is not", because there is `Not`."""

    IN = "in"
    CONTAINS = "contains"
    LT = "lt"
    LTE = "lte"
    GT = "gt"
    GTE = "gte"
    BETWEEN = "between"


@dataclass(frozen=True)
class OneOf:
    """A value equal to one of these."""

    values: frozenset[Comparable]


@dataclass(frozen=True)
class Span:
    """A value within all these bounds."""

    bounds: tuple[Bound, ...]


@dataclass(frozen=True)
class Fragment:
    """A text that contains this one, whatever the case of its letters."""

    text: str


Criterion = OneOf | Span | Fragment


@dataclass(frozen=True)
class Match:
    """One of the field's values meets one of the criteria, or it has no value and `absent` is wanted."""

    criteria: tuple[Criterion, ...]
    absent: bool = False

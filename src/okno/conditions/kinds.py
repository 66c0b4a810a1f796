"""The kinds of fields: which values and operators each takes, how it is typed, and what a test of it asks.

`check` takes a value from JSON and `parse` one from a typed word; both return the canonical form that trees
hold, or raise `ValueError`. `criteria` gets canonical values of a valid test.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar, Literal, cast

from okno.conditions import moments
from okno.conditions.match import Bound, Comparable, Criterion, Fragment, OneOf, Op, Span
from okno.conditions.options import Scalar, fold, spellings, written
from okno.conditions.viewer import Viewer

_COMPARISONS = (Op.LT, Op.LTE, Op.GT, Op.GTE, Op.BETWEEN)
_BOUNDS: dict[Op, Literal["lt", "lte", "gt", "gte"]] = {
    Op.LT: "lt",
    Op.LTE: "lte",
    Op.GT: "gt",
    Op.GTE: "gte",
}
_MIRRORED = {Op.LT: Op.GT, Op.LTE: Op.GTE, Op.GT: Op.LT, Op.GTE: Op.LTE}
# What JavaScript and JSON carry without loss; inside bigint, so PostgreSQL never has to refuse one.
_LARGEST = 2**53 - 1
_MAX_TEXT = 500
_DECIMAL = re.compile(r"-?\d{1,15}([.]\d{1,6})?", re.ASCII)


def whole(value: object) -> int:
    """Return an integer that JSON and bigint hold exactly."""
    if type(value) is not int or abs(value) > _LARGEST:
        raise ValueError(value)
    return value


def printable(value: object) -> str:
    """Return a text that PostgreSQL can store: not empty, not huge, no NUL, no half of a surrogate pair."""
    if not isinstance(value, str) or not 0 < len(value) <= _MAX_TEXT or "\x00" in value:
        raise ValueError(value)
    value.encode()
    return value


@dataclass(frozen=True)
class Kind:
    """What all kinds share: a list test by equality, typed and written as plain text."""

    operators: ClassVar[tuple[Op, ...]] = (Op.IN,)
    #: The operator of a word without a sign, as in `subject:printer`.
    usual: Op = Op.IN

    @property
    def is_text(self) -> bool:
        """Tell whether the values are text, so that the empty text counts as no value."""
        return False

    def examples(self, language: str) -> tuple[str, ...]:
        """Return words to suggest where the field offers no options."""
        return ()

    def check(self, value: object) -> Scalar:
        """Return the canonical form of a value from JSON."""
        raise NotImplementedError

    def parse(self, text: str) -> Scalar:
        """Return the canonical value that a typed word means."""
        return self.check(text)

    def write(self, value: Scalar, language: str) -> str:
        """Return the word that `parse` turns into this value."""
        return str(value)

    def parse_bound(self, op: Op, text: str) -> tuple[Op, Scalar]:
        """Return the comparison that a sign and a word mean together."""
        return op, self.parse(text)

    def write_bound(self, op: Op, value: Scalar, language: str) -> tuple[Op, str]:
        """Return the sign and word that `parse_bound` turns into this comparison."""
        return op, self.write(value, language)

    def criteria(self, op: Op, values: Sequence[Scalar], viewer: Viewer) -> tuple[Criterion, ...]:
        """Return what the test asks of one value."""
        return (OneOf(frozenset(values)),)


@dataclass(frozen=True)
class Choice(Kind):
    """One of the field's options, stored as text (the default) or as a small number."""

    stored: Literal["text", "number"] = "text"

    @property
    def is_text(self) -> bool:
        """Tell whether the values are text."""
        return self.stored == "text"

    def check(self, value: object) -> Scalar:
        """Return the stored value; whether it is on offer is the field's to say."""
        return printable(value) if self.stored == "text" else whole(value)


@dataclass(frozen=True)
class Reference(Kind):
    """The id of another row; typed by its name, or as `#id`."""

    def check(self, value: object) -> Scalar:
        """Return the id."""
        return whole(value)


@dataclass(frozen=True)
class Text(Kind):
    """Free text; `normalise` is what its writer applies, so equality is plain and uses an index."""

    operators: ClassVar[tuple[Op, ...]] = (Op.IN, Op.CONTAINS)
    usual: Op = Op.CONTAINS
    normalise: Callable[[str], str] = str

    @property
    def is_text(self) -> bool:
        """Tell that the values are text."""
        return True

    def check(self, value: object) -> Scalar:
        """Return the normalised text."""
        return printable(self.normalise(printable(value)))

    def criteria(self, op: Op, values: Sequence[Scalar], viewer: Viewer) -> tuple[Criterion, ...]:
        """Return equality, or a fragment per value."""
        if op is Op.CONTAINS:
            return tuple(Fragment(str(value)) for value in values)
        return (OneOf(frozenset(values)),)


@dataclass(frozen=True)
class Number(Kind):
    """A number: bigint, or float8 when not `integer`."""

    operators: ClassVar[tuple[Op, ...]] = (Op.IN, *_COMPARISONS)
    integer: bool = True

    def check(self, value: object) -> Scalar:
        """Return the number in the type that is stored."""
        if self.integer:
            return whole(value)
        if type(value) not in (int, float):
            raise ValueError(value)
        number = float(cast("float", value))
        if not math.isfinite(number):
            raise ValueError(value)
        return number

    def parse(self, text: str) -> Scalar:
        """Return the number; a decimal comma would be read as a list, so only the point is known."""
        if not _DECIMAL.fullmatch(text):
            raise ValueError(text)
        return self.check(int(text) if self.integer else float(text))

    def write(self, value: Scalar, language: str) -> str:
        """Return plain digits, never an exponent."""
        return str(value) if isinstance(value, int) else f"{value:.6f}".rstrip("0").rstrip(".")

    def criteria(self, op: Op, values: Sequence[Scalar], viewer: Viewer) -> tuple[Criterion, ...]:
        """Return equality or one span."""
        if op is Op.IN:
            return (OneOf(frozenset(values)),)
        if op is Op.BETWEEN:
            return (Span((("gte", values[0]), ("lte", values[1]))),)
        return (Span(((_BOUNDS[op], values[0]),)),)


@dataclass(frozen=True)
class Boolean(Kind):
    """Yes or no."""

    WORDS: ClassVar = {
        True: {"en": ("yes", "true"), "ru": ("да",)},
        False: {"en": ("no", "false"), "ru": ("нет",)},
    }

    def check(self, value: object) -> Scalar:
        """Return the truth value; 0 and 1 are not meant."""
        if type(value) is not bool:
            raise ValueError(value)
        return value

    def parse(self, text: str) -> Scalar:
        """Return the truth value that a word of any language means."""
        for value, words in self.WORDS.items():
            if fold(text) in spellings(words):
                return bool(value)
        raise ValueError(text)

    def write(self, value: Scalar, language: str) -> str:
        """Return the language's word."""
        return written(self.WORDS[bool(value)], language) or ""

    def examples(self, language: str) -> tuple[str, ...]:
        """Return yes and no."""
        return self.write(True, language), self.write(False, language)


@dataclass(frozen=True)
class Moment(Kind):
    """A point in time, in the literals of `moments`.

    A bare duration is an age (`created:<7d`: younger than a week), or, where times lie `ahead`, what is left
    (`due:<3d`: within three days, or past).
    """

    operators: ClassVar[tuple[Op, ...]] = (Op.IN, *_COMPARISONS)
    ahead: bool = False

    def check(self, value: object) -> Scalar:
        """Return the literal."""
        if not isinstance(value, str) or not moments.is_moment(value):
            raise ValueError(value)
        return value

    def parse(self, text: str) -> Scalar:
        """Return the literal that a word of any language means."""
        for literal, words in moments.NAMED_WORDS.items():
            if fold(text) in spellings(words):
                return literal
        if text[:1] in ("+", "-") and moments.is_age(text[1:]):
            return self.check(text[0] + moments.age(text[1:]))
        return self.check(text)

    def write(self, value: Scalar, language: str) -> str:
        """Return the language's word, or the literal."""
        words = moments.NAMED_WORDS.get(str(value))
        return (written(words, language) if words else None) or str(value)

    def parse_bound(self, op: Op, text: str) -> tuple[Op, Scalar]:
        """Return the comparison; less age is a later moment."""
        if op not in _MIRRORED or not moments.is_age(text):
            return op, self.parse(text)
        return (op, "+" + moments.age(text)) if self.ahead else (_MIRRORED[op], "-" + moments.age(text))

    def write_bound(self, op: Op, value: Scalar, language: str) -> tuple[Op, str]:
        """Return the sign and word, as a bare duration where one says it."""
        text = self.write(value, language)
        if op not in _MIRRORED or text[:1] != ("+" if self.ahead else "-"):
            return op, text
        return (op, text[1:]) if self.ahead else (_MIRRORED[op], text[1:])

    def examples(self, language: str) -> tuple[str, ...]:
        """Return the named days, and a duration as a hint."""
        named = (written(moments.NAMED_WORDS[literal], language) or literal for literal in moments.NAMED)
        return (*named, "<7д" if language == "ru" else "<7d")

    def criteria(self, op: Op, values: Sequence[Scalar], viewer: Viewer) -> tuple[Criterion, ...]:
        """Return spans of half-open intervals."""
        intervals = [self._interval(str(value), viewer) for value in values]
        if op is Op.IN:
            return tuple(Span((("gte", start), ("lt", end))) for start, end in intervals)
        first, last = intervals[0], intervals[-1]
        bounds: dict[Op, tuple[Bound, ...]] = {
            Op.LT: (("lt", first[0]),),
            Op.LTE: (("lt", first[1]),),
            Op.GT: (("gte", first[1]),),
            Op.GTE: (("gte", first[0]),),
            Op.BETWEEN: (("gte", first[0]), ("lt", last[1])),
        }
        return (Span(bounds[op]),)

    def _interval(self, literal: str, viewer: Viewer) -> tuple[Comparable, Comparable]:
        interval = moments.resolve(literal, viewer)
        return interval.start, interval.end


@dataclass(frozen=True)
class Day(Moment):
    """A calendar day without a zone; a literal covers the viewer's days that its instants fall on."""

    def _interval(self, literal: str, viewer: Viewer) -> tuple[Comparable, Comparable]:
        interval = moments.resolve(literal, viewer)
        last = (interval.end - timedelta(microseconds=1)).astimezone(viewer.zone).date()
        first: date = interval.start.astimezone(viewer.zone).date()
        return first, last + timedelta(days=1)

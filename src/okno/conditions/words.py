"""Typed search words ↔ condition: `status:open team:L2 created:<7d "paper jam"`.

Words of every language are understood, one language is written (`writing`). What is not a field's word is
left over as text, for the subject's own text search. Mistakes are collected with their positions, and the
rest still counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from okno.conditions import lexer, tree
from okno.conditions.fields import Field, FieldView
from okno.conditions.kinds import Reference
from okno.conditions.lexer import Item, Pair
from okno.conditions.match import Op
from okno.conditions.options import NO_OPTIONS, Scalar, fold, spellings
from okno.lib.errors import Invalid

MAX_LENGTH = 1000
SIGNS = {"<": Op.LT, "<=": Op.LTE, ">": Op.GT, ">=": Op.GTE, "=": Op.IN, "~": Op.CONTAINS}
_LISTS = (Op.IN, Op.CONTAINS)


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """What is wrong with the characters `start` to `end`, and the words that were perhaps meant."""

    start: int
    end: int
    message: str
    suggestions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Token:
    """A filter token: the place it was typed at and what it tests, a `Test` or the `Not` of one."""

    start: int
    end: int
    condition: tree.Test | tree.Not


@dataclass(frozen=True)
class Parsed:
    """What a query says."""

    tokens: tuple[Token, ...]
    text: tuple[str, ...]
    mistakes: tuple[Mistake, ...]

    @property
    def condition(self) -> tree.All:
        """The tokens as one condition; always true when there are none."""
        return tree.All(of=tuple(token.condition for token in self.tokens))

    def accepted(self) -> Parsed:
        """Return this, or refuse a query with mistakes: programs must not get more than they asked for."""
        if self.mistakes:
            messages = [_explained(mistake) for mistake in self.mistakes]
            raise Invalid(messages[0], code="bad_query", fields={"q": messages})
        return self


def parse(query: str, view: FieldView, language: str = "en") -> Parsed:
    """Return what a query says; `language` is the one to suggest words in."""
    if len(query) > MAX_LENGTH:
        too_long = Mistake(start=MAX_LENGTH, end=len(query), message=_("This is too long for a search."))
        return Parsed((), (), (too_long,))
    tokens: list[Token] = []
    text: list[str] = []
    mistakes: list[Mistake] = []
    for lexeme in lexer.lex(query):
        try:
            meaning = _meaning(lexeme, view, language)
        except _WordError as refusal:
            mistakes.append(refusal.mistake)
            continue
        if isinstance(meaning, str):
            text.append(meaning)
        else:
            tokens.append(meaning)
    return Parsed(tuple(tokens), tuple(word for word in text if word), tuple(mistakes))


class _WordError(Exception):
    def __init__(self, where: Item, message: str, suggestions: Iterable[str] = ()) -> None:
        super().__init__(message)
        self.mistake = Mistake(
            start=where.start, end=where.end, message=message, suggestions=tuple(suggestions)
        )


def _explained(mistake: Mistake) -> str:
    if not mistake.suggestions:
        return mistake.message
    return _("%(message)s Perhaps: %(words)s.") % {
        "message": mistake.message,
        "words": ", ".join(mistake.suggestions),
    }


def _meaning(lexeme: lexer.Lexeme, view: FieldView, language: str) -> Token | str:
    match lexeme:
        case lexer.Phrase(item=item):
            return item.text
        case lexer.Number(number=number, start=start, end=end):
            if view.number is None:
                return f"#{number}"
            return Token(start, end, tree.Test(field=view.number, values=(number,)))
        case Pair():
            return _pair(lexeme, view, language)


def _pair(pair: Pair, view: FieldView, language: str) -> Token | str:
    field = view.called(pair.name.text)
    if field is None:
        if len(pair.items) == 1 and pair.items[0].start == pair.items[0].end:
            return f"{'-' if pair.negated else ''}{pair.name.text}:{pair.sign}"  # "Re:" is text
        message = _("There is no search word “%(word)s”.") % {"word": pair.name.text}
        raise _WordError(pair.name, message, view.similar(pair.name.text, language))
    test = _range(pair, field) if pair.is_range else _test(pair, field, language)
    return Token(pair.start, pair.end, tree.Not(of=test) if pair.negated else test)


def _range(pair: Pair, field: Field) -> tree.Test:
    first, last = pair.items
    ends = [_plain(item, field) for item in (first, last) if item.text]
    if not ends or pair.sign or Op.BETWEEN not in field.kind.operators:
        raise _cannot_compare(pair.name, field)
    op = Op.BETWEEN if len(ends) == 2 else Op.GTE if first.text else Op.LTE
    return tree.Test(field=field.name, op=op, values=tuple(ends))


def _test(pair: Pair, field: Field, language: str) -> tree.Test:
    _require_values(pair)
    op = SIGNS[pair.sign] if pair.sign else field.kind.usual
    if op not in field.kind.operators:
        raise _cannot_compare(pair.name, field)
    if op not in _LISTS:
        return _bound(pair, field, op)
    shortcut = None if pair.sign else _shortcut(pair.items, field)
    if shortcut:
        return shortcut
    values = tuple(_value(item, field, language) for item in pair.items)
    if op is Op.CONTAINS and None in values:
        if len(values) > 1:
            raise _cannot_compare(pair.name, field)
        op = Op.IN
    return tree.Test(field=field.name, op=op, values=values)


def _require_values(pair: Pair) -> None:
    for item in pair.items:
        if not item.text:
            raise _WordError(pair.name, _("“%(word)s:” needs a value.") % {"word": pair.name.text})
    if len(pair.items) > tree.MAX_VALUES:
        raise _WordError(pair.items[tree.MAX_VALUES], _("These are too many values."))


def _bound(pair: Pair, field: Field, op: Op) -> tree.Test:
    if len(pair.items) != 1:
        raise _cannot_compare(pair.name, field)
    item = pair.items[0]
    try:
        meant, value = field.kind.parse_bound(op, item.text)
    except ValueError:
        raise _no_such_value(item, field) from None
    return tree.Test(field=field.name, op=meant, values=(value,))


def _shortcut(items: Sequence[Item], field: Field) -> tree.Test | None:
    if len(items) != 1 or items[0].quoted:
        return None
    for shortcut in field.shortcuts:
        if fold(items[0].text) in spellings(shortcut.words):
            return tree.Test(field=field.name, op=shortcut.op, values=shortcut.values)
    return None


def _value(item: Item, field: Field, language: str) -> Scalar | None:
    if not item.quoted:
        if fold(item.text) in spellings(Field.NOTHING):
            return None
        for placeholder in field.placeholders:
            if placeholder.is_called(item.text):
                return placeholder.name
    if field.options is NO_OPTIONS or _is_id(item, field):
        return _plain(item, field)
    return _option(item, field, language)


def _is_id(item: Item, field: Field) -> bool:
    return isinstance(field.kind, Reference) and not item.quoted and item.text[:1] == "#"


def _plain(item: Item, field: Field) -> Scalar:
    try:
        if _is_id(item, field):
            return field.kind.check(int(item.text[1:]))
        return field.kind.parse(item.text)
    except ValueError:
        raise _no_such_value(item, field) from None


def _option(item: Item, field: Field, language: str) -> Scalar:
    found = field.options.called(item.text)
    if len(found) == 1:
        return found[0].value
    if found:
        message = _("“%(word)s” can mean more than one here.") % {"word": item.text}
        raise _WordError(item, message, (f"#{option.value}" for option in found))
    near = field.options.suggest(item.text[:1], 5)
    raise _no_such_value(item, field, [option.name(language) for option in near])


def _no_such_value(item: Item, field: Field, suggestions: Iterable[str] = ()) -> _WordError:
    message = _("“%(label)s” cannot be “%(word)s”.") % {"label": field.label, "word": item.text}
    return _WordError(item, message, suggestions)


def _cannot_compare(where: Item, field: Field) -> _WordError:
    return _WordError(where, _("“%(label)s” cannot be compared like this.") % {"label": field.label})

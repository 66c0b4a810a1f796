"""Conditions written as search words, so that a saved view can be shown as tokens and edited as text."""

from __future__ import annotations

import re
from collections.abc import Iterable

from okno.conditions import lexer, tree, words
from okno.conditions.fields import Field, FieldView
from okno.conditions.kinds import Reference
from okno.conditions.match import Op
from okno.conditions.options import Scalar, fold, spellings, written

_SIGN_OF = {op: sign for sign, op in words.SIGNS.items()}
_BARE_VALUE = re.compile(r"[\w+-](?:(?!\.\.)[\w@.+:/-])*")
_BARE_TEXT = re.compile(r'[^\s":#]+')


def write(
    condition: tree.Condition, view: FieldView, *, language: str = "en", text: Iterable[str] = ()
) -> str | None:
    """Return the query that says this condition and text, or None where words cannot say it (`Any`)."""
    parts = condition.of if isinstance(condition, tree.All) else (condition,)
    written_parts = [_part(part, view, language) for part in parts]
    if None in written_parts:
        return None
    phrases = [phrase if _BARE_TEXT.fullmatch(phrase) else lexer.quote(phrase) for phrase in text]
    query = " ".join([*(part for part in written_parts if part), *phrases])
    # Names can clash and numbers be too fine for words; what would not be read back is not shown as if it
    # were.
    return query if words.parse(query, view).condition == tree.All(of=tuple(parts)) else None


def _part(part: tree.Condition, view: FieldView, language: str) -> str | None:
    match part:
        case tree.Test(field=name, op=Op.IN, values=(int() as number,)) if name == view.number:
            return f"#{number}"
        case tree.Test():
            return _test(part, view, language)
        case tree.Not(of=tree.Test() as inner):
            return "-" + _test(inner, view, language)
    return None


def _test(test: tree.Test, view: FieldView, language: str) -> str:
    field = view.get(test.field)
    return f"{field.word(language)}:{_values(test, field, language)}"


def _values(test: tree.Test, field: Field, language: str) -> str:
    for shortcut in field.shortcuts:
        if (shortcut.op, shortcut.values) == (test.op, test.values):
            return written(shortcut.words, language) or ""
    if test.op is Op.BETWEEN:
        return "..".join(field.kind.write(value, language) for value in test.values if value is not None)
    if test.op not in (Op.IN, Op.CONTAINS):
        return _bound(test, field, language)
    sign = "" if test.op is field.kind.usual or test.values == (None,) else _SIGN_OF[test.op]
    return sign + ",".join(value_word(value, field, language) for value in test.values)


def _bound(test: tree.Test, field: Field, language: str) -> str:
    value = test.values[0]
    if value is None:
        return ""
    op, word = field.kind.write_bound(test.op, value, language)
    return _SIGN_OF[op] + word


def value_word(value: Scalar | None, field: Field, language: str) -> str:
    """Return what stands for a value in a query, quoted where it must be."""
    if value is None:
        return written(Field.NOTHING, language) or ""
    for placeholder in field.placeholders:
        if value == placeholder.name:
            return written(placeholder.words, language) or placeholder.name
    option = field.options.of(value)
    name = option.name(language) if option else field.kind.write(value, language)
    if isinstance(field.kind, Reference) and [found.value for found in field.options.called(name)] != [value]:
        return f"#{value}"
    return _quoted(name, field)


def _quoted(word: str, field: Field) -> str:
    reserved = any(fold(word) in spellings(known) for _label, known in field.keywords())
    return word if _BARE_VALUE.fullmatch(word) and not reserved else lexer.quote(word)

"""What the token editor offers next, from what has been typed up to the caret."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from okno.conditions import lexer
from okno.conditions.fields import Field, FieldView
from okno.conditions.options import Label, fold, spellings, written
from okno.conditions.writing import value_word


@dataclass(frozen=True)
class Suggestion:
    """Replace what was typed from `start` to the caret by `text`; `label` says what it is."""

    start: int
    text: str
    label: Label


def suggest(typed: str, view: FieldView, *, language: str = "en", limit: int = 8) -> list[Suggestion]:
    """Return how the last word can go on: a field's word, or one of its values."""
    last = next(iter(deque(lexer.lex(typed), maxlen=1)), None)
    if isinstance(last, lexer.Pair) and last.end == len(typed):
        field = view.called(last.name.text)
        found = _values(last.items[-1], field, language, limit) if field else iter(())
    elif isinstance(last, lexer.Phrase) and last.item.end == len(typed) and not last.item.quoted:
        found = _fields(last.item, view, language)
    elif not typed or typed[-1].isspace():
        found = _fields(lexer.Item("", False, len(typed), len(typed)), view, language)
    else:
        found = iter(())
    return list(islice(found, limit))


def _fields(item: lexer.Item, view: FieldView, language: str) -> Iterator[Suggestion]:
    prefix = item.text.removeprefix("-")
    start = item.end - len(prefix)
    for field in view.fields.values():
        if any(word.startswith(fold(prefix)) for word in spellings(field.words)):
            yield Suggestion(start, f"{field.word(language)}:", field.label)


def _values(item: lexer.Item, field: Field, language: str, limit: int) -> Iterator[Suggestion]:
    for label, words in field.keywords():
        if any(word.startswith(fold(item.text)) for word in spellings(words)):
            yield Suggestion(item.start, written(words, language) or "", label)
    for option in field.options.suggest(item.text, limit):
        yield Suggestion(item.start, value_word(option.value, field, language), option.label)
    for word in field.kind.examples(language):
        if fold(word).startswith(fold(item.text)):
            yield Suggestion(item.start, word, word)

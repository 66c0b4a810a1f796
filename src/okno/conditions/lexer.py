"""Typed search words cut into lexemes with their positions; what they mean is `words`' business.

-status:closed  team:"Second line",L2  created:2026-01-01..2026-02-01  due:<2d  #123  printer  "paper jam"
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SPACE = re.compile(r"\s+")
_NUMBER = re.compile(r"#(\d{1,15})(?=\s|$)", re.ASCII)
# A name and a colon; an address such as https://… is text.
_NAME = re.compile(r"(-?)([^\W\d]\w*):(?!//)")
_SIGN = re.compile(r"<=|>=|[<>=~]")
# A closing quote may be missing: people see results while they type.
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)(?:"|\\?$)', re.DOTALL)
_BARE_ITEM = re.compile(r'(?:(?!\.\.)[^\s,"])+')
_BARE_TEXT = re.compile(r'[^\s"]+')
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True)
class Item:
    """One value as typed; a quoted one is never a keyword."""

    text: str
    quoted: bool
    start: int
    end: int


@dataclass(frozen=True)
class Phrase:
    """Free text: a word, or a quoted phrase."""

    item: Item


@dataclass(frozen=True)
class Number:
    """A ticket number such as `#123`."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A field's word with its values; a range has two items, of which an open end is empty."""

    negated: bool
    name: Item
    sign: str
    items: tuple[Item, ...]
    is_range: bool
    start: int
    end: int


Lexeme = Phrase | Number | Pair


def lex(query: str) -> Iterator[Lexeme]:
    """Yield the lexemes of a query; every query can be cut."""
    position = 0
    while position < len(query):
        space = _SPACE.match(query, position)
        if space:
            position = space.end()
            continue
        lexeme, position = _lexeme(query, position)
        yield lexeme


def quote(text: str) -> str:
    """Return a text in quotes, as `lex` reads it back."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _lexeme(query: str, start: int) -> tuple[Lexeme, int]:
    number = _NUMBER.match(query, start)
    if number:
        return Number(int(number[1]), start, number.end()), number.end()
    name = _NAME.match(query, start)
    if name:
        pair = _pair(query, name)
        return pair, pair.end
    item = _quoted(query, start) or _bare(query, start, _BARE_TEXT)
    return Phrase(item), item.end


def _pair(query: str, name: re.Match[str]) -> Pair:
    sign = _SIGN.match(query, name.end())
    items = [_item(query, sign.end() if sign else name.end())]
    is_range = query.startswith("..", items[0].end)
    if is_range:
        items.append(_item(query, items[0].end + 2))
    else:
        while query.startswith(",", items[-1].end):
            items.append(_item(query, items[-1].end + 1))
    return Pair(
        negated=bool(name[1]),
        name=Item(name[2], False, name.start(2), name.end(2)),
        sign=sign[0] if sign else "",
        items=tuple(items),
        is_range=is_range,
        start=name.start(),
        end=items[-1].end,
    )


def _item(query: str, start: int) -> Item:
    return _quoted(query, start) or _bare(query, start, _BARE_ITEM)


def _quoted(query: str, start: int) -> Item | None:
    match = _QUOTED.match(query, start)
    return Item(_ESCAPED.sub(r"\1", match[1]), True, start, match.end()) if match else None


def _bare(query: str, start: int, pattern: re.Pattern[str]) -> Item:
    match = pattern.match(query, start)
    return Item(match[0], False, start, match.end()) if match else Item("", False, start, start)

"""The words that the ticket list and the API understand, from the registry of fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from okno.conditions import moments
from okno.conditions.fields import Field
from okno.conditions.options import Listed
from okno.tickets.fields import TICKET_FIELDS
from tools.docs.pages import table

INTRODUCTION = """\
# Search words

Typed into the search field of the list, and sent as `q` to `GET /api/v1/tickets`. Words of both languages are
understood everywhere. What is no search word is looked for in subjects.

| Typed | Finds |
| --- | --- |
| `status:open assignee:me` | both must be true |
| `status:new,open` | one of several |
| `-tag:vip` | the opposite |
| `assignee:none` | without a value |
| `created:<7d` | younger than seven days; `m` minutes, `h` hours, `d` days, `w` weeks |
| `created:2026-01-01..2026-01-31` | from one day to another |
| `due:overdue`, `due:today` | named moments: {moments} |
| `team:"Second line"` | a value with a space |
| `tag:=vip` or `subject:~paper` | exactly, or containing |
| `#123` | the ticket with this number |
| `"paper jam"` | these words in this order |

A mistake is marked at its place, with what was perhaps meant; the rest of the line still counts. The API refuses it
instead, so that a program never gets more than it asked for.

## Fields
"""


def lines() -> Iterator[str]:
    """Return the page."""
    yield INTRODUCTION.format(moments=", ".join(f"`{name}`" for name in moments.NAMED_WORDS))
    rows = [
        (str(field.label), _spelled(field.words), _values(field), "yes" if field.sortable else "")
        for field in TICKET_FIELDS.view(()).fields.values()
    ]
    yield from table(["Field", "Words", "Values", "Can be sorted by"], rows)
    yield ""
    yield "A workspace's own fields are asked by their keys, as `custom.serial:A7`."


def _spelled(words: Mapping[str, tuple[str, ...]]) -> str:
    return " ".join(f"`{word}`" for language in ("en", "ru") for word in words.get(language, ()))


def _values(field: Field) -> str:
    kinds = {
        "Number": "number",
        "Reference": "name",
        "Text": "text",
        "Moment": "moment",
        "Boolean": "`yes`, `no`",
        "Choice": "",
    }
    kind = kinds[type(field.kind).__name__]
    if not kind and isinstance(field.options, Listed):
        kind = " ".join(f"`{option.name('en')}`" for option in field.options.load())
    special = [_spelled(words) for _label, words in field.keywords() if words is not Field.NOTHING]
    return "; ".join(part for part in (kind, *special) if part)

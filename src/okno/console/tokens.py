"""Filter tokens: the words of a query as people read them, each with the address without it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from okno.conditions import tree
from okno.conditions.fields import Field, FieldView
from okno.conditions.kinds import Moment
from okno.conditions.match import Op
from okno.conditions.options import Scalar
from okno.conditions.words import Mistake, Parsed

_COMPARED = {Op.LT: "<", Op.LTE: "≤", Op.GT: ">", Op.GTE: "≥"}
_UNITS = {
    "m": lambda count: ngettext("%(count)d minute", "%(count)d minutes", count),
    "h": lambda count: ngettext("%(count)d hour", "%(count)d hours", count),
    "d": lambda count: ngettext("%(count)d day", "%(count)d days", count),
    "w": lambda count: ngettext("%(count)d week", "%(count)d weeks", count),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenCell:
    """One token; `remove_url` is the list without it."""

    field: str
    operator: str
    value: str
    remove_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MistakeCell:
    """What could not be understood, and the addresses of what may have been meant."""

    message: str
    words: str
    suggestions: Sequence[tuple[str, str]]


def token_cells(
    q: str, parsed: Parsed, fields: FieldView, *, url: Callable[[str], str], language: str
) -> list[TokenCell]:
    """Return the tokens of a query; `url` gives the address of another query."""
    return [
        _token(token.condition, fields, url(_without(q, token.start, token.end)), language)
        for token in parsed.tokens
    ]


def mistake_cells(q: str, mistakes: Sequence[Mistake], *, url: Callable[[str], str]) -> list[MistakeCell]:
    """Return the mistakes of a query, each suggestion as the query that it would make."""
    return [
        MistakeCell(
            message=mistake.message,
            words=q[mistake.start : mistake.end],
            suggestions=[
                (word, url(q[: mistake.start] + _quoted(word) + q[mistake.end :]))
                for word in mistake.suggestions
            ],
        )
        for mistake in mistakes
    ]


def _quoted(word: str) -> str:
    return f'"{word}"' if " " in word else word


def _without(q: str, start: int, end: int) -> str:
    return " ".join(f"{q[:start]} {q[end:]}".split())


def _token(condition: tree.Test | tree.Not, fields: FieldView, remove_url: str, language: str) -> TokenCell:
    test = condition if isinstance(condition, tree.Test) else condition.of
    # The words know only tests and negated tests.
    assert isinstance(test, tree.Test)  # noqa: S101
    field = fields.get(test.field)
    operator, value = _said(test, field, language)
    if isinstance(condition, tree.Not):
        operator = "≠" if operator == "—" else _("not") + f" {operator}"
    return TokenCell(field=str(field.label), operator=operator, value=value, remove_url=remove_url)


def _said(test: tree.Test, field: Field, language: str) -> tuple[str, str]:
    for shortcut in field.shortcuts:
        if (shortcut.op, shortcut.values) == (test.op, test.values):
            return "—", str(shortcut.label)
    if test.op is Op.CONTAINS:
        return "~", ", ".join(_value(value, field, language) for value in test.values)
    if test.op is Op.BETWEEN:
        return "—", " … ".join(_value(value, field, language) for value in test.values)
    if test.op in _COMPARED:
        return _compared(test, field, language)
    return "—", ", ".join(_value(value, field, language) for value in test.values)


def _compared(test: tree.Test, field: Field, language: str) -> tuple[str, str]:
    """Say `created:<7d` as "for 7 days" where the moment is relative, everything else by its sign."""
    value = str(test.values[0])
    is_recent = test.op in (Op.GT, Op.GTE) and value[:1] == "-"
    is_near = test.op in (Op.LT, Op.LTE) and value[:1] == "+"
    if isinstance(field.kind, Moment) and (is_recent or is_near) and value[-1] in _UNITS:
        count = int(value[1:-1])
        within = pgettext("past", "within") if is_recent else pgettext("future", "within")
        return within, _UNITS[value[-1]](count) % {"count": count}
    return _COMPARED[test.op], _value(test.values[0], field, language)


def _value(value: Scalar | None, field: Field, language: str) -> str:
    if value is None:
        return _("nobody") if field.name in ("assignee", "participant", "requester") else _("nothing")
    for placeholder in field.placeholders:
        if value == placeholder.name:
            return str(placeholder.label)
    option = field.options.of(value)
    return str(option.label) if option else field.kind.write(value, language)

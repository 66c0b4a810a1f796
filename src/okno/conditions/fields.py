"""The registry of fields: one per subject (tickets, assets, …), filled by its owners at import time."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from okno.conditions.kinds import Choice, Kind
from okno.conditions.match import Match, Op
from okno.conditions.options import (
    NO_OPTIONS,
    Label,
    Options,
    Placeholder,
    Scalar,
    Words,
    fold,
    spellings,
    written,
)
from okno.conditions.viewer import Viewer
from okno.lib.errors import Invalid

ME = Placeholder(name="me", label=gettext_lazy("Me"), words={"en": ("me",), "ru": ("я",)})
MY_TEAMS = Placeholder(
    name="my_teams", label=gettext_lazy("My teams"), words={"en": ("my_teams",), "ru": ("мои_команды",)}
)


@dataclass(frozen=True)
class Column:
    """A column of the subject or, by `__`, of a row it points to; never across a relation to many."""

    path: str
    nullable: bool = True


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Narrow rows beside the subject, one per value: tags, custom values.

    `rows` is called at each use and returns them already narrowed to the field; `owner` points to the
    subject.
    """

    rows: Callable[[], QuerySet[Any]]
    owner: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Shortcut:
    """A word that stands for a whole test, such as `due:overdue`."""

    label: Label
    words: Words
    op: Op
    values: tuple[Scalar | None, ...]


@dataclass(frozen=True, kw_only=True)
class Field:
    """One thing that a subject can be asked about.

    `read` gets its value, or collection of values, from a snapshot: a function, or the key (attribute) of it;
    by default the column's path, else the name. `module` is the slug of the module without which it does not
    exist.
    """

    name: str
    label: Label
    kind: Kind
    source: Column | Rows
    words: Words
    options: Options = NO_OPTIONS
    placeholders: tuple[Placeholder, ...] = ()
    shortcuts: tuple[Shortcut, ...] = ()
    read: str | Callable[[Any], object] | None = None
    sortable: bool = False
    module: str | None = None

    #: Words for "has no value"; `device:"none"` in quotes is the text itself.
    NOTHING: ClassVar[Words] = {"en": ("none",), "ru": ("пусто", "никто")}

    def __post_init__(self) -> None:
        if self.sortable and not isinstance(self.source, Column):
            raise ValueError(f"{self.name}: only a column can be sorted by")

    def values(self, snapshot: object) -> tuple[Any, ...]:
        """Return what the snapshot holds, none if it holds null or the empty text."""
        found = self._read(snapshot)
        many = found if isinstance(found, tuple | list | set | frozenset) else (found,)
        return tuple(value for value in many if value is not None and value != "")

    def keywords(self) -> Iterator[tuple[Label, Words]]:
        """Yield the words that mean something else than a value of the field when they are not quoted."""
        for placeholder in self.placeholders:
            yield placeholder.label, placeholder.words
        for shortcut in self.shortcuts:
            yield shortcut.label, shortcut.words
        yield gettext_lazy("Nothing"), self.NOTHING

    def word(self, language: str) -> str:
        """Return the search word to write."""
        return written(self.words, language) or self.name

    def check(self, value: object) -> Scalar:
        """Return the canonical form of a value from JSON, or raise ValueError."""
        if isinstance(value, str) and any(value == known.name for known in self.placeholders):
            return value
        checked = self.kind.check(value)
        if isinstance(self.kind, Choice) and self.options.of(checked) is None:
            raise ValueError(value)
        return checked

    def match(self, op: Op, values: Iterable[Scalar | None], viewer: Viewer) -> Match:
        """Return what a valid test asks, with placeholders replaced by whom they name."""
        given = tuple(values)
        present = tuple(self._present(given, viewer))
        return Match(self.kind.criteria(op, present, viewer) if present else (), absent=None in given)

    def _present(self, values: Iterable[Scalar | None], viewer: Viewer) -> Iterator[Scalar]:
        names = {placeholder.name for placeholder in self.placeholders}
        for value in values:
            if isinstance(value, str) and value in names:
                yield from viewer.group(value)
            elif value is not None:
                yield value

    def _read(self, snapshot: object) -> object:
        read = self.read
        if read is None:
            read = self.source.path if isinstance(self.source, Column) else self.name
        if callable(read):
            return read(snapshot)
        return snapshot[read] if isinstance(snapshot, Mapping) else getattr(snapshot, read)


@dataclass(frozen=True)
class FieldView:
    """The fields that exist for one reader: his modules, his workspace's custom fields."""

    fields: Mapping[str, Field]
    number: str | None = None
    _by_word: Mapping[str, Field] = field(default_factory=dict)

    def get(self, name: str) -> Field:
        """Return a field by its name, or refuse: it is unknown or its module is off."""
        found = self.fields.get(name)
        if found is None:
            raise Invalid(_("There is no field “%(name)s” here.") % {"name": name}, code="unknown_field")
        return found

    def called(self, word: str) -> Field | None:
        """Return the field of a search word in any language."""
        return self._by_word.get(fold(word))

    def similar(self, word: str, language: str) -> tuple[str, ...]:
        """Return the search words that somebody may have meant by this one."""
        near = difflib.get_close_matches(fold(word), self._by_word, n=5, cutoff=0.6)
        return tuple(dict.fromkeys(self._by_word[found].word(language) for found in near))


@dataclass
class FieldRegistry:
    """What a subject can be asked about; `number` names the field that `#123` tests."""

    subject: type[Model] | str
    number: str | None = None
    _fields: dict[str, Field] = field(default_factory=dict)

    def register(self, *fields: Field) -> None:
        """Add fields at import time; a name or word that is taken is a programmer's mistake."""
        for new in fields:
            taken = _words_of(self._fields.values())
            if new.name in self._fields or any(word in taken for word in spellings(new.words)):
                raise ValueError(f"{new.name}: the name or a search word is taken")
            self._fields[new.name] = new

    def view(self, modules: Iterable[str], extra: Iterable[Field] = ()) -> FieldView:
        """Return the fields that exist with these modules on, plus a workspace's own (`extra`).

        A workspace's own field never hides one of ours: its words give way, its name must differ.
        """
        enabled = frozenset(modules)
        ours = {name: known for name, known in self._fields.items() if known.module in (None, *enabled)}
        custom = {own.name: own for own in extra if own.name not in self._fields}
        words = {**_words_of(custom.values()), **_words_of(ours.values())}
        return FieldView({**ours, **custom}, self.number, words)


def _words_of(fields: Iterable[Field]) -> dict[str, Field]:
    return {word: known for known in fields for word in spellings(known.words)}

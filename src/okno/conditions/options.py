"""The values that a field offers, and the words by which people name them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from django.utils.functional import Promise

Scalar = str | int | float | bool
Label = str | Promise

#: Language code → its words; the first is the one we write, the others are understood as well.
Words = Mapping[str, tuple[str, ...]]
DEFAULT_LANGUAGE = "en"


def written(words: Words, language: str) -> str | None:
    """Return the word to write in a language, or the default language's, or None."""
    found = words.get(language) or words.get(DEFAULT_LANGUAGE) or ()
    return found[0] if found else None


def fold(text: str) -> str:
    """Return a name as it is compared: case and the dots of ё do not matter."""
    return text.casefold().replace("ё", "\N{CYRILLIC SMALL LETTER IE}")


def spellings(words: Words) -> Iterable[str]:
    """Return every understood spelling, folded, of all languages: people mix them."""
    return (fold(word) for group in words.values() for word in group)


@dataclass(frozen=True, kw_only=True)
class Option:
    """One value on offer; without words of its own it is named by its label."""

    value: Scalar
    label: Label
    words: Words = field(default_factory=dict)

    def name(self, language: str) -> str:
        """Return what stands for this value in typed words."""
        return written(self.words, language) or str(self.label)

    def is_called(self, text: str) -> bool:
        """Tell whether a word, in any language and case, names this option."""
        return fold(text) in self._names()

    def begins_with(self, prefix: str) -> bool:
        """Tell whether any name of this option begins so."""
        return any(name.startswith(fold(prefix)) for name in self._names())

    def _names(self) -> Iterator[str]:
        yield fold(str(self.label))
        yield from spellings(self.words)
        if isinstance(self.value, str):
            yield fold(self.value)


class Options(Protocol):
    """Where a field's values come from; implement it over a query when there are too many to list."""

    def called(self, text: str) -> Sequence[Option]:
        """Return the options that a typed word names exactly; more than one means it is ambiguous."""

    def of(self, value: Scalar) -> Option | None:
        """Return the option of a value."""

    def suggest(self, prefix: str, limit: int) -> Sequence[Option]:
        """Return some options whose name begins so."""


@dataclass(frozen=True)
class Listed:
    """Options short enough to list; `load` is called at each use, so it may read the database."""

    load: Callable[[], Iterable[Option]]

    def called(self, text: str) -> Sequence[Option]:
        """Return the options that a typed word names exactly."""
        return [option for option in self.load() if option.is_called(text)]

    def of(self, value: Scalar) -> Option | None:
        """Return the option of a value."""
        return next((option for option in self.load() if option.value == value), None)

    def suggest(self, prefix: str, limit: int) -> Sequence[Option]:
        """Return the first options whose name begins so."""
        return [option for option in self.load() if option.begins_with(prefix)][:limit]


NO_OPTIONS = Listed(tuple)


@dataclass(frozen=True, kw_only=True)
class Placeholder:
    """A word that stands for values known only when the condition is read, such as `me`."""

    name: str
    label: Label
    words: Words

    def is_called(self, text: str) -> bool:
        """Tell whether a word, in any language and case, names this placeholder."""
        return fold(text) in spellings(self.words)

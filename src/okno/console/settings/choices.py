"""A choice in which “none of them” is an answer like the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms

NONE = "-"


class ChoiceOrNone(forms.ChoiceField):
    """A select whose first line stands for nothing; it never looks like a field that was left out."""

    def __init__(
        self, *, none_label: Any, none: Any = "", coerce: Callable[[str], Any] = str, **options: Any
    ) -> None:
        self.none, self.none_label, self.coerce = none, none_label, coerce
        given = options.pop("choices", ())
        super().__init__(**options)
        self.offer(given)

    def offer(self, choices: Any) -> None:
        """Set the lines after the first."""
        self.choices = [(NONE, self.none_label), *choices]

    def prepare_value(self, value: Any) -> Any:
        """Show nothing as the first line."""
        return NONE if value in (None, "") else value

    def clean(self, value: Any) -> Any:
        """Return what was chosen; a missing value is none."""
        chosen = super().clean(value or NONE)
        return self.none if chosen == NONE else self.coerce(chosen)

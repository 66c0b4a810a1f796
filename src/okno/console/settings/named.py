"""Form fields for names by language, which all pages of configuration have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _

from okno.console.errors import add_refusal
from okno.lib.errors import DomainError, Words


def text_fields(name: str, label: Words, *, length: int = 80, help_text: str = "") -> dict[str, forms.Field]:
    """Return a field for each language: `<name>_en`, `<name>_ru`."""
    return {
        f"{name}_{language}": forms.CharField(
            label=_("%(what)s, %(language)s") % {"what": label, "language": called},
            max_length=length,
            required=False,
            help_text=help_text,
        )
        for language, called in settings.LANGUAGES
    }


def take_texts(given: dict[str, Any], name: str) -> dict[str, str]:
    """Take the texts of all languages out of what was given, by language."""
    return {language: given.pop(f"{name}_{language}", "") for language, _label in settings.LANGUAGES}


def initial_texts(name: str, texts: Mapping[str, str]) -> dict[str, str]:
    """Return the first values of the fields of `text_fields`."""
    return {f"{name}_{language}": text for language, text in texts.items()}


def refuse(form: forms.Form, error: DomainError) -> None:
    """Write a refusal at its field; one about all languages of a name stands at the first."""
    first = settings.LANGUAGES[0][0]
    error.fields = {
        name if name in form.fields else f"{name}_{first}": words for name, words in error.fields.items()
    }
    add_refusal(form, error)

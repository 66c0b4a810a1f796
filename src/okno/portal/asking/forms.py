"""The form that a requester fills in: subject, text, what the type asks, files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from okno.portal.asking.fields import as_value, fields_of
from okno.portal.asking.uploads import PendingFile, problem_words
from okno.tickets.commands.submit import NewFile
from okno.tickets.models import RequestType

SUBJECT_LENGTH = 300
TEXT_LENGTH = 100_000


class FilesInput(forms.FileInput):
    """A control for several files."""

    allow_multiple_selected = True


class FilesField(forms.Field):
    """Files that have come but are kept only with the request."""

    widget = FilesInput(attrs={"multiple": True})

    def clean(self, value: Any) -> list[PendingFile]:
        """Return the files; each that cannot be taken is named with the reason."""
        files = [file for file in value or () if isinstance(file, PendingFile)]
        problems = list(dict.fromkeys(problem_words(file) for file in files if file.problem))
        if problems:
            raise ValidationError(problems)
        return files


class AskingForm(forms.Form):
    """What a request type asks for. Bound forms need the files of a view behind `takes_files`."""

    subject = forms.CharField(
        label=_("Subject"), max_length=SUBJECT_LENGTH, help_text=_("A few words: what is it about?")
    )
    text = forms.CharField(
        label=_("What happened, or what do you need?"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    files = FilesField(label=_("Files"), required=False)  # type: ignore[assignment]  # declared, not an attribute

    field_order: Sequence[str] = ("subject", "text")

    def __init__(self, *args: Any, request_type: RequestType, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request_type = request_type
        self.asked: list[str] = []
        files = self.fields.pop("files")
        for key, field in fields_of(request_type):
            self.fields[key] = field
            self.asked.append(key)
        self.fields["files"] = files

    @property
    def asked_fields(self) -> list[forms.BoundField]:
        """Return what only this type asks, for the part of the page that changes with the type."""
        return [self[key] for key in self.asked]

    def values(self) -> dict[str, Any]:
        """Return the answers as `NewRequest.values`; what was left empty is not among them."""
        answers = {key: as_value(self.cleaned_data.get(key)) for key in self.asked}
        return {key: value for key, value in answers.items() if value is not None}

    def kept_files(self) -> list[NewFile]:
        """Make the files durable and return their names. Call it once the request is surely taken."""
        return [file.keep() for file in self.cleaned_data.get("files", ())]

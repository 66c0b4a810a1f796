"""The forms of how mail looks and what it says."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from okno.channels.email.models import MailLook
from okno.channels.email.wording import BODY_LENGTH, SUBJECT_LENGTH, WITHOUT_SUBJECT, Wording
from okno.console.settings.choices import ChoiceOrNone

QUOTING: dict[str, bool | None] = {"yes": True, "no": False, "": None}


class LookForm(forms.Form):
    """Colour and quoting."""

    accent = forms.CharField(
        label=gettext_lazy("Colour of buttons and links"),
        required=False,
        max_length=7,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "placeholder": "#1e4aa8", "class": "mono"}
        ),
    )
    quotes_previous = ChoiceOrNone(
        label=gettext_lazy("Quote below an answer what it answers to"),
        none_label=gettext_lazy("As everywhere"),
    )

    def __init__(self, *args: Any, is_of_all: bool, accent: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("yes", _("Yes")), ("no", _("No"))]
        quoting = self.fields["quotes_previous"]
        if is_of_all:
            quoting.choices = choices  # type: ignore[attr-defined]
        else:
            quoting.offer(choices)  # type: ignore[attr-defined]
        common = (
            _("Empty: the workspace's colour, %(accent)s.")
            if is_of_all
            else _("Empty: as everywhere, %(accent)s.")
        )
        self.fields["accent"].help_text = common % {"accent": accent}

    def values(self) -> dict[str, Any]:
        """Return the arguments of the command."""
        given = self.cleaned_data
        return {"accent": given["accent"], "quotes_previous": QUOTING[given["quotes_previous"]]}


def initial_look(row: MailLook, *, is_of_all: bool) -> dict[str, str]:
    """Return what the form shows of a stored look; the whole workspace quotes unless it is told not to."""
    quotes = True if is_of_all and row.quotes_previous is None else row.quotes_previous
    return {
        "accent": row.accent,
        "quotes_previous": next(word for word, value in QUOTING.items() if value is quotes),
    }


class TextForm(forms.Form):
    """A text: subject and body with placeholders."""

    subject = forms.CharField(
        label=gettext_lazy("Subject"),
        strip=False,
        error_messages={"required": gettext_lazy("Write a subject.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": SUBJECT_LENGTH}),
    )
    body = forms.CharField(
        label=gettext_lazy("Text"),
        strip=False,
        error_messages={"required": gettext_lazy("Write a text.")},
        widget=forms.Textarea(attrs={"rows": 16, "maxlength": BODY_LENGTH}),
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind in WITHOUT_SUBJECT:
            del self.fields["subject"]
            self.fields["body"].required = False
            self.fields["body"].widget.attrs["rows"] = 6

    def wording(self) -> Wording:
        """Return what was typed, not yet checked."""
        return Wording(subject=self.cleaned_data.get("subject", ""), body=self.cleaned_data["body"])

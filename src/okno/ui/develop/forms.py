"""A form with every control that Django draws, for the sheet of components."""

from __future__ import annotations

from django import forms

CHOICES = [("en", "English"), ("ru", "Русский")]


class SampleForm(forms.Form):
    """One of each control, with help and errors."""

    name = forms.CharField(label="Name", help_text="As colleagues see it.")
    email = forms.EmailField(label="E-mail")
    language = forms.ChoiceField(label="Language", choices=CHOICES)
    about = forms.CharField(label="About", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    send_copy = forms.BooleanField(label="Send me a copy", required=False, help_text="To the address above.")
    teams = forms.MultipleChoiceField(
        label="Teams", choices=CHOICES, widget=forms.CheckboxSelectMultiple, required=False
    )
    file = forms.FileField(label="Picture", required=False)

    def clean(self) -> None:
        """Refuse always, so that the sheet shows errors."""
        raise forms.ValidationError("The name and the address belong to two people.")

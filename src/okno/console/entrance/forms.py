"""What people are asked when they come in for the first time."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from okno.accounts.forms import MailAddressField, NewPasswordField


def timezone_choices() -> list[tuple[str, str]]:
    """Return the zones that people live in, by name; not the abbreviations and offsets."""
    return [
        (zone, zone.replace("_", " "))
        for zone in sorted(available_timezones())
        if "/" in zone or zone == "UTC"
    ]


class PersonForm(forms.Form):
    """Who comes in."""

    name = forms.CharField(
        label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = NewPasswordField()


class WorkspaceForm(forms.Form):
    """What the desk is called, and which language and time it keeps."""

    workspace_name = forms.CharField(
        label=_("Name of the company or desk"),
        max_length=200,
        help_text=_("It stands at the top and in mail. It can be changed later."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    timezone = forms.ChoiceField(label=_("Time zone"), choices=timezone_choices)


class FirstAdministratorForm(WorkspaceForm):
    """The first administrator, with a new account, and the desk."""

    name = forms.CharField(
        label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = MailAddressField(label=_("Your mail address"), help_text=_("You sign in with it."))
    password = NewPasswordField()

    field_order = ("name", "email", "password", "workspace_name", "language", "timezone")


def first_form(*, is_signed_in: bool, **options: Any) -> WorkspaceForm | FirstAdministratorForm:
    """Return the form of the first page: without an account's fields for whoever has signed in already."""
    return WorkspaceForm(**options) if is_signed_in else FirstAdministratorForm(**options)

"""The form as its sender fills it in: who he is, what he asks, what he agrees to."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from okno.lib.addresses import InvalidAddress, normalise_address
from okno.modules.form.models import ConsentText
from okno.people.commands import clean_name
from okno.portal.asking.forms import AskingForm
from okno.ui.linkify import linked

NAME_LENGTH = 200
TRAP = "website"
"""A field that no person sees; programs fill in everything."""


class SendForm(AskingForm):
    """What a request type asks, and the sender's name, address and consent."""

    name = forms.CharField(
        label=_("Your name"), max_length=NAME_LENGTH, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.CharField(
        label=_("Your mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("Our answer goes there."),
    )
    consent = forms.BooleanField(
        label=_("I agree"), error_messages={"required": _("We need your consent to work on the request.")}
    )
    field_order = ("name", "email", "subject", "text")

    def __init__(self, *args: Any, consent_text: ConsentText | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.consent_text = consent_text
        if consent_text is None:
            del self.fields["consent"]

    @property
    def consent_linked(self) -> str:
        """Return what is agreed to, its addresses as links."""
        return linked(self.consent_text.text) if self.consent_text else ""

    def clean_name(self) -> str:
        """Return the name as one line."""
        name = clean_name(self.cleaned_data["name"])
        if not name:
            raise ValidationError(_("Write your name."))
        return name

    def clean_email(self) -> str:
        """Return the address in its canonical form."""
        try:
            return normalise_address(self.cleaned_data["email"])
        except InvalidAddress as error:
            raise ValidationError(_("This is not a mail address.")) from error

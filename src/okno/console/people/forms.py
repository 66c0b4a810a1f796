"""The forms of contacts and organizations. What they mean is checked by the commands."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from okno.people.models import Contact, ContactAddress, Organization


def _lines(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "autocomplete": "off", "spellcheck": "false"})


class ContactForm(forms.Form):
    """A person who writes in."""

    name = forms.CharField(label=_("Name"), max_length=200)
    addresses = forms.CharField(
        label=_("Mail addresses"),
        help_text=_("One a line; the first is the one that is written to."),
        widget=_lines(2),
        required=False,
        max_length=5000,
    )
    phones = forms.CharField(
        label=_("Phones"),
        help_text=_("One a line, with the country: +44 20 7946 0018. The first is the one that is called."),
        widget=_lines(2),
        required=False,
        max_length=2000,
    )
    organization = forms.CharField(
        label=_("Organization"),
        help_text=_("A name that is not there yet makes a new organization."),
        widget=forms.TextInput(attrs={"list": "organizations", "autocomplete": "off"}),
        required=False,
        max_length=200,
    )
    title = forms.CharField(label=_("Position"), required=False, max_length=200)
    language = forms.ChoiceField(
        label=_("Language"),
        help_text=_("In which automatic mails are written to this person."),
        choices=[("", _("As the desk's")), *settings.LANGUAGES],
        required=False,
    )
    is_vip = forms.BooleanField(
        label=_("VIP"), help_text=_("Tickets of this person bear the mark."), required=False
    )
    sees_organization = forms.BooleanField(
        label=_("Sees the organization's requests"),
        help_text=_("In the portal, besides this person's own."),
        required=False,
    )
    notes = forms.CharField(
        label=_("Notes"),
        help_text=_("Only the team sees them."),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        max_length=10_000,
    )

    @staticmethod
    def values_of(contact: Contact | None) -> dict[str, Any]:
        """Return what the form shows of a contact."""
        if contact is None:
            return {}
        addresses = list(contact.addresses.all())
        return {
            "name": contact.name,
            "addresses": "\n".join(row.value for row in addresses if row.kind == ContactAddress.Kind.EMAIL),
            "phones": "\n".join(row.value for row in addresses if row.kind == ContactAddress.Kind.PHONE),
            "organization": contact.organization.name if contact.organization else "",
            "title": contact.title,
            "language": contact.language,
            "is_vip": contact.is_vip,
            "sees_organization": contact.sees_organization,
            "notes": contact.notes,
        }


class OrganizationForm(forms.Form):
    """A client company or a department."""

    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=200)
    domains = forms.CharField(
        label=_("Mail domains"),
        help_text=_("One a line, such as client.example. New people who write from there belong to it."),
        widget=_lines(3),
        required=False,
        max_length=5000,
    )
    is_vip = forms.BooleanField(
        label=_("VIP"), help_text=_("Tickets of its people bear the mark."), required=False
    )
    notes = forms.CharField(
        label=_("Notes"),
        help_text=_("Only the team sees them."),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        max_length=10_000,
    )

    @staticmethod
    def values_of(organization: Organization | None) -> dict[str, Any]:
        """Return what the form shows of an organization."""
        if organization is None:
            return {}
        domains = organization.domains.order_by("domain").values_list("domain", flat=True)
        return {
            "name": organization.name,
            "domains": "\n".join(domains),
            "is_vip": organization.is_vip,
            "notes": organization.notes,
        }

"""The forms of connecting a mailbox by consent, and of a client at a provider."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from okno.accounts.forms import MailAddressField
from okno.channels.email.consents import Wish
from okno.channels.email.models import Mailbox, OAuthClient, Provider
from okno.channels.email.oauth_clients import ClientSettings
from okno.console.settings.choices import ChoiceOrNone
from okno.team.queries import active_desks, active_teams

RELATIONS = [
    ("own", gettext_lazy("the mailbox's own account")),
    ("shared", gettext_lazy("another account that may open it (a shared mailbox, Microsoft only)")),
    ("alias", gettext_lazy("the account of which the address is another name")),
]


class ConnectForm(forms.Form):
    """What is to be connected, and who will consent."""

    provider = forms.ChoiceField(choices=Provider.choices)
    mailbox_id = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    relation = forms.ChoiceField(label=gettext_lazy("Who signs in"), choices=RELATIONS, initial="own")
    address = MailAddressField(
        label=gettext_lazy("Address of the mailbox"),
        help_text=gettext_lazy("Only if it is not the account's own."),
        autocomplete="off",
        required=False,
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("Clients see it as the sender. For example: Acme support"),
        max_length=200,
        required=False,
    )
    desk_id = forms.TypedChoiceField(label=gettext_lazy("Desk"), coerce=int, required=False, empty_value=None)
    team_id = ChoiceOrNone(
        label=gettext_lazy("Team"),
        help_text=gettext_lazy("New tickets from this address wait for it."),
        none_label=gettext_lazy("none: they wait without a team"),
        none=None,
        coerce=int,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "connect_%s")
        super().__init__(*args, **kwargs)
        desks = active_desks()
        self.fields["team_id"].offer([(team.pk, team.name) for team in active_teams()])  # type: ignore[attr-defined]
        if len(desks) > 1:
            self.fields["desk_id"].choices = [(desk.pk, desk.name) for desk in desks]  # type: ignore[attr-defined]
        else:
            del self.fields["desk_id"]

    def clean(self) -> dict[str, Any]:
        """Refuse what no provider can do."""
        given = super().clean() or {}
        relation = given.get("relation", "own")
        if relation == "shared" and given.get("provider") == Provider.GOOGLE:
            self.add_error("relation", _("Google knows no shared mailboxes: sign in as the mailbox itself."))
        if relation != "own" and not given.get("mailbox_id") and not given.get("address"):
            self.add_error("address", _("Enter the address of the mailbox."))
        return given

    def wish(self) -> Wish:
        """Return what was asked for, once the form is valid."""
        given = self.cleaned_data
        return Wish(
            provider=Provider(given["provider"]),
            relation=given["relation"],
            mailbox_id=given["mailbox_id"],
            address=given["address"],
            name=given["name"],
            desk_id=given.get("desk_id"),
            team_id=given["team_id"],
        )

    @classmethod
    def for_mailbox(cls, mailbox: Mailbox) -> ConnectForm:
        """Return the form of a mailbox that exists, saying how it was connected before."""
        form = cls(initial={"mailbox_id": mailbox.pk, "relation": _relation_of(mailbox)})
        for name in ("address", "name", "desk_id", "team_id"):
            form.fields.pop(name, None)
        return form


def _relation_of(mailbox: Mailbox) -> str:
    if mailbox.oauth_account in ("", mailbox.address):
        return "own"
    return "shared" if mailbox.imap_user == mailbox.address else "alias"


class ClientForm(forms.Form):
    """By what name the desk is known to a provider."""

    client_id = forms.CharField(
        label=gettext_lazy("Client id"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    client_secret = forms.CharField(
        label=gettext_lazy("Client secret"),
        required=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    directory = forms.CharField(
        label=gettext_lazy("Directory (tenant) id"),
        help_text=gettext_lazy("Empty: accounts of any organization may be connected."),
        required=False,
        max_length=253,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    secret_expires_on = forms.DateField(
        label=gettext_lazy("The secret is good until"),
        help_text=gettext_lazy("You are reminded a month before."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, provider: Provider, has_secret: bool, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"{provider.value}_%s")
        super().__init__(*args, **kwargs)
        if provider is not Provider.MICROSOFT:
            del self.fields["directory"]
        self.fields["client_secret"].required = not has_secret
        if has_secret:
            self.fields["client_secret"].help_text = _("One is stored. Empty: it stays.")

    @classmethod
    def of(cls, row: OAuthClient | None, provider: Provider) -> ClientForm:
        """Return the form of what is stored: everything but the secret."""
        if row is None:
            return cls(provider=provider, has_secret=False)
        names = ("client_id", "directory", "secret_expires_on")
        initial = {name: getattr(row, name) for name in names}
        return cls(provider=provider, has_secret=bool(row.client_secret), initial=initial)

    def client_settings(self) -> ClientSettings:
        """Return what was typed, once the form is valid."""
        given = self.cleaned_data
        return ClientSettings(
            client_id=given["client_id"],
            client_secret=given["client_secret"] or None,
            directory=given.get("directory", ""),
            secret_expires_on=given["secret_expires_on"],
        )

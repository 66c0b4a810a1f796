"""The form of a mailbox."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from django import forms
from django.conf import settings as installation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from okno.accounts.forms import MailAddressField
from okno.channels.email.mailboxes import MailboxSettings
from okno.channels.email.models import Auth, Mailbox, Security
from okno.channels.email.pace import MINUTE_LIMITS
from okno.console.settings.choices import ChoiceOrNone
from okno.team.queries import active_desks, active_teams

_OWN_PASSWORDS = ("imap_password", "smtp_password")
_OF_SERVERS = [
    f"{way}_{name}" for way in ("imap", "smtp") for name in ("host", "port", "security", "user", "password")
]


def _host(label: Any, help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=253,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "placeholder": "mail.example.com"}
        ),
    )


def _port(initial: int) -> forms.IntegerField:
    return forms.IntegerField(label=gettext_lazy("Port"), min_value=1, max_value=65535, initial=initial)


def _security() -> forms.ChoiceField:
    return forms.ChoiceField(label=gettext_lazy("Encryption"), choices=Security.choices, initial=Security.TLS)


def _user() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("User name"),
        required=False,
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


def _password() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Password"),
        required=False,
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class MailboxForm(forms.Form):
    """An address, where its mail is fetched from and by what it is sent."""

    address = MailAddressField(label=gettext_lazy("Address"), autocomplete="off")
    name = forms.CharField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("Clients see it as the sender. For example: Acme support"),
        max_length=200,
        required=False,
    )
    desk_id = forms.TypedChoiceField(label=gettext_lazy("Desk"), coerce=int)
    team_id = ChoiceOrNone(
        label=gettext_lazy("Team"),
        help_text=gettext_lazy("New tickets from this address wait for it."),
        none_label=gettext_lazy("none: they wait without a team"),
        none=None,
        coerce=int,
    )
    is_default = forms.BooleanField(
        label=gettext_lazy("Use it for answers where no other mailbox fits"), required=False
    )
    imap_host = _host(gettext_lazy("IMAP server"), gettext_lazy("Empty: mail comes by SMTP only."))
    imap_port = _port(993)
    imap_security = _security()
    imap_user = _user()
    imap_password = _password()
    imap_folder = forms.CharField(label=gettext_lazy("Folder"), max_length=200, initial="INBOX")
    smtp_host = _host(gettext_lazy("SMTP server"), "")
    smtp_port = _port(465)
    smtp_security = _security()
    smtp_user = _user()
    smtp_password = _password()
    minute_limit = forms.IntegerField(
        label=gettext_lazy("Mails a minute, at most"),
        help_text=gettext_lazy(
            "Empty: as many as there are. Providers block who sends too fast; what is above waits for its turn."
        ),
        min_value=MINUTE_LIMITS[0],
        max_value=MINUTE_LIMITS[-1],
        required=False,
    )
    trusted_authserv = forms.CharField(
        label=gettext_lazy("Server whose verdicts on forged mail are believed"),
        help_text=gettext_lazy(
            "The name at the beginning of its Authentication-Results header. Empty: none."
        ),
        max_length=253,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, mailbox: Mailbox | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        desks = active_desks()
        self.fields["team_id"].offer([(team.pk, team.name) for team in active_teams()])  # type: ignore[attr-defined]
        if len(desks) > 1:
            self.fields["desk_id"].choices = [(desk.pk, desk.name) for desk in desks]  # type: ignore[attr-defined]
        else:
            del self.fields["desk_id"]
        relay = installation.ENVIRONMENT.smtp_url
        self.fields["smtp_host"].help_text = (
            _("Empty: the installation's own relay is used.")
            if relay
            else _("Without it answers cannot leave: this installation has no relay of its own.")
        )
        for name in _OWN_PASSWORDS:
            if mailbox is not None and getattr(mailbox, name.replace("password", "secret")):
                self.fields[name].help_text = _("One is stored. Empty: it stays.")
        if mailbox is not None and mailbox.auth == Auth.OAUTH:
            # Its servers are the provider's: to others no token may be shown.
            for name in _OF_SERVERS:
                del self.fields[name]

    @property
    def imap_fields(self) -> list[forms.BoundField]:
        """Return the fields about fetching, after the server's name."""
        return self._fields("imap_port", "imap_security", "imap_user", "imap_password", "imap_folder")

    @property
    def smtp_fields(self) -> list[forms.BoundField]:
        """Return the fields about sending, after the server's name."""
        return self._fields("smtp_port", "smtp_security", "smtp_user", "smtp_password", "minute_limit")

    def settings(self) -> MailboxSettings:
        """Return what was typed, once the form is valid."""
        given = dict(self.cleaned_data)
        for name in _OWN_PASSWORDS:
            given[name] = given.get(name) or None
        return MailboxSettings(**given)

    def _fields(self, *names: str) -> list[forms.BoundField]:
        return [self[name] for name in names if name in self.fields]


def initial_of(mailbox: Mailbox) -> dict[str, Any]:
    """Return what the form shows of a mailbox: everything but its passwords."""
    names = [field.name for field in fields(MailboxSettings) if field.name not in _OWN_PASSWORDS]
    return {name: getattr(mailbox, name) for name in names}

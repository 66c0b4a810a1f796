"""By what name this desk is known to Microsoft and Google, and where their servers are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from okno.channels.email.events import OAuthClientChanged
from okno.channels.email.models import Mailbox, OAuthClient, Provider, Security
from okno.lib.crypto import seal, unseal
from okno.lib.errors import Denied, Invalid
from okno.spine.actor import Actor
from okno.spine.unit import command, emit
from okno.team.policy import can_manage_system
from okno.tenancy.scope import current_workspace_id

# What is asked of whoever consents: reading by IMAP, sending by SMTP, that it lasts, and who he is.
# Microsoft Learn, “Authenticate an IMAP, POP or SMTP connection using OAuth”.
MICROSOFT_SCOPES = (
    "offline_access",
    "https://outlook.office.com/IMAP.AccessAsUser.All",
    "https://outlook.office.com/SMTP.Send",
    "openid",
    "email",
    "profile",
)
# developers.google.com/workspace/gmail/imap/xoauth2-protocol
GOOGLE_SCOPES = ("https://mail.google.com/", "openid", "email")

WARN_BEFORE = timedelta(days=30)
_DIRECTORY = re.compile(r"[0-9A-Za-z][0-9A-Za-z.-]{0,252}")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServers:
    """Where the mailboxes of a provider are read and sent from; tokens are shown to these servers only."""

    imap_host: str
    imap_port: int
    imap_security: str
    smtp_host: str
    smtp_port: int
    smtp_security: str


SERVERS = {
    Provider.MICROSOFT: MailServers(
        imap_host="outlook.office365.com",
        imap_port=993,
        imap_security=Security.TLS,
        smtp_host="smtp.office365.com",
        smtp_port=587,
        smtp_security=Security.STARTTLS,
    ),
    Provider.GOOGLE: MailServers(
        imap_host="imap.gmail.com",
        imap_port=993,
        imap_security=Security.TLS,
        smtp_host="smtp.gmail.com",
        smtp_port=465,
        smtp_security=Security.TLS,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """What a provider knows this desk by."""

    provider: Provider
    client_id: str
    client_secret: str
    directory: str = ""
    is_of_installation: bool = False
    """Set by the environment for all workspaces, and not by this one."""

    def __repr__(self) -> str:
        """Show everything but the secret."""
        return f"Client({self.provider} {self.client_id})"

    @property
    def scopes(self) -> tuple[str, ...]:
        """Return what is asked of whoever consents."""
        return MICROSOFT_SCOPES if self.provider is Provider.MICROSOFT else GOOGLE_SCOPES

    def is_enough(self, granted: str) -> bool:
        """Tell whether what was granted lets mail be read and sent: Google lets people untick it.

        Microsoft names the same right by several hosts of its own, so there the last part of the name counts.
        """
        needed = {scope for scope in self.scopes if scope.startswith("https://")}
        if self.provider is Provider.MICROSOFT:
            return {_right(scope) for scope in needed} <= {_right(scope) for scope in granted.split()}
        return needed <= set(granted.split())

    @property
    def authorize_url(self) -> str:
        """Return where people are sent to consent."""
        if self.provider is Provider.GOOGLE:
            return (
                _at("https://accounts.google.com", settings.ENVIRONMENT.google_stand_in) + "/o/oauth2/v2/auth"
            )
        return f"{self._microsoft}/oauth2/v2.0/authorize"

    @property
    def token_url(self) -> str:
        """Return where codes and refresh tokens are exchanged."""
        if self.provider is Provider.GOOGLE:
            return _at("https://oauth2.googleapis.com", settings.ENVIRONMENT.google_stand_in) + "/token"
        return f"{self._microsoft}/oauth2/v2.0/token"

    def is_issuer(self, issuer: object, tenant: object) -> bool:
        """Tell whether an identity token says that it is of this provider, and of the directory if one is named."""
        if self.provider is Provider.GOOGLE:
            base = _at("https://accounts.google.com", settings.ENVIRONMENT.google_stand_in)
            return issuer in {base, base.partition("://")[2]}
        if _is_guid(self.directory) and tenant != self.directory.lower():
            return False
        base = _at("https://login.microsoftonline.com", settings.ENVIRONMENT.microsoft_stand_in)
        return isinstance(tenant, str) and issuer == f"{base}/{tenant}/v2.0"

    @property
    def _microsoft(self) -> str:
        base = _at("https://login.microsoftonline.com", settings.ENVIRONMENT.microsoft_stand_in)
        return f"{base}/{self.directory or 'organizations'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSettings:
    """Hold what a person may set of a client; a secret of None leaves the stored one as it is."""

    client_id: str
    client_secret: str | None = None
    directory: str = ""
    secret_expires_on: date | None = None


def client_for(provider: Provider) -> Client | None:
    """Return the workspace's own client of a provider, else the installation's, else None."""
    row = OAuthClient.objects.filter(provider=provider).first()
    return _own(row) if row is not None else _of_installation(provider)


def clients() -> dict[Provider, Client]:
    """Return the clients that mailboxes can be connected by, in one query."""
    rows = {Provider(row.provider): row for row in OAuthClient.objects.all()}
    found = {
        provider: _own(rows[provider]) if provider in rows else _of_installation(provider)
        for provider in Provider
    }
    return {provider: client for provider, client in found.items() if client is not None}


def ending_clients(*, now: datetime) -> list[OAuthClient]:
    """Return the workspace's clients whose secrets run out within a month, or have."""
    return list(OAuthClient.objects.filter(secret_expires_on__lte=(now + WARN_BEFORE).date()))


@command
def save_client(*, actor: Actor, provider: Provider, given: ClientSettings, now: datetime) -> OAuthClient:
    """Keep by what name the desk is known to a provider. Raises Denied, Invalid.

    Mailboxes that failed because of the old client are tried again.
    """
    _allow(actor)
    row = OAuthClient.objects.select_for_update(no_key=True).filter(provider=provider).first()
    row = row or OAuthClient(provider=provider)
    _check(given, has_secret=bool(row.client_secret))
    row.client_id = given.client_id.strip()
    row.directory = given.directory.strip() if provider is Provider.MICROSOFT else ""
    if given.client_secret is not None:
        row.client_secret = seal(given.client_secret.strip(), place=_place(provider))
    row.secret_expires_on, row.secret_warned_on = given.secret_expires_on, None
    row.updated_at = now
    row.save()
    _try_again(provider)
    emit(actor, OAuthClientChanged(provider=provider), kind="oauth_client", subject=row, now=now)
    return row


@command
def forget_client(*, actor: Actor, provider: Provider, now: datetime) -> None:
    """Forget the workspace's own client; the installation's is used if there is one. Raises Denied."""
    _allow(actor)
    row = OAuthClient.objects.select_for_update().filter(provider=provider).first()
    if row is None:
        return
    emit(actor, OAuthClientChanged(provider=provider), kind="oauth_client", subject=row, now=now)
    OAuthClient.objects.filter(pk=row.pk).delete()
    _try_again(provider)


def _allow(actor: Actor) -> None:
    if not can_manage_system(actor):
        raise Denied(_("You may not change how this desk signs in elsewhere."))


def _check(given: ClientSettings, *, has_secret: bool) -> None:
    wrong: dict[str, list[str]] = {}
    if not given.client_id.strip() or not given.client_id.strip().isprintable():
        wrong["client_id"] = [_("Copy the client id from the provider's page.")]
    if not (has_secret if given.client_secret is None else given.client_secret.strip()):
        wrong["client_secret"] = [_("Copy the value of the secret, not its id.")]
    if given.directory.strip() and not _DIRECTORY.fullmatch(given.directory.strip()):
        wrong["directory"] = [_("This is no directory id.")]
    if wrong:
        raise Invalid(_("The client cannot be saved like this."), fields=wrong)


def _try_again(provider: Provider) -> None:
    failing = Mailbox.objects.filter(oauth_provider=provider).exclude(oauth_error="")
    failing.filter(oauth_error__startswith="client").update(oauth_error="")


def _own(row: OAuthClient) -> Client:
    provider = Provider(row.provider)
    return Client(
        provider=provider,
        client_id=row.client_id,
        client_secret=unseal(row.client_secret, place=_place(provider)) if row.client_secret else "",
        directory=row.directory,
    )


def _of_installation(provider: Provider) -> Client | None:
    environment = settings.ENVIRONMENT
    client_id = getattr(environment, f"{provider}_client_id")
    secret = getattr(environment, f"{provider}_client_secret")
    if not client_id or not secret:
        return None
    directory = environment.microsoft_directory if provider is Provider.MICROSOFT else None
    return Client(
        provider=provider,
        client_id=client_id,
        client_secret=secret,
        directory=directory or "",
        is_of_installation=True,
    )


def _place(provider: Provider) -> str:
    return f"{current_workspace_id()}|oauth-client|{provider.value}"


def _right(scope: str) -> str:
    return scope.rpartition("/")[2].lower()


def _at(address: str, stand_in: str | None) -> str:
    return (stand_in or address).rstrip("/")


def _is_guid(directory: str) -> bool:
    return re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", directory) is not None

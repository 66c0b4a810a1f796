"""Mailboxes, how we sign in to them, and whose mail an address receives."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from okno.team.models import Desk, Team
from okno.tenancy.fields import TenantForeignKey
from okno.tenancy.models import TenantModel, Workspace


class Security(models.TextChoices):
    """How a connection to a mail server is protected."""

    TLS = "tls", _("TLS")
    STARTTLS = "starttls", _("STARTTLS")
    NONE = "none", _("None (only on the same machine)")


class Auth(models.TextChoices):
    """How we sign in to a mailbox's servers."""

    PASSWORD = "password", _("User name and password")
    OAUTH = "oauth", _("Consent of the account's owner (OAuth)")


class Provider(models.TextChoices):
    """Whose accounts may be connected by consent."""

    MICROSOFT = "microsoft", "Microsoft 365"
    GOOGLE = "google", "Google"


class Mailbox(TenantModel):
    """An address of a desk or team: mail to it becomes tickets, answers leave from it."""

    address = models.TextField()
    name = models.TextField(blank=True, default="")
    desk = TenantForeignKey(Desk, on_delete=models.PROTECT, related_name="+")
    team = TenantForeignKey(Team, null=True, on_delete=models.SET_NULL, related_name="+")
    is_active = models.BooleanField(default=True)
    is_default = models.BooleanField(default=False)

    imap_host = models.TextField(blank=True, default="")
    imap_port = models.PositiveIntegerField(default=993)
    imap_security = models.TextField(choices=Security.choices, default=Security.TLS)
    imap_user = models.TextField(blank=True, default="")
    imap_secret = models.TextField(blank=True, default="")
    """Sealed by `lib.crypto` for the place `<workspace>|mailbox|imap|<address>`."""
    imap_folder = models.TextField(default="INBOX")

    smtp_host = models.TextField(blank=True, default="")
    """Empty: the installation's relay (`OKNO_SMTP_URL`) is used."""
    smtp_port = models.PositiveIntegerField(default=465)
    smtp_security = models.TextField(choices=Security.choices, default=Security.TLS)
    smtp_user = models.TextField(blank=True, default="")
    smtp_secret = models.TextField(blank=True, default="")

    auth = models.TextField(choices=Auth.choices, default=Auth.PASSWORD)
    oauth_provider = models.TextField(choices=Provider.choices, blank=True, default="")
    oauth_account = models.TextField(blank=True, default="")
    """The address that the consent was given for; it signs in by IMAP and SMTP."""
    oauth_secret = models.TextField(blank=True, default="", editable=False)
    """The refresh token, sealed by `lib.crypto` for the place `<workspace>|mailbox|oauth|<address>`."""
    oauth_granted_at = models.DateTimeField(null=True, editable=False)
    oauth_refreshed_at = models.DateTimeField(null=True, editable=False)
    """When the provider was last asked for a fresh token: a consent that is not used runs out."""
    oauth_expires_at = models.DateTimeField(null=True, editable=False)
    """When the consent ends by itself, where the provider says so."""
    oauth_warned_at = models.DateTimeField(null=True, editable=False)
    oauth_error = models.TextField(blank=True, default="", editable=False)
    """Why the consent is of no use any more: a `consent_advice.Problem`, then `: ` and the provider's words."""

    is_released = models.BooleanField(default=True)
    """False from the first connection until a person has looked at what came: nothing is sent meanwhile."""
    released_at = models.DateTimeField(null=True, editable=False)
    awaits_window = models.BooleanField(default=False)
    """True from the first connection until a person has said which mail is taken: nothing is fetched meanwhile."""
    import_since = models.DateTimeField(null=True)
    """Mail that the server received before is left alone; null: everything is taken."""
    import_takes_seen = models.BooleanField(default=False)
    """Whether mail from before the connection is taken that somebody has read already."""
    connected_at = models.DateTimeField(null=True, editable=False)
    """What the server received before was imported, and is never answered by a machine."""
    first_uidvalidity = models.BigIntegerField(null=True, editable=False)
    first_uid = models.BigIntegerField(null=True, editable=False)
    """The first UID that was not there yet when it was connected: a surer sign of new mail than the servers' clocks."""
    minute_limit = models.PositiveIntegerField(null=True)
    """How many mails may leave in a minute; null: no limit of ours."""
    turns_until = models.DateTimeField(null=True, editable=False)
    """The last turn that was given to a mail above the limit; null or past: nobody waits."""

    sender_hour_limit = models.PositiveIntegerField(default=30)
    """How many mails of one sender are taken in an hour; further ones are held. 0: no limit."""

    trusted_authserv = models.TextField(blank=True, default="")
    """The authserv-id whose Authentication-Results are believed (RFC 8601); empty: none."""

    uidvalidity = models.BigIntegerField(null=True, editable=False)
    last_uid = models.BigIntegerField(default=0, editable=False)
    fetch_owner = models.TextField(blank=True, default="", editable=False)
    fetch_until = models.DateTimeField(null=True, editable=False)
    """The lease of the one fetcher, by the database's clock."""
    fetched_at = models.DateTimeField(null=True, editable=False)
    fetch_error = models.TextField(blank=True, default="", editable=False)
    fetch_failing_since = models.DateTimeField(null=True, editable=False)
    sent_at = models.DateTimeField(null=True, editable=False)
    send_error = models.TextField(blank=True, default="", editable=False)
    send_failing_since = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "address"], name="email_mailbox_address_key"),
            models.UniqueConstraint(
                fields=["workspace"], name="email_mailbox_one_default", condition=Q(is_default=True)
            ),
        ]

    def __str__(self) -> str:
        return self.address


class MailRoute(models.Model):
    """Which workspace and mailbox a recipient address belongs to. A global table: the listener knows only addresses."""

    address = models.TextField(unique=True)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    mailbox_id = models.BigIntegerField()

    def __str__(self) -> str:
        return self.address


class OAuthClient(TenantModel):
    """By what name this desk is known to a provider: entered once, used by all its mailboxes there."""

    provider = models.TextField(choices=Provider.choices)
    client_id = models.TextField()
    client_secret = models.TextField(blank=True, default="", editable=False)
    """Sealed by `lib.crypto` for the place `<workspace>|oauth-client|<provider>`."""
    directory = models.TextField(blank=True, default="")
    """Microsoft: the tenant id, or empty for accounts of any organization."""
    secret_expires_on = models.DateField(null=True)
    secret_warned_on = models.DateField(null=True, editable=False)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "provider"], name="email_oauth_client_key")
        ]

    def __str__(self) -> str:
        return self.provider

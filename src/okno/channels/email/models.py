"""Mailboxes and the two ledgers of mail: what came in, raw, and what is to go out."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from okno.spine.ledger import LeasedRow
from okno.team.models import Desk, Team
from okno.tenancy.fields import TenantForeignKey
from okno.tenancy.models import TenantModel, Workspace


class Security(models.TextChoices):
    """How a connection to a mail server is protected."""

    TLS = "tls", _("TLS")
    STARTTLS = "starttls", _("STARTTLS")
    NONE = "none", _("None (only on the same machine)")


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

    trusted_authserv = models.TextField(blank=True, default="")
    """The authserv-id whose Authentication-Results are believed (RFC 8601); empty: none."""

    uidvalidity = models.BigIntegerField(null=True, editable=False)
    last_uid = models.BigIntegerField(default=0, editable=False)
    fetch_owner = models.TextField(blank=True, default="", editable=False)
    fetch_until = models.DateTimeField(null=True, editable=False)
    """The lease of the one fetcher, by the database's clock."""
    fetched_at = models.DateTimeField(null=True, editable=False)
    fetch_error = models.TextField(blank=True, default="", editable=False)
    sent_at = models.DateTimeField(null=True, editable=False)
    send_error = models.TextField(blank=True, default="", editable=False)
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


class RawMail(LeasedRow):
    """A mail as it came, durable before it was acknowledged. Its outcome says what became of it."""

    class Source(models.TextChoices):
        """How it came in."""

        SMTP = "smtp", _("SMTP")
        IMAP = "imap", _("IMAP")
        INGEST = "ingest", _("Ingested file")

    class Outcome(models.TextChoices):
        """What became of it."""

        PENDING = "", _("Being read")
        OPENED = "opened", _("Opened a ticket")
        REPLIED = "replied", _("Joined a ticket")
        HELD = "held", _("Held for a decision")
        DUPLICATE = "duplicate", _("Had come before")
        IGNORED = "ignored", _("Our own mail")
        AUTO_REPLY = "auto_reply", _("Automatic answer")
        SPAM = "spam", _("Spam")
        QUARANTINED = "quarantined", _("Could not be read yet")

    mailbox = TenantForeignKey(Mailbox, on_delete=models.PROTECT, related_name="+")
    source = models.TextField(choices=Source.choices)
    sha256 = models.TextField()
    size = models.BigIntegerField()
    envelope_from = models.TextField(blank=True, default="")
    envelope_to = models.JSONField(default=list)
    uidvalidity = models.BigIntegerField(null=True)
    uid = models.BigIntegerField(null=True)
    file_name = models.TextField(blank=True, default="")
    message_id = models.TextField(blank=True, default="")
    subject = models.TextField(blank=True, default="")
    sender = models.TextField(blank=True, default="")
    outcome = models.TextField(choices=Outcome.choices, blank=True, default=Outcome.PENDING)
    reason = models.TextField(blank=True, default="")
    ticket_number = models.BigIntegerField(null=True)
    message_ref = models.BigIntegerField(null=True)
    """The id of the ticket message that it became (this package does not know tickets)."""

    class Meta(LeasedRow.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "mailbox", "uidvalidity", "uid"],
                name="email_raw_uid_key",
                condition=Q(uid__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            *LeasedRow.due_index("email_raw"),
            models.Index(fields=["workspace", "sha256"], name="email_raw_sha"),
            models.Index(fields=["workspace", "message_id"], name="email_raw_message_id"),
            models.Index(fields=["workspace", "outcome", "-id"], name="email_raw_outcome"),
        ]


class OutgoingMail(LeasedRow):
    """A mail that is to leave, written with what caused it. Its Message-ID stays the same over all attempts."""

    class Purpose(models.TextChoices):
        """Why it is sent."""

        REPLY = "reply", _("Reply")
        RECEIPT = "receipt", _("Receipt")
        RESOLVED = "resolved", _("Question whether it is solved")
        STAFF = "staff", _("Staff notification")
        ACCOUNT = "account", _("Account mail")

    mailbox = TenantForeignKey(Mailbox, null=True, on_delete=models.PROTECT, related_name="+")
    """Null for account mail (invitation, reset) in a workspace that has no mailbox yet."""
    purpose = models.TextField(choices=Purpose.choices)
    message_id = models.TextField()
    from_address = models.TextField()
    from_name = models.TextField(blank=True, default="")
    to = models.JSONField(default=list)
    """Lists of `{"address", "name"}`; `cc` and `bcc` likewise."""
    cc = models.JSONField(default=list)
    bcc = models.JSONField(default=list)
    reply_to = models.TextField(blank=True, default="")
    subject = models.TextField()
    text = models.TextField()
    html = models.TextField(blank=True, default="")
    in_reply_to = models.TextField(blank=True, default="")
    references = models.JSONField(default=list)
    is_automatic = models.BooleanField(default=False)
    attachments = models.JSONField(default=list)
    """Lists of `{"sha256", "filename", "content_type", "inline", "content_id"}` of stored files."""
    results = models.JSONField(default=dict)
    """By address: `{"state": "sent" | "failed", "code": 550, "words": "…"}`."""
    subject_kind = models.TextField(blank=True, default="")
    subject_ref = models.BigIntegerField(null=True)
    """What it belongs to (this package does not know tickets): `message`, id."""

    class Meta(LeasedRow.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "message_id"], name="email_out_message_id_key")
        ]
        indexes: ClassVar = [
            *LeasedRow.due_index("email_out"),
            models.Index(fields=["workspace", "subject_kind", "subject_ref"], name="email_out_subject"),
            models.Index(fields=["workspace", "-id"], name="email_out_newest"),
        ]

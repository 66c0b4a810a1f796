"""The two ledgers of mail: what came in, raw, and what is to go out."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from okno.channels.email.models.mailbox import Mailbox
from okno.spine.ledger import LeasedRow
from okno.tenancy.fields import TenantForeignKey


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
        BOUNCED = "bounced", _("Delivery report")
        COMPLAINT = "complaint", _("Spam complaint")
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
    words = models.TextField(blank=True, default="", editable=False)
    """How it begins, of mail that is on no ticket: by this an agent tells spam."""
    is_released = models.BooleanField(default=False)
    """A person said that it is no spam and may come in; neither rates nor verdicts are asked again."""
    run = models.UUIDField(null=True, editable=False)
    """Of the mails that were read again together, whose progress is shown."""
    is_import = models.BooleanField(default=False, editable=False)
    """It lay in the mailbox before that was connected: it becomes a ticket, and no machine answers it."""
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
            models.Index(fields=["workspace", "sender", "created_at"], name="email_raw_sender"),
            models.Index(fields=["workspace", "run"], name="email_raw_run", condition=Q(run__isnull=False)),
            models.Index(fields=["workspace", "mailbox", "-id"], name="email_raw_mailbox"),
            models.Index(
                fields=["workspace", "ticket_number"],
                name="email_raw_ticket",
                condition=Q(ticket_number__isnull=False),
            ),
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
        SIDE = "side", _("Question to an outside expert")
        CONFIRM = "confirm", _("Question whether an address is right")
        TEST = "test", _("Test of how mail looks")

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
    headers = models.JSONField(default=list)
    """Pairs of name and value that it has besides the usual, such as List-Unsubscribe."""
    attachments = models.JSONField(default=list)
    """Lists of `{"sha256", "filename", "content_type", "inline", "content_id"}` of stored files."""
    results = models.JSONField(default=dict)
    """By address: `{"state": "sent" | "failed", "code": 550, "words": "…", "status": "5.1.1", "permanent": true}`."""
    subject_kind = models.TextField(blank=True, default="")
    subject_ref = models.BigIntegerField(null=True)
    """What it belongs to (this package does not know tickets): `message`, id."""
    lane = models.TextField(blank=True, default="", editable=False)
    """Mails of one lane reach a recipient in the order in which they were written; empty: no matter."""
    awaits_release = models.BooleanField(default=False, editable=False)
    """Kept because its mailbox sends nothing yet."""
    turn_at = models.DateTimeField(null=True, editable=False)
    """When its turn comes, if there was more mail than its mailbox may send in a minute."""
    left_at = models.DateTimeField(null=True, editable=False)
    """When it last went to a server; written where the mailbox has a limit."""

    class Meta(LeasedRow.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "message_id"], name="email_out_message_id_key")
        ]
        indexes: ClassVar = [
            *LeasedRow.due_index("email_out"),
            models.Index(fields=["workspace", "subject_kind", "subject_ref"], name="email_out_subject"),
            models.Index(fields=["workspace", "-id"], name="email_out_newest"),
            models.Index(
                fields=["workspace", "mailbox", "left_at"],
                name="email_out_left",
                condition=Q(left_at__isnull=False),
            ),
            models.Index(
                fields=["workspace", "lane"], name="email_out_lane", condition=Q(state="due") & ~Q(lane="")
            ),
            models.Index(
                fields=["workspace", "mailbox"], name="email_out_unreleased", condition=Q(awaits_release=True)
            ),
        ]

    def recipients(self) -> list[str]:
        """Return the addresses of all recipients, each once."""
        return list(dict.fromkeys(person["address"] for person in (*self.to, *self.cc, *self.bcc)))

    def unsettled_recipients(self) -> list[str]:
        """Return the addresses for which it is not known yet what became of it."""
        return [address for address in self.recipients() if address not in self.results]

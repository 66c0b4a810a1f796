"""What is known of addresses: who refuses our mail, whose mail we refuse, how often a machine answered."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from okno.channels.email.models.ledgers import RawMail
from okno.team.models import Member
from okno.tenancy.fields import TenantForeignKey
from okno.tenancy.models import TenantModel


class SuppressedAddress(TenantModel):
    """An address that nothing is sent to, because it refused for good or its owner called our mail spam."""

    class Cause(models.TextChoices):
        """Why."""

        BOUNCED = "bounced", _("Mail to it cannot be delivered")
        COMPLAINT = "complaint", _("Its owner reported our mail as spam")

    address = models.TextField()
    cause = models.TextField(choices=Cause.choices)
    status = models.TextField(blank=True, default="")
    words = models.TextField(blank=True, default="")
    """What the refusing server said."""
    raw = TenantForeignKey(RawMail, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "address"], name="email_suppressed_key")
        ]

    def __str__(self) -> str:
        return self.address


class BlockedSender(TenantModel):
    """An address, or a whole domain, whose mail is spam."""

    pattern = models.TextField()
    """Canonical: `someone@example.org`, or `@example.org` for the domain with all below it."""
    created_by = TenantForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "pattern"], name="email_blocked_key")
        ]

    def __str__(self) -> str:
        return self.pattern


class TrustedSender(TenantModel):
    """An address, or a whole domain, whose mail neither a server's verdict nor its number holds up."""

    pattern = models.TextField()
    """As that of a blocked sender."""
    created_by = TenantForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "pattern"], name="email_trusted_key")
        ]

    def __str__(self) -> str:
        return self.pattern


class AutomaticAnswers(TenantModel):
    """How many mails nobody wrote went to an address on a day (UTC)."""

    address = models.TextField()
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "address", "day"], name="email_answers_key")
        ]

    def __str__(self) -> str:
        return f"{self.address} {self.day} {self.count}"

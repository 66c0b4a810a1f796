"""How outgoing mail looks and what it says, of a desk or, without one, of the whole workspace."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from okno.team.models import Desk, Member
from okno.tenancy.fields import TenantForeignKey
from okno.tenancy.models import TenantModel


class TextKind(models.TextChoices):
    """The texts that can be written anew; each has a built-in one in every language."""

    REPLY = "reply", _("Answer of an agent")
    RECEIPT = "receipt", _("Receipt")
    RESOLVED = "resolved", _("Question whether it is solved")
    SIDE = "side", _("Question to an outside expert")
    STAFF = "staff", _("Notification of staff")
    SIGNATURE = "signature", _("Signature below answers")
    FOOTER = "footer", _("Last lines of every mail")


class MailText(TenantModel):
    """One version of a text in one language; the current one is used, the others can be brought back."""

    desk = TenantForeignKey(Desk, null=True, on_delete=models.CASCADE, related_name="+")
    """Null: of every desk that has none of its own."""
    kind = models.TextField(choices=TextKind.choices)
    language = models.TextField()
    subject = models.TextField(blank=True, default="")
    body = models.TextField()
    is_current = models.BooleanField(default=True)
    created_by = TenantForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "desk", "kind", "language"],
                name="email_text_one_current",
                condition=Q(is_current=True, desk__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["workspace", "kind", "language"],
                name="email_text_one_default",
                condition=Q(is_current=True, desk__isnull=True),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "kind", "language", "-id"], name="email_text_versions")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.language}"


class MailLook(TenantModel):
    """Logo, colour and quoting. What is not set is as in the whole workspace, and there as built in."""

    desk = TenantForeignKey(Desk, null=True, on_delete=models.CASCADE, related_name="+")
    accent = models.TextField(blank=True, default="")
    """`#rrggbb`, readable on white; empty: not set."""
    logo_sha256 = models.TextField(blank=True, default="")
    """A picture of ours in the file store; empty: not set."""
    logo_type = models.TextField(blank=True, default="")
    logo_width = models.PositiveIntegerField(default=0)
    logo_height = models.PositiveIntegerField(default=0)
    """In CSS pixels, as it is shown."""
    quotes_previous = models.BooleanField(null=True)
    """Whether answers carry what they answer to; null: not set."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "desk"], name="email_look_desk_key", condition=Q(desk__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["workspace"], name="email_look_default_key", condition=Q(desk__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"look {self.desk_id}"

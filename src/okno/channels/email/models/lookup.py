"""What workers find out for a mailbox from servers outside."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from okno.channels.email.models.mailbox import Mailbox
from okno.spine.ledger import LeasedRow
from okno.tenancy.fields import TenantForeignKey


class MailboxLookup(LeasedRow):
    """A question about a mailbox that takes a server to answer: no request waits for it, the answer stays here.

    There is one of each kind for a mailbox; asked again, it becomes due again and keeps its answer until the next.
    """

    class Kind(models.TextChoices):
        """What is asked."""

        PREVIEW = "preview", _("What lies in the mailbox")
        DOMAIN = "domain", _("What the sending domain says of itself")
        CONSENT = "consent", _("Whether the consent of the account's owner still holds")

    mailbox = TenantForeignKey(Mailbox, on_delete=models.CASCADE, related_name="+")
    kind = models.TextField(choices=Kind.choices)
    question = models.JSONField(default=dict)
    answer = models.JSONField(default=dict)
    """Empty until there is one."""
    answered_at = models.DateTimeField(null=True)

    class Meta(LeasedRow.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "mailbox", "kind"], name="email_lookup_key")
        ]
        indexes: ClassVar = LeasedRow.due_index("email_lookup")

    @property
    def is_pending(self) -> bool:
        """Tell whether an answer is still to come."""
        return bool(self.state == self.State.DUE)

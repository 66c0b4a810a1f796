"""What the bell shows."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from okno.channels.email.models import Mailbox
from okno.team.models import Member
from okno.tenancy.fields import TenantForeignKey
from okno.tenancy.models import TenantModel
from okno.tickets.models import Ticket


class NotificationKind(models.TextChoices):
    """What a member is told of. The keys stand in `Member.muted` as `kind:way`."""

    NEW_TICKET = "new_ticket", _("A new ticket without an assignee in my team")
    ASSIGNED = "assigned", _("A ticket was assigned to me")
    SIDE_ANSWER = "side_answer", _("Somebody outside answered what I had asked")
    CLIENT_REPLY = "client_reply", _("The client wrote on my ticket")
    DELIVERY_FAILED = "delivery_failed", _("My reply could not be delivered")
    LOOP = "loop", _("Two machines seem to answer each other on my ticket")
    REMINDER = "reminder", _("A reminder on my ticket")
    MAILBOX = "mailbox", _("A mailbox cannot be opened, or soon not any more")
    WEBHOOK = "webhook", _("A webhook was switched off because nothing arrived")


class Notification(TenantModel):
    """A line of a member's bell."""

    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="notifications")
    ticket = TenantForeignKey(Ticket, null=True, on_delete=models.CASCADE, related_name="+")
    """Null for news that is of no ticket."""
    mailbox = TenantForeignKey(Mailbox, null=True, on_delete=models.CASCADE, related_name="+")
    """Of news of a mailbox; without one such news is of how the desk signs in at providers."""
    webhook = TenantForeignKey("webhooks.Webhook", null=True, on_delete=models.CASCADE, related_name="+")
    kind = models.TextField(choices=NotificationKind.choices)
    event_uid = models.UUIDField()
    actor_name = models.TextField(blank=True, default="")
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "member", "event_uid"], name="notify_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "member", "-id"], name="notify_newest"),
            models.Index(
                fields=["workspace", "member"], name="notify_unread", condition=Q(read_at__isnull=True)
            ),
        ]

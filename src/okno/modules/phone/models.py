"""What is being written down of a call, and which calls an exchange has told of."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import pgettext_lazy

from okno.team.models import Member
from okno.tenancy.fields import TenantForeignKey
from okno.tenancy.models import TenantModel
from okno.tickets.models import Ticket


class PhoneCall(TenantModel):
    """The call of a ticket. Once it is finished only how and how long it was is kept: the rest is in the ticket."""

    class Direction(models.TextChoices):
        """Who called."""

        IN = "in", pgettext_lazy("call", "Incoming")
        OUT = "out", pgettext_lazy("call", "Outgoing")

    ticket = TenantForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    direction = models.TextField(choices=Direction.choices, default=Direction.IN)
    is_missed = models.BooleanField(default=False)
    """Nobody had answered; the team was told of it at once."""
    number = models.TextField(blank=True, default="")
    """The number that an exchange told, as it is stored."""
    who = models.TextField(blank=True, default="")
    subject = models.TextField(blank=True, default="")
    said = models.TextField(blank=True, default="")
    place = models.TextField(blank=True, default="")
    """What was chosen of the teams and types (`team:3`, `type:5`); empty: as usual."""
    solution = models.TextField(blank=True, default="")
    started_at = models.DateTimeField()
    duration = models.PositiveIntegerField(null=True)
    """In seconds; null while it is not known."""
    started_by = TenantForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    """Whose it is; null until somebody takes up what an exchange has told of."""
    saved_by = TenantForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    saved_at = models.DateTimeField()
    key = models.UUIDField(null=True)
    """The page in a browser on which it was begun: what that sends again finds the same call."""
    page = models.UUIDField(null=True)
    """The page on which it was written last."""
    version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "ticket"], name="phone_call_ticket"),
            models.UniqueConstraint(fields=["workspace", "key"], name="phone_call_key"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "number", "-id"], name="phone_call_number"),
        ]

    def is_own(self, member_id: int | None) -> bool:
        """Tell whether a member began it, so that he may throw it away; a missed call is nobody's."""
        return not self.is_missed and member_id is not None and self.started_by_id == member_id


class ReportedCall(TenantModel):
    """A call that an exchange has told of, so that it may tell it again."""

    reference = models.TextField()
    """The exchange's own name for it."""
    call = TenantForeignKey(PhoneCall, null=True, on_delete=models.SET_NULL, related_name="+")
    """Null once the draft was thrown away."""
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "reference"], name="phone_reported_key")
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "created_at"], name="phone_reported_created"),
            models.Index(fields=["workspace", "call"], name="phone_reported_call"),
        ]

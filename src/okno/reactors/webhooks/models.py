"""Where events are sent to, and what became of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import ClassVar, Self

from django.db import connection, models
from django.db.models import Q
from django.db.models.functions import Now

from okno.spine.ledger import LeasedRow
from okno.team.models import Member
from okno.tenancy.fields import TenantForeignKey
from okno.tenancy.models import TenantModel
from okno.tenancy.scope import current_workspace_id

AT_ONCE = 2
"""How many deliveries of one webhook are under way at a time; `okno_due_webhooks_webhookdelivery` says the same."""


class Webhook(TenantModel):
    """An address that is told of events, in the name of a member: it hears what he may see."""

    name = models.TextField()
    url = models.TextField()
    events = models.JSONField(default=list)
    """The names of the types of events; empty: all."""
    owner = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="webhooks")
    scopes = models.JSONField(null=True, default=None)
    """What bounds it besides its owner's rights: the scopes of the API token that set it up last; null: nothing."""
    is_active = models.BooleanField(default=True)
    secret = models.TextField(editable=False)
    """Sealed by `lib.crypto` for the place `<workspace>|webhook|<id>`, like the earlier one."""
    earlier_secret = models.TextField(blank=True, default="", editable=False)
    earlier_until = models.DateTimeField(null=True, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    """How many attempts have failed since one succeeded."""
    failing_since = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    deleted_at = models.DateTimeField(null=True, editable=False)
    """It goes with the next housekeeping: an event that is being written down may still point to it."""

    def __str__(self) -> str:
        return self.name


class WebhookDelivery(LeasedRow):
    """One event for one webhook, written in the event's transaction."""

    webhook = TenantForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event_uid = models.UUIDField()
    event_type = models.TextField()
    status = models.PositiveSmallIntegerField(null=True)
    """The HTTP status of the last attempt; null without an answer."""
    duration = models.PositiveIntegerField(null=True)
    """How long the last attempt took, in milliseconds."""
    answer = models.TextField(blank=True, default="")
    """How the answer to the last attempt began."""
    tries = models.JSONField(default=list)
    """The attempts, oldest first: `at`, `status`, `duration` and `error` of each."""

    class Meta(LeasedRow.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "webhook", "event_uid"], name="webhooks_delivery_once"
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["webhook", "due_at"], name="webhooks_delivery_due", condition=Q(state="due")
            ),
            models.Index(
                fields=["webhook"],
                name="webhooks_delivery_leased",
                condition=Q(state="due", lease_until__isnull=False),
            ),
            models.Index(fields=["workspace", "webhook", "-id"], name="webhooks_delivery_newest"),
        ]

    @classmethod
    def claim(cls, ids: Iterable[int], *, lease: timedelta) -> list[Self]:
        """Lease those that are still claimable, but never more of one webhook at a time than `AT_ONCE`."""
        with connection.cursor() as cursor:
            # One claim after another: each must see what the other has taken.
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
                [f"webhooks {current_workspace_id()}"],
            )
        wanted = cls.objects.filter(id__in=list(ids)).order_by("due_at", "id").values_list("id", "webhook_id")
        rows = list(wanted)
        leased = cls.objects.filter(
            webhook_id__in={webhook_id for _id, webhook_id in rows}, state="due", lease_until__gte=Now()
        )
        busy = Counter(leased.values_list("webhook_id", flat=True))
        chosen = []
        for row_id, webhook_id in rows:
            busy[webhook_id] += 1
            if busy[webhook_id] <= AT_ONCE:
                chosen.append(row_id)
        return super().claim(chosen, lease=lease)

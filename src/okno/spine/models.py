"""The rows of the spine: events, receipts, timers and reactions."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Now

from okno.spine.ledger import LeasedRow
from okno.tenancy.fields import TenantForeignKey
from okno.tenancy.models import TenantModel


class TransactionIdField(models.Field):  # type: ignore[type-arg]
    """PostgreSQL's `xid8`: the transaction that wrote the row, read as text."""

    def db_type(self, connection: Any) -> str:
        return "xid8"


class CurrentTransactionId(models.Func):
    """`pg_current_xact_id()`."""

    function = "pg_current_xact_id"
    arity = 0
    output_field = TransactionIdField()


class Event(TenantModel):
    """The immutable record that something happened. The app role may insert and read, not change or delete."""

    uid = models.UUIDField(default=uuid.uuid4)
    type = models.TextField()
    version = models.SmallIntegerField(default=1)
    subject_kind = models.TextField()
    subject_id = models.BigIntegerField()
    actor_kind = models.TextField()
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.TextField()
    token_id = models.BigIntegerField(null=True)
    payload = models.JSONField(default=dict)
    snapshot = models.JSONField(default=dict)
    """What decides who may know of it, as it was then: desk, team, assignee… of the subject."""
    is_internal = models.BooleanField(default=True)
    cause = models.UUIDField(null=True)
    root = models.UUIDField()
    created_at = models.DateTimeField()
    xid = TransactionIdField(db_default=CurrentTransactionId(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "uid"], name="spine_event_uid_key")
        ]
        indexes: ClassVar = [
            models.Index(fields=["xid", "id"], name="spine_event_follow"),
            models.Index(
                fields=["workspace", "subject_kind", "subject_id", "id"], name="spine_event_subject"
            ),
            models.Index(fields=["workspace", "id"], name="spine_event_newest"),
            models.Index(fields=["workspace", "actor_kind", "actor_id", "id"], name="spine_event_actor"),
        ]


class Receipt(TenantModel):
    """Says that a reactor's effect of an event is in our tables; a second run finds it and does nothing."""

    reactor = models.TextField()
    event_uid = models.UUIDField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "reactor", "event_uid"], name="spine_receipt_once")
        ]


class Reaction(LeasedRow):
    """A deferred reactor's work on one event."""

    reactor = models.TextField()
    event = TenantForeignKey(Event, on_delete=models.CASCADE, related_name="+")

    class Meta(LeasedRow.Meta):
        indexes: ClassVar = LeasedRow.due_index("spine_reaction")


class Timer(LeasedRow):
    """Something that happens at a time. A repeated `key` moves the time instead of adding a second timer."""

    kind = models.TextField()
    key = models.TextField()
    payload = models.JSONField(default=dict)

    class Meta(LeasedRow.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "kind", "key"], name="spine_timer_key"),
        ]
        indexes: ClassVar = LeasedRow.due_index("spine_timer")


class ConfigVersion(TenantModel):
    """How a piece of configuration was from a moment on. Written by `versions.keep_version`, never changed."""

    kind = models.TextField()
    object_id = models.BigIntegerField()
    """0 for what a workspace has one of."""
    number = models.PositiveIntegerField()
    values = models.JSONField(default=dict)
    actor_kind = models.TextField()
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.TextField()
    restores = models.PositiveIntegerField(null=True)
    """The number of the version that this one brought back."""
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "kind", "object_id", "number"], name="spine_configversion_key"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id} version {self.number}"

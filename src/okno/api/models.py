"""What the API remembers: answers that may be asked for again, how much was asked, files that are on their way."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from okno.team.models import ApiToken, Member
from okno.tenancy.fields import TenantForeignKey
from okno.tenancy.models import TenantModel


class IdempotencyRecord(TenantModel):
    """The answer to a request with an `Idempotency-Key`, given again when the same request comes again."""

    token = TenantForeignKey(ApiToken, on_delete=models.CASCADE, related_name="+")
    key = models.TextField()
    request_hash = models.TextField()
    status = models.PositiveSmallIntegerField()
    answer = models.JSONField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "token", "key"], name="api_idempotency_key")
        ]
        indexes: ClassVar = [models.Index(fields=["workspace", "created_at"], name="api_idempotency_age")]


class RequestCount(TenantModel):
    """How many requests a token has made in its last minute. Its table is not logged: a crash forgets the counts."""

    token = TenantForeignKey(ApiToken, on_delete=models.CASCADE, related_name="+")
    minute = models.DateTimeField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "token"], name="api_requestcount_key")
        ]


class Upload(TenantModel):
    """A file that comes in pieces. What has come is in the store's folder of unfinished files, by the key."""

    key = models.UUIDField()
    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    filename = models.TextField()
    size = models.BigIntegerField()
    sha256 = models.TextField(blank=True, default="")
    """What its sender says it will be; empty: nothing."""
    received = models.BigIntegerField(default=0)
    attachment_key = models.UUIDField(null=True)
    """The file that it has become."""
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "key"], name="api_upload_key"),
            models.CheckConstraint(
                condition=models.Q(received__gte=0, received__lte=models.F("size")),
                name="api_upload_received",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "member"], name="api_upload_member"),
            models.Index(fields=["workspace", "expires_at"], name="api_upload_age"),
        ]

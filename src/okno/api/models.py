"""What the API remembers of a request that it may be sent again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from okno.team.models import ApiToken
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

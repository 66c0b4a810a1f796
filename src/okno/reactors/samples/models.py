"""What of a workspace is sample data, and the work of bringing it and taking it away."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from okno.spine.ledger import LeasedRow
from okno.team.models import Member
from okno.tenancy.fields import TenantForeignKey
from okno.tenancy.models import TenantModel


class SampleWork(LeasedRow):
    """One loading or removal, and how far it has come."""

    class Kind(models.TextChoices):
        """What is done."""

        LOAD = "load"
        REMOVE = "remove"

    kind = models.TextField(choices=Kind.choices)
    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    """Who asked for it; the sample tickets are worked on in his name."""
    language = models.TextField()
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)

    class Meta(LeasedRow.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace"], name="samples_one_at_a_time", condition=Q(state="due")
            )
        ]
        indexes: ClassVar = LeasedRow.due_index("samples_samplework")

    def __str__(self) -> str:
        return f"{self.kind} {self.done}/{self.total}"


class SampleThing(TenantModel):
    """Says that a row is sample data; whatever is not said here is never removed for being one."""

    class Kind(models.TextChoices):
        """Which table the row is of."""

        TICKET = "ticket"
        CONTACT = "contact"
        ORGANIZATION = "organization"
        SUPPRESSION = "suppression"

    kind = models.TextField(choices=Kind.choices)
    object_id = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "kind", "object_id"], name="samples_thing_key")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"

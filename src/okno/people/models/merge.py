"""What was merged with what, and everything that is needed to part it again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from okno.tenancy.fields import TenantForeignKey
from okno.tenancy.models import TenantModel


class MergeRecord(TenantModel):
    """One contact or organization that went up in another of its kind."""

    class Kind(models.TextChoices):
        """What was merged."""

        CONTACT = "contact"
        ORGANIZATION = "organization"

    class State(models.TextChoices):
        """How far it is; moving and parting go on in the worker if there is much."""

        MOVING = "moving"
        DONE = "done"
        PARTING = "parting"
        PARTED = "parted"

    kind = models.TextField(choices=Kind.choices)
    survivor_id = models.BigIntegerField()
    absorbed_id = models.BigIntegerField()
    survivor_name = models.TextField()
    absorbed_name = models.TextField()
    state = models.TextField(choices=State.choices, default=State.MOVING)
    filled = models.JSONField(default=dict)
    """What the survivor took over: its old and new value by column."""
    moved = models.JSONField(default=dict)
    """How many rows went over, by relation."""
    actor_name = models.TextField()
    created_at = models.DateTimeField()
    parted_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "kind", "absorbed_id"],
                name="people_merge_absorbed_key",
                condition=~Q(state="parted"),
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "kind", "survivor_id", "id"], name="people_merge_survivor")
        ]

    def __str__(self) -> str:
        return f"{self.absorbed_name} → {self.survivor_name}"


class MergeBatch(TenantModel):
    """Some rows of one relation that went over together."""

    merge = TenantForeignKey(MergeRecord, on_delete=models.CASCADE, related_name="batches")
    relation = models.TextField()
    """`app.Model.field`."""
    ids = models.JSONField(default=list)
    removed = models.JSONField(default=list)
    """The columns of rows that the survivor had already, such as a part in the same ticket."""

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["workspace", "merge", "id"], name="people_mergebatch_merge")
        ]

"""A table of people that somebody brought: the file's rows, what they mean, and what became of each."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from okno.tenancy.fields import TenantForeignKey
from okno.tenancy.models import TenantModel


class ImportRun(TenantModel):
    """One file on its way into the contacts. Checking, running and undoing go on in the worker, part by part."""

    class Phase(models.TextChoices):
        """What it waits for (a person in the first, the third and the last two) or what the worker does."""

        MAPPING = "mapping"
        CHECKING = "checking"
        CHECKED = "checked"
        RUNNING = "running"
        DONE = "done"
        UNDOING = "undoing"
        UNDONE = "undone"

    filename = models.TextField()
    columns = models.JSONField(default=list)
    """The heads of the file's columns."""
    mapping = models.JSONField(default=list)
    """What each column is, a target or an empty text."""
    phase = models.TextField(choices=Phase.choices, default=Phase.MAPPING)
    rows = models.PositiveIntegerField(default=0)
    parts_total = models.PositiveIntegerField(default=0)
    parts_done = models.PositiveIntegerField(default=0)
    """In the present phase."""
    counts = models.JSONField(default=dict)
    """Rows by outcome, of the present phase."""
    actor_name = models.TextField()
    member_id = models.BigIntegerField(null=True)
    """In whose name the worker writes."""
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["workspace", "-id"], name="people_importrun_newest")]

    def __str__(self) -> str:
        return self.filename


class ImportPart(TenantModel):
    """Some rows of a file, and their outcomes once it ran."""

    run = TenantForeignKey(ImportRun, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    first_line = models.PositiveIntegerField()
    rows = models.JSONField(default=list)
    outcomes = models.JSONField(default=list)
    """For each row `{"outcome", "words", "contact", "before", "after", "addresses"}`, as far as there is any."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "run", "number"], name="people_importpart_key")
        ]

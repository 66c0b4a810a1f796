"""The base of every row of work that must not be lost, and the way it is claimed.

A row is *due* until its work is done (or it ends visibly as *dead* or *cancelled*). A worker claims it with a lease
by the database's clock; a killed worker's lease runs out and the row is claimed again. `attempts` grows with each
claim and is the fencing token: whoever was overtaken changes nothing any more. All times are
the statement's (as Django's `Now()` is), so that a row written in a transaction is due in it. Handlers hold no lock and
no transaction while they talk to the outside. Why there is no job library:
docs/adr/0002-ledgers-instead-of-a-job-queue.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, Self

from django.db import connection, models
from django.db.models import F, Q
from django.db.models.functions import Now

from okno.tenancy.models import TenantModel
from okno.tenancy.scope import current_workspace_id

ERROR_LENGTH = 2000


class LeasedRow(TenantModel):
    """State, attempts, lease and due time of a piece of work."""

    class State(models.TextChoices):
        """Due rows are work; the others are final."""

        DUE = "due"
        DONE = "done"
        DEAD = "dead"
        CANCELLED = "cancelled"
        KEPT = "kept"  # set aside on purpose: mail in a demo without a way out

    state = models.TextField(default=State.DUE)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(db_default=Now())
    lease_until = models.DateTimeField(null=True, editable=False)
    last_error = models.TextField(default="", blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True

    @staticmethod
    def due_index(table: str) -> list[models.Index]:
        """Return the partial index by which due rows are found, however many future ones there are."""
        return [models.Index(fields=["due_at"], name=f"{table}_due", condition=Q(state="due"))]

    @classmethod
    def due(cls, limit: int) -> list[tuple[int, int]]:
        """Return (workspace id, row id) of claimable rows of all workspaces, oldest due first. Needs no scope."""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT workspace_id, id FROM okno_due_{cls._meta.db_table}(%s)", [limit])  # noqa: S608
            rows: list[tuple[int, int]] = cursor.fetchall()
            return rows

    @classmethod
    def claim(cls, ids: Iterable[int], *, lease: timedelta) -> list[Self]:
        """Lease those of the rows that are still claimable, in the scope of their workspace, and return them.

        A row that another worker is claiming this moment is skipped, not waited for.
        """
        table = cls._meta.db_table
        # The table is named by our own model, never by a caller.
        sql = f"""
            UPDATE {table} SET lease_until = statement_timestamp() + %s * interval '1 second', attempts = attempts + 1
            WHERE workspace_id = %s AND id IN (
                SELECT id FROM {table}
                WHERE workspace_id = %s AND id = ANY(%s) AND state = 'due' AND due_at <= statement_timestamp()
                    AND (lease_until IS NULL OR lease_until < statement_timestamp())
                FOR UPDATE SKIP LOCKED
            )
            RETURNING id
        """  # noqa: S608
        workspace_id = current_workspace_id()
        with connection.cursor() as cursor:
            cursor.execute(sql, [lease.total_seconds(), workspace_id, workspace_id, list(ids)])
            claimed = [row[0] for row in cursor.fetchall()]
        return list(cls.objects.filter(id__in=claimed).order_by("due_at", "id"))

    def finish(self, **values: Any) -> bool:
        """Mark the work as done, together with `values`; False if the lease was lost and somebody else has it."""
        return self._end(self.State.DONE, values)

    def bury(self, error: str, **values: Any) -> bool:
        """End the work as dead: visible, counted, and revived only by a person."""
        return self._end(self.State.DEAD, {"last_error": error[:ERROR_LENGTH], **values})

    def keep(self, **values: Any) -> bool:
        """Set the work aside on purpose, visible and not done; False if the lease was lost."""
        return self._end(self.State.KEPT, values)

    def retry_in(self, delay: timedelta, error: str, **values: Any) -> bool:
        """Give the row back, due again after `delay`; False if the lease was lost."""
        return (
            self._guarded().update(
                due_at=Now() + delay, lease_until=None, last_error=error[:ERROR_LENGTH], **values
            )
            == 1
        )

    def release(self) -> None:
        """Give a row that nobody worked on back at once, as if it had not been claimed."""
        self._guarded().update(lease_until=None, attempts=F("attempts") - 1)

    def extend(self, lease: timedelta) -> bool:
        """Keep the lease for longer; False if it was lost."""
        return self._guarded().update(lease_until=Now() + lease) == 1

    def hold(self) -> bool:
        """Lock the row in this transaction if the lease is still ours, so that effect and mark commit together."""
        return self._guarded().select_for_update(no_key=True).exists()

    @classmethod
    def hold_all(cls, rows: Sequence[Self]) -> list[Self]:
        """Lock the rows in this transaction, in the order of their ids; return those whose lease is still ours."""
        found = cls.objects.filter(id__in=[row.pk for row in rows], state=cls.State.DUE)
        locked = dict(found.order_by("id").select_for_update(no_key=True).values_list("id", "attempts"))
        return [row for row in rows if locked.get(row.pk) == row.attempts]

    @classmethod
    def finish_all(cls, rows: Sequence[Self], columns: Sequence[str]) -> None:
        """Mark the work on rows that are held as done, together with these columns of each; one statement."""
        fields = [field for field in cls._meta.concrete_fields if field.name in columns]
        values = [
            {"id": row.pk, **{field.column: getattr(row, field.attname) for field in fields}} for row in rows
        ]
        # Names and types are those of our own model, never a caller's.
        typed = ", ".join(f'"{field.column}" {field.db_type(connection)}' for field in fields)
        named = "".join(f', "{field.column}" = new."{field.column}"' for field in fields)
        sql = f"""
            UPDATE {cls._meta.db_table} AS old
            SET state = 'done', lease_until = NULL, finished_at = statement_timestamp(){named}
            FROM jsonb_to_recordset(%s::jsonb) AS new(id bigint, {typed})
            WHERE old.workspace_id = %s AND old.id = new.id
        """  # noqa: S608
        with connection.cursor() as cursor:
            cursor.execute(sql, [json.dumps(values), current_workspace_id()])
        for row in rows:
            row.state, row.lease_until = cls.State.DONE, None

    @classmethod
    def revive(cls, ids: Sequence[int]) -> int:
        """Make dead or cancelled rows due again now; returns how many."""
        ended = cls.objects.filter(id__in=ids, state__in=[cls.State.DEAD, cls.State.CANCELLED])
        return ended.update(state=cls.State.DUE, attempts=0, due_at=Now(), lease_until=None, finished_at=None)

    def _guarded(self) -> models.QuerySet[Self]:
        return type(self).objects.filter(id=self.pk, state=self.State.DUE, attempts=self.attempts)

    def _end(self, state: State, values: dict[str, Any]) -> bool:
        ended = self._guarded().update(state=state, lease_until=None, finished_at=Now(), **values) == 1
        if ended:
            self.state = state
            for name, value in values.items():
                if not isinstance(value, F | models.Func):
                    setattr(self, name, value)
        return ended

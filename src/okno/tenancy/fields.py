"""The foreign keys of tenant rows: to their workspace, and to each other."""

from __future__ import annotations

from typing import Any

from django.db import models

from okno.tenancy.scope import current_workspace_id


class TenantForeignKey(models.ForeignKey):  # type: ignore[type-arg]
    """A foreign key whose database constraint is composite, `(workspace_id, x_id)`, and made by `Walls`.

    A plain constraint would accept a row that points into another workspace: key checks ignore row security.
    """

    def __init__(self, to: Any, on_delete: Any, **options: Any) -> None:
        options["db_constraint"] = False
        super().__init__(to, on_delete, **options)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("db_constraint", None)
        return name, path, args, kwargs


class WorkspaceKey(models.ForeignKey):  # type: ignore[type-arg]
    """The workspace of a row: that of the enclosing scope, filled in where a row is made.

    For migrations it is an ordinary foreign key; what it fills in is no default of the column.
    """

    def get_default(self) -> int:
        return current_workspace_id()

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.ForeignKey", args, kwargs

"""Which workspace the code works for, told to PostgreSQL for exactly one transaction.

The setting is transaction-local on purpose: a session setting outlives the request in a pooled connection
and would show one workspace's rows to the next.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from django.db import DEFAULT_DB_ALIAS, connections, transaction

if TYPE_CHECKING:
    from okno.tenancy.models import Workspace

SETTING = "okno.workspace_id"

_current: ContextVar[int | None] = ContextVar("okno_workspace_id", default=None)


class NoScope(RuntimeError):
    """Tenant rows were asked for outside `scope()`: a bug, never a user's mistake."""


class CrossedScope(RuntimeError):
    """A scope was opened inside another workspace's scope: a bug that could mix two workspaces."""


def current_workspace_id() -> int:
    """Return the workspace id of the enclosing scope. Raises NoScope."""
    workspace_id = _current.get()
    if workspace_id is None:
        raise NoScope("open a scope(workspace) first")
    return workspace_id


def scoped_workspace_id() -> int | None:
    """Return the workspace id of the enclosing scope, or None outside of one."""
    return _current.get()


@contextmanager
def scope(workspace: Workspace | int, *, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Work for one workspace: opens a transaction and names the workspace to row-level security in it.

    Entering the same workspace again opens a savepoint. Raises CrossedScope for another workspace.
    """
    workspace_id = workspace if isinstance(workspace, int) else workspace.pk
    outer = _current.get()
    if outer is not None:
        if outer != workspace_id:
            raise CrossedScope(f"scope of workspace {workspace_id} inside the scope of {outer}")
        with transaction.atomic(using=using):
            yield
        return
    with transaction.atomic(using=using):
        _tell_database(using, str(workspace_id))
        token = _current.set(workspace_id)
        try:
            yield
        finally:
            _current.reset(token)
        # Reached only without an error (a rollback undoes the setting by itself). It matters where an outer
        # transaction goes on, as in tests: the next statement must not see this workspace any more.
        _tell_database(using, "")


def _tell_database(using: str, value: str) -> None:
    connection = connections[using]
    if connection.needs_rollback:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, value])

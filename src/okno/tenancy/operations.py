"""Migration operations that build the second wall: row security, composite keys, system functions.

Three roles are fixed per PostgreSQL server (`okno db setup` makes them): the owner runs migrations, the app serves,
the system role cannot log in and owns the few SECURITY DEFINER functions.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from okno.tenancy.fields import TenantForeignKey
from okno.tenancy.scope import SETTING

APP_ROLE = "okno_app"
OWNER_ROLE = "okno_owner"
SYSTEM_ROLE = "okno_system"

TENANT_POLICY = "okno_workspace"
SYSTEM_POLICY = "okno_system"
# The sub-select makes it an init plan: evaluated once a statement, not once a row. NULLIF because a setting that was
# made in an earlier transaction comes back as '' and not as NULL.
CURRENT_WORKSPACE_SQL = f"(SELECT NULLIF(current_setting('{SETTING}', true), '')::bigint)"


class _Sql(Operation):
    """An operation that changes no model state."""

    reduces_to_sql = True
    reversible = True

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Leave the models as they are."""

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        """Leave it: what stands on a table goes with the table."""


class Walls(_Sql):
    """Give tenant tables their composite keys and forced row security. May be repeated after new foreign keys."""

    def __init__(self, *models: str) -> None:
        self.models = models

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__qualname__, list(self.models), {}

    def describe(self) -> str:
        return f"Build the walls of {', '.join(self.models)}"

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        models = [to_state.apps.get_model(app_label, name) for name in self.models]
        for model in models:
            schema_editor.execute(_unique_sql(model._meta.db_table))
        for model in models:
            for statement in _row_security_sql(model._meta.db_table):
                schema_editor.execute(statement)
            for field in model._meta.local_fields:
                if isinstance(field, TenantForeignKey):
                    target = field.remote_field.model._meta.db_table
                    schema_editor.execute(_composite_key_sql(model._meta.db_table, field.column, target))


class AppendOnly(_Sql):
    """Take from the app role the right to change or delete rows of a table."""

    def __init__(self, model: str) -> None:
        self.model = model

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__qualname__, [self.model], {}

    def describe(self) -> str:
        return f"Make {self.model} append-only"

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        table = to_state.apps.get_model(app_label, self.model)._meta.db_table
        schema_editor.execute(f'REVOKE UPDATE, DELETE, TRUNCATE ON "{table}" FROM {APP_ROLE}')


class SystemFunction(_Sql):
    """Create or replace a SECURITY DEFINER function of the system role, callable by the app role only."""

    def __init__(self, sql: str) -> None:
        """Take the text of `okno.tenancy.system_functions`: `name(args) RETURNS … AS $$ … $$`."""
        self.sql = sql

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__qualname__, [self.sql], {}

    def describe(self) -> str:
        return f"Create the system function {self.sql.split('(', 1)[0].strip()}"

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        head, body = self.sql.split(" AS $$", 1)
        signature = re.split(r"\sRETURNS\s", head, maxsplit=1)[0].strip()
        schema_editor.execute(f"SET LOCAL ROLE {SYSTEM_ROLE}", params=None)
        schema_editor.execute(
            f"CREATE OR REPLACE FUNCTION {head} SECURITY DEFINER "
            f"SET search_path = pg_catalog, public, pg_temp AS $${body}",
            params=None,
        )
        schema_editor.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC", params=None)
        schema_editor.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO {APP_ROLE}", params=None)
        schema_editor.execute("RESET ROLE", params=None)


def _name(*parts: str) -> str:
    text = "_".join(parts)
    return text if len(text) <= 55 else f"{text[:46]}_{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def _unless_exists(constraint: str, table: str, definition: str) -> str:
    return f"""
        DO $$ BEGIN
            IF NOT EXISTS (
                SELECT FROM pg_constraint WHERE conname = '{constraint}' AND conrelid = '"{table}"'::regclass
            ) THEN
                ALTER TABLE "{table}" ADD CONSTRAINT "{constraint}" {definition};
            END IF;
        END $$
    """


def _unique_sql(table: str) -> str:
    return _unless_exists(_name(table, "ws_id_key"), table, "UNIQUE (workspace_id, id)")


def _composite_key_sql(table: str, column: str, target: str) -> str:
    return _unless_exists(
        _name(table, column, "ws_fk"),
        table,
        f'FOREIGN KEY (workspace_id, "{column}") REFERENCES "{target}" (workspace_id, id) '
        "DEFERRABLE INITIALLY DEFERRED",
    )


def _row_security_sql(table: str) -> list[str]:
    mine = f"workspace_id = {CURRENT_WORKSPACE_SQL}"
    return [
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
        f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
        f'DROP POLICY IF EXISTS {TENANT_POLICY} ON "{table}"',
        f'CREATE POLICY {TENANT_POLICY} ON "{table}" USING ({mine}) WITH CHECK ({mine})',
        f'DROP POLICY IF EXISTS {SYSTEM_POLICY} ON "{table}"',
        f'CREATE POLICY {SYSTEM_POLICY} ON "{table}" TO {SYSTEM_ROLE} USING (true)',
    ]

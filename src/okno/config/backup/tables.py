"""Rows out of the database and into another one, past the walls between workspaces and without losing one unseen.

Reading is done as the system role, which sees all workspaces; counting as the owner, who is held by row security like
everybody else and sees one workspace at a time. A table whose policies are not what they should be gives two numbers
that differ, and no backup. The structure is no part of a backup: it comes from the migrations.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import LiteralString

import psycopg
from psycopg import sql

from okno.config.database_setup import SYSTEM
from okno.config.errors import CommandError
from okno.tenancy.scope import SETTING

# Made anew by the migrations, or of no use in another place: sign-ins and what is only cached.
LEFT_OUT = frozenset(
    {"django_migrations", "django_content_type", "auth_permission", "django_session", "cache"}
)
# Transaction ids mean nothing in another cluster: there everything is before whatever happens from then on.
OF_THIS_CLUSTER: dict[str, LiteralString] = {"xid8": "'1'::xid8"}
NUMBER_SEQUENCE = "okno_number_"


@dataclass(frozen=True, slots=True)
class Table:
    """A table with the columns that are copied."""

    name: str
    columns: tuple[tuple[str, str], ...]
    """Name and type of each."""
    is_tenant: bool

    @property
    def names(self) -> sql.Composable:
        """Return the columns for a statement."""
        return sql.SQL(", ").join(sql.Identifier(name) for name, _type in self.columns)

    @property
    def values(self) -> sql.Composable:
        """Return what is read of each column."""
        return sql.SQL(", ").join(
            sql.SQL(OF_THIS_CLUSTER[type_]) if type_ in OF_THIS_CLUSTER else sql.Identifier(name)
            for name, type_ in self.columns
        )


def tables_of(connection: psycopg.Connection) -> list[Table]:
    """Return the tables whose rows belong into a backup, by name."""
    rows = connection.execute(
        "SELECT c.relname, c.relrowsecurity, "
        "array_agg(ARRAY[a.attname, format_type(a.atttypid, NULL)] ORDER BY a.attnum) "
        "FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
        "WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' "
        "AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' "
        "GROUP BY c.relname, c.relrowsecurity ORDER BY c.relname"
    ).fetchall()
    return [
        Table(name=name, columns=tuple((column, type_) for column, type_ in columns), is_tenant=is_tenant)
        for name, is_tenant, columns in rows
        if name not in LEFT_OUT
    ]


def read_rows(connection: psycopg.Connection, table: Table) -> Iterator[bytes]:
    """Yield the rows of a table in PostgreSQL's text format, as the system role."""
    statement = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT").format(table.values, sql.Identifier(table.name))
    with as_system(connection), connection.cursor() as cursor, cursor.copy(statement) as copy:
        for piece in copy:
            yield bytes(piece)


def count_rows(connection: psycopg.Connection, table: Table, workspaces: Iterable[int]) -> int:
    """Count the rows of a table as its owner: workspace by workspace where row security holds him."""
    statement = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table.name))
    if not table.is_tenant:
        return _number(connection, statement)
    total = 0
    for workspace in workspaces:
        _enter(connection, workspace)
        total += _number(connection, statement)
    _enter(connection, None)
    return total


def workspaces_of(connection: psycopg.Connection) -> list[int]:
    """Return the ids of all workspaces."""
    return [row[0] for row in connection.execute("SELECT id FROM tenancy_workspace ORDER BY id")]


def sequences_of(connection: psycopg.Connection) -> dict[str, int]:
    """Return the last value of every sequence that was used; those of ticket numbers are the system role's."""
    statement = (
        "SELECT sequencename, last_value FROM pg_sequences "
        "WHERE schemaname = 'public' AND last_value IS NOT NULL"
    )
    found: dict[str, int] = dict(connection.execute(statement).fetchall())
    with as_system(connection):
        found |= dict(connection.execute(statement).fetchall())
    return found


class Loading:
    """Fills an empty database: without foreign keys and forced row security, which are put back in the end.

    Everything is one transaction of the owner: what goes wrong leaves the database as empty as it was.
    """

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection
        self._tables = {table.name: table for table in tables_of(connection)}
        self._keys = connection.execute(
            "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE contype = 'f' AND connamespace = 'public'::regnamespace ORDER BY 1, 2"
        ).fetchall()
        for table, key, _definition in self._keys:
            connection.execute(_words(f"ALTER TABLE {table} DROP CONSTRAINT {key}"))
        self._force(is_on=False)

    def fill(self, name: str, columns: list[str], pieces: Iterable[bytes]) -> int:
        """Load the rows of one table and return how many there are. Raises CommandError for an unknown table."""
        table = self._tables.get(name)
        if table is None or not set(columns) <= {column for column, _type in table.columns}:
            raise CommandError(f"The backup has a table “{name}” that this version does not know.")
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(name), sql.SQL(", ").join(map(sql.Identifier, columns))
        )
        with self._connection.cursor() as cursor:
            # The migrations themselves may have put rows here.
            cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
            with cursor.copy(statement) as copy:
                for piece in pieces:
                    copy.write(piece)
            return cursor.rowcount

    def finish(self, sequences: dict[str, int]) -> None:
        """Set the sequences, and put walls and keys back; the keys are checked as they are made."""
        self._force(is_on=True)
        for table, key, definition in self._keys:
            self._connection.execute(_words(f"ALTER TABLE {table} ADD CONSTRAINT {key} {definition}"))
        for workspace in workspaces_of(self._connection):
            _enter(self._connection, workspace)
            with as_system(self._connection):
                self._connection.execute("SELECT okno_create_number_sequence()")
        _enter(self._connection, None)
        for name, value in sequences.items():
            if name.startswith(NUMBER_SEQUENCE):
                with as_system(self._connection):
                    self._set(name, value)
            else:
                self._set(name, value)

    def release_leases(self) -> None:
        """Let go of what workers of the other place were at: none of them will come back to it."""
        for table in self._tables.values():
            if "lease_until" in dict(table.columns):
                self._connection.execute(
                    sql.SQL("UPDATE {} SET lease_until = NULL WHERE lease_until IS NOT NULL").format(
                        sql.Identifier(table.name)
                    )
                )

    def _set(self, name: str, value: int) -> None:
        # Of a table that a later version has taken away there is no sequence any more.
        self._connection.execute(
            "SELECT setval(to_regclass(%s), %s) WHERE to_regclass(%s) IS NOT NULL",
            [f"public.{name}", value, f"public.{name}"],
        )

    def _force(self, *, is_on: bool) -> None:
        words = "FORCE" if is_on else "NO FORCE"
        for table in self._tables.values():
            if table.is_tenant:
                statement = _words(f"ALTER TABLE {{}} {words} ROW LEVEL SECURITY")
                self._connection.execute(statement.format(sql.Identifier(table.name)))


class as_system:  # noqa: N801 - used like a function
    """Act as the system role within a block."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> None:
        self._connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(SYSTEM)))

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._connection.execute("RESET ROLE")


def _enter(connection: psycopg.Connection, workspace: int | None) -> None:
    connection.execute(
        "SELECT set_config(%s, %s, true)", [SETTING, "" if workspace is None else str(workspace)]
    )


def _number(connection: psycopg.Connection, statement: sql.Composed) -> int:
    row = connection.execute(statement).fetchone()
    return int(row[0]) if row else 0


def _words(statement: str) -> sql.SQL:
    """Return a statement that is made of the catalogue's own words."""
    return sql.SQL(statement)

"""Making a backup while Okno runs: one snapshot of the database, then the files that it names."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import psycopg
from psycopg import sql

from okno import __version__
from okno.config.backup import tables
from okno.config.backup.archive import FORMAT, KEY, STORES, Manifest, TableEntry, Writer
from okno.config.errors import CommandError

Progress = Callable[[str, int, int], None]
"""Told what is being written, how much of it, and of how much."""

STORED = re.compile(r"\d+/[0-9a-f]{2}/[0-9a-f]{64}")
_MISSING_SHOWN = 100
# Where rows name stored files in another way than by a column `…sha256`.
_IN_JSON = (("email_outgoingmail", "attachments", "$.**.sha256"),)


def write_backup(
    path: Path,
    *,
    owner_url: str,
    data_dir: Path,
    secret_key: str,
    passphrase: str | None,
    now: datetime,
    progress: Progress,
) -> Manifest:
    """Write everything into a file, which appears under its name only when it is whole.

    Raises CommandError if a row might be missing: then there is no backup rather than one that is believed.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with _private(draft) as file:
            manifest = _write(
                file,
                owner_url=owner_url,
                data_dir=data_dir,
                secret_key=secret_key,
                passphrase=passphrase,
                now=now,
                progress=progress,
            )
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        _sync(path.parent)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
    finally:
        draft.unlink(missing_ok=True)
    return manifest


def _write(
    file: BinaryIO,
    *,
    owner_url: str,
    data_dir: Path,
    secret_key: str,
    passphrase: str | None,
    now: datetime,
    progress: Progress,
) -> Manifest:
    writer = Writer(file, passphrase)
    with psycopg.connect(owner_url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        manifest = Manifest(
            format=FORMAT,
            version=__version__,
            created_at=now.isoformat(),
            migrations=_migrations(connection),
            sequences=tables.sequences_of(connection),
        )
        _write_tables(writer, manifest, connection, progress)
        named = _named_files(connection)
    _write_files(writer, manifest, data_dir, progress)
    present = {name for store in STORES for name in _stored(data_dir / store)}
    manifest.missing = sorted(named - present)[:_MISSING_SHOWN]
    writer.add_text(KEY, secret_key)
    writer.finish(manifest)
    return manifest


def _migrations(connection: psycopg.Connection) -> list[list[str]]:
    rows = connection.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
    return [list(row) for row in rows]


def _write_tables(
    writer: Writer, manifest: Manifest, connection: psycopg.Connection, progress: Progress
) -> None:
    found = tables.tables_of(connection)
    workspaces = tables.workspaces_of(connection)
    for number, table in enumerate(found, start=1):
        rows, digest = writer.add_table(table.name, tables.read_rows(connection, table))
        counted = tables.count_rows(connection, table, workspaces)
        if rows != counted:
            raise CommandError(
                f"The table “{table.name}” has {counted} rows, but only {rows} could be read: "
                "its row security is not as it should be. No backup was made; run “okno migrate”."
            )
        columns = [name for name, _type in table.columns]
        manifest.tables[table.name] = TableEntry(columns=columns, rows=rows, sha256=digest)
        progress("tables", number, len(found))


def _write_files(writer: Writer, manifest: Manifest, data_dir: Path, progress: Progress) -> None:
    names = [f"{store}/{name}" for store in STORES for name in _stored(data_dir / store)]
    for number, name in enumerate(names, start=1):
        # What belonged to spam may be deleted while we are at it.
        with suppress(FileNotFoundError):
            manifest.file_bytes += writer.add_file(name, data_dir / name)
            manifest.files += 1
        progress("files", number, len(names))


def _named_files(connection: psycopg.Connection) -> set[str]:
    """Return the places of all files that rows name, as below a store."""
    rows = connection.execute(
        "SELECT table_name, column_name FROM information_schema.columns "
        "WHERE table_schema = 'public' AND column_name LIKE '%sha256' AND data_type = 'text'"
    ).fetchall()
    named: set[str] = set()
    for table, column in rows:
        owner = "id" if table == "tenancy_workspace" else "workspace_id"
        statement = sql.SQL("SELECT DISTINCT {}, {} FROM {}").format(
            *map(sql.Identifier, (owner, column, table))
        )
        named |= _places(connection, statement)
    for table, column, path in _IN_JSON:
        statement = sql.SQL(
            "SELECT DISTINCT workspace_id, jsonb_path_query({}, {}::jsonpath) #>> '{{}}' FROM {}"
        ).format(sql.Identifier(column), sql.Literal(path), sql.Identifier(table))
        named |= _places(connection, statement)
    return named


def _places(connection: psycopg.Connection, statement: sql.Composed) -> set[str]:
    with tables.as_system(connection):
        rows = connection.execute(statement).fetchall()
    places = (f"{workspace}/{sha256[:2]}/{sha256}" for workspace, sha256 in rows if sha256)
    return {place for place in places if STORED.fullmatch(place)}


def _stored(root: Path) -> Iterator[str]:
    """Yield the places of the finished files of a store."""
    for folder, _folders, names in os.walk(root):
        inside = Path(folder).relative_to(root).as_posix()
        yield from (place for name in names if STORED.fullmatch(place := f"{inside}/{name}"))


def _private(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

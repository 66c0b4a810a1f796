"""Putting a backup back into an empty place, and reading one through to see that it is whole."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import psycopg

from okno.config.backup import tables
from okno.config.backup.archive import Manifest, Reader
from okno.config.backup.making import Progress
from okno.config.errors import CommandError


def verify(reader: Reader, *, progress: Progress) -> Manifest:
    """Read a backup through: every row counted, every byte compared with its hash. Raises CommandError."""
    manifest = reader.manifest
    for number, name in enumerate(manifest.tables, start=1):
        _drain(reader.table(name))
        progress("tables", number, len(manifest.tables))
    seen = 0
    for seen, (_name, pieces) in enumerate(reader.files(), start=1):
        _drain(pieces)
        progress("files", seen, manifest.files)
    if seen != manifest.files:
        raise CommandError(f"The backup should have {manifest.files} files and has {seen}.")
    return manifest


def assert_empty(owner_url: str) -> None:
    """Raise CommandError if the database holds a workspace already."""
    with psycopg.connect(owner_url) as connection:
        row = connection.execute("SELECT to_regclass('public.tenancy_workspace')").fetchone()
        is_used = bool(row and row[0]) and bool(tables.workspaces_of(connection))
    if is_used:
        raise CommandError(
            "There is a desk here already; a backup goes into an empty data folder or database only."
        )


def structure_of(manifest: Manifest, known: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the migrations that the backup's database had. Raises CommandError if some are not known here."""
    wanted = [(app, name) for app, name in manifest.migrations]
    unknown = sorted(set(wanted) - set(known))
    if unknown:
        app, name = unknown[0]
        raise CommandError(
            f"The backup was made by a newer Okno ({manifest.version}): it has the migration {app} {name}. "
            "Upgrade first."
        )
    return wanted


def migrate_to(wanted: Sequence[tuple[str, str]]) -> None:
    """Make exactly the structure that the backup's database had; the application must be loaded."""
    from django.db import connections  # noqa: PLC0415 - only after the application is loaded
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415

    executor = MigrationExecutor(connections["owner"])
    nodes: Any = executor.loader.graph.node_map
    within = set(wanted)
    # A target that is not the last of its app would have Django undo those behind it.
    last = [
        one
        for one in wanted
        if not any(child.key[0] == one[0] and child.key in within for child in nodes[one].children)
    ]
    executor.migrate(last)


def known_migrations() -> set[tuple[str, str]]:
    """Return all migrations of this version; the application must be loaded."""
    from django.db import connections  # noqa: PLC0415 - only after the application is loaded
    from django.db.migrations.loader import MigrationLoader  # noqa: PLC0415

    graph: Any = MigrationLoader(connections["owner"]).graph
    return set(graph.nodes)


def load_rows(reader: Reader, *, owner_url: str, progress: Progress) -> None:
    """Fill the database in one transaction. Raises CommandError; then it is as empty as before."""
    manifest = reader.manifest
    with psycopg.connect(owner_url) as connection:
        loading = tables.Loading(connection)
        for number, (name, entry) in enumerate(manifest.tables.items(), start=1):
            rows = loading.fill(name, entry.columns, reader.table(name))
            if rows != entry.rows:
                raise CommandError(f"Of “{name}” {rows} rows were loaded instead of {entry.rows}.")
            progress("tables", number, len(manifest.tables))
        loading.release_leases()
        try:
            loading.finish(manifest.sequences)
            _silence(connection)
        except psycopg.IntegrityError as error:
            raise CommandError(f"The backup contradicts itself: {' '.join(str(error).split())}") from error


def silence(owner_url: str) -> None:
    """Make every workspace quiet: it sends nothing and fetches nothing until it is released."""
    with psycopg.connect(owner_url) as connection:
        _silence(connection)


def load_files(reader: Reader, *, data_dir: Path, progress: Progress) -> None:
    """Put the stored files back, each under its name only when it is whole and durable."""
    for number, (name, pieces) in enumerate(reader.files(), start=1):
        target = data_dir / name
        target.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        draft = target.with_name(f".{target.name}")
        with draft.open("wb") as file:
            for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
        progress("files", number, reader.manifest.files)


def _silence(connection: psycopg.Connection) -> None:
    # A backup from before there was the column is silenced once its structure is up to date.
    row = connection.execute(
        "SELECT FROM information_schema.columns WHERE table_name = 'tenancy_workspace' AND column_name = 'is_quiet'"
    ).fetchone()
    if row is not None:
        connection.execute("UPDATE tenancy_workspace SET is_quiet = true")


def _drain(pieces: Iterable[bytes]) -> None:
    for _piece in pieces:
        pass

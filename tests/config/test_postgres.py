"""The embedded database: right locale, closed doors, one holder, no orphan, nothing lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from okno.config.data_dir import DataLock
from okno.config.errors import CommandError
from okno.config.postgres import LONGEST_SOCKET_FOLDER, EmbeddedPostgres
from tests.servers.installation import clean_environment, wait_until


@pytest.fixture
def postgres(folder: Path) -> Iterator[EmbeddedPostgres]:
    """A server of our own that has just been made."""
    server = EmbeddedPostgres(folder / "data", fsync=False)
    server.start()
    yield server
    server.stop()


def ask(server: EmbeddedPostgres, query: str) -> object:
    """Return the one value that a query answers."""
    with psycopg.connect(server.admin_dsn, autocommit=True) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def test_case_and_trigrams_work_for_russian(postgres: EmbeddedPostgres) -> None:
    with psycopg.connect(postgres.admin_dsn, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
    assert ask(postgres, "SELECT lower('ЖУК') = 'жук' AND show_trgm('жук') <> '{}'") is True


def test_only_the_socket_and_a_password_open_it(postgres: EmbeddedPostgres) -> None:
    assert ask(postgres, "SHOW listen_addresses") == ""
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(postgres.dsn(user="okno_admin", password="guessed", database="postgres"))
    assert postgres.socket_dir.stat().st_mode & 0o077 == 0


def test_it_never_runs_as_root(postgres: EmbeddedPostgres) -> None:
    assert postgres.process_id is not None
    assert psutil.Process(postgres.process_id).uids().effective != 0


def test_one_holder_at_a_time(postgres: EmbeddedPostgres) -> None:
    with pytest.raises(CommandError, match=f"already runs on .* \\(process {os.getpid()}\\)"):
        EmbeddedPostgres(postgres.data_dir).start()
    postgres.stop()
    lock = DataLock(postgres.data_dir)
    assert lock.acquire()
    lock.release()


def test_a_long_path_gets_a_short_socket(folder: Path) -> None:
    server = EmbeddedPostgres(folder / ("long" * 30), fsync=False)
    server.start()
    try:
        assert len(os.fsencode(server.socket_dir)) <= LONGEST_SOCKET_FOLDER
        assert ask(server, "SELECT 1") == 1
    finally:
        server.stop()
        server.socket_dir.rmdir()


def test_a_cluster_of_another_version_is_refused_in_words(postgres: EmbeddedPostgres) -> None:
    postgres.stop()
    (postgres.cluster / "PG_VERSION").write_text("14\n")
    with pytest.raises(CommandError, match="PostgreSQL 14, which made this database, was not found"):
        postgres.start()


def test_an_interrupted_making_is_made_again(folder: Path) -> None:
    data = folder / "data"
    (data / ".postgres.new").mkdir(parents=True)
    (data / ".postgres.new" / "PG_VERSION").write_text("18\n")
    server = EmbeddedPostgres(data, fsync=False)
    server.start()
    try:
        assert ask(server, "SELECT 1") == 1
    finally:
        server.stop()


@pytest.mark.faults
def test_what_was_committed_outlives_kill_9(folder: Path) -> None:
    server = EmbeddedPostgres(folder / "data")
    server.start()
    try:
        with psycopg.connect(server.admin_dsn, autocommit=True) as connection:
            connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 20000) AS n")
        assert server.process_id is not None
        os.kill(server.process_id, signal.SIGKILL)
        wait_until(lambda: server.process_id is None)
        server.start()
        assert ask(server, "SELECT count(*) FROM kept") == 20000
    finally:
        server.stop()


@pytest.mark.faults
def test_it_stops_when_the_process_that_started_it_is_killed(folder: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from okno.config.postgres import EmbeddedPostgres;"
        "server = EmbeddedPostgres(Path(sys.argv[1])); server.start(); print(server.process_id, flush=True);"
        "time.sleep(600)"
    )
    starter = subprocess.Popen(
        [sys.executable, "-c", script, str(folder / "data")], stdout=subprocess.PIPE, env=clean_environment()
    )
    assert starter.stdout is not None
    server = psutil.Process(int(starter.stdout.readline()))
    starter.kill()
    starter.wait()
    starter.stdout.close()
    wait_until(lambda: not server.is_running(), seconds=15)
    # What it left is taken over at once.
    successor = EmbeddedPostgres(folder / "data")
    successor.start()
    successor.stop()

"""Brings the tests their PostgreSQL: one embedded server a run, one database a worker, roles as in production.

Tests run as the app role, so the walls hold for them too. The settings read the environment when they are imported:
this plugin (`-p tests.plugin`) has to be there before pytest-django.

`OKNO_TEST_PG_BIN` names the folder of other PostgreSQL programs to test on (Debian's), `OKNO_TEST_ADMIN_URL` a server
that runs already. With `CI=true` a test that would be skipped fails: there everything must be there.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

ADMIN_VARIABLE = "OKNO_TEST_ADMIN_URL"
PG_BIN_VARIABLE = "OKNO_TEST_PG_BIN"
TEMPLATE = "okno_template"
WHOLE_FOLDERS = {"flows", "faults"}
_KEY = "tests-only-key-tests-only-key-tests-only-key"


class _Server:
    """The server of this run: given by the environment, or ours."""

    def __init__(self) -> None:
        self.folder: Path | None = None
        self.postgres: Any = None

    def start(self) -> str:
        given = os.environ.get(ADMIN_VARIABLE)
        if given:
            return given
        from okno.config.postgres import EmbeddedPostgres

        self.folder = Path(tempfile.mkdtemp(prefix="okno-test-"))
        self.folder.chmod(0o755)
        programs = os.environ.get(PG_BIN_VARIABLE)
        self.postgres = EmbeddedPostgres(
            self.folder / "data", pg_bin=Path(programs) if programs else None, fsync=False
        )
        self.postgres.start()
        os.environ[ADMIN_VARIABLE] = self.postgres.admin_dsn
        return str(self.postgres.admin_dsn)

    def stop(self) -> None:
        if self.postgres is not None:
            self.postgres.stop()
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)


_server = _Server()


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Start PostgreSQL and point the settings at this worker's database before anything imports them."""
    from okno.config.database_setup import Login, set_up_database, with_login

    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    os.environ["OKNO_SECRET_KEY"] = _KEY
    os.environ["OKNO_DATA"] = tempfile.mkdtemp(prefix="okno-data-")
    os.environ.pop("OKNO_SMTP_URL", None)
    admin = _server.start()
    app, owner = Login(role="okno_app", password="app"), Login(role="okno_owner", password="owner")
    if worker == "main":
        urls = set_up_database(admin, app=app, owner=owner, database=TEMPLATE)
        _point_at(urls.app, urls.owner)
        _migrate()
    database = f"okno_{worker}"
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{database}" TEMPLATE {TEMPLATE} OWNER okno_owner')
        connection.execute(f'GRANT CONNECT, TEMPORARY ON DATABASE "{database}" TO okno_app')
    _point_at(
        with_login(admin, login=app, database=database), with_login(admin, login=owner, database=database)
    )


def _point_at(app: str, owner: str) -> None:
    os.environ["OKNO_DATABASE_URL"] = app
    os.environ["OKNO_DATABASE_OWNER_URL"] = owner


def _migrate() -> None:
    """Migrate in a process of its own: this one must import the settings with its own database."""
    import subprocess
    import sys

    subprocess.run([sys.executable, "-m", "okno.config.cli", "migrate"], check=True)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server in the process that started it."""
    if not hasattr(config, "workerinput"):
        _server.stop()
    shutil.rmtree(os.environ.get("OKNO_DATA", ""), ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what needs the whole machine (a whole Okno, a browser) one after another, and begin with it."""
    for item in items:
        folder = item.path.relative_to(item.config.rootpath).parts[1]
        if folder == "faults":
            item.add_marker(pytest.mark.faults)
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
        if folder in WHOLE_FOLDERS or any(item.iter_markers("faults")):
            item.add_marker(pytest.mark.xdist_group("whole"))
            if not any(item.iter_markers("timeout")):
                item.add_marker(pytest.mark.timeout(300))
        elif any(item.iter_markers("browser")):
            item.add_marker(pytest.mark.xdist_group("browser"))
    items.sort(key=lambda item: not any(item.iter_markers("xdist_group")))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Turn a skip into a failure where nothing may be missing."""
    report: pytest.TestReport = yield  # type: ignore[misc, assignment]
    if report.skipped and not hasattr(report, "wasxfail") and _nothing_may_be_missing():
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI=true makes a failure: {report.longrepr}"
    return report  # type: ignore[return-value]


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    """Turn the skip of a whole file into a failure where nothing may be missing."""
    report: pytest.CollectReport = yield  # type: ignore[misc, assignment]
    if report.skipped and _nothing_may_be_missing():
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI=true makes a failure: {report.longrepr}"
    return report  # type: ignore[return-value]


def _nothing_may_be_missing() -> bool:
    return os.environ.get("CI") == "true"

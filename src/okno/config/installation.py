"""From the command line to a loaded application: which data folder, which database, which Django."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import django
from pydantic import ValidationError

from okno.config import database_setup
from okno.config.data_dir import choose_data_dir, prepare_data_dir
from okno.config.database_setup import DatabaseUrls, Login
from okno.config.env import Environment, environment
from okno.config.errors import CommandError
from okno.config.postgres import EmbeddedPostgres

ADDRESSES_FILE = "addresses.json"


@dataclass(frozen=True, slots=True)
class Installation:
    """A data folder and its database: embedded below it, or external when `postgres` is None."""

    data_dir: Path
    postgres: EmbeddedPostgres | None

    @property
    def embedded(self) -> EmbeddedPostgres:
        """Return the embedded database of an installation that has one."""
        if self.postgres is None:
            raise CommandError(
                "This needs the embedded database, but OKNO_DATABASE_URL names an external one."
            )
        return self.postgres


def say(line: str) -> None:
    """Tell a person at the terminal what is going on, without disturbing what a program reads."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201


def checked_environment() -> Environment:
    """Return the environment, or raise CommandError that names the first variable that is nonsense."""
    try:
        return environment()
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(["OKNO", *(str(part).upper() for part in first["loc"][:1])])
        raise CommandError(f"{name}: {first['msg'].removeprefix('Value error, ')}.", status=2) from error


def export(**values: str) -> None:
    """Set OKNO_… variables for this process and its children, and read the environment anew."""
    os.environ.update({f"OKNO_{name.upper()}": value for name, value in values.items()})
    environment.cache_clear()
    checked_environment()


def locate(data: Path | None, *, report: Callable[[str], None] = say) -> Installation:
    """Choose the data folder and the kind of database, and make both known to the settings."""
    if data is not None:
        export(data=str(data.expanduser().absolute()))
    settings = checked_environment()
    if settings.database_url is not None:
        return Installation(data_dir=settings.data, postgres=None)
    is_explicit = bool(os.environ.get("OKNO_DATA"))
    chosen = choose_data_dir(settings.data, is_explicit=is_explicit)
    if chosen != settings.data:
        report(f"Data is kept in {chosen}, because PostgreSQL's account cannot enter {settings.data}.")
    export(data=str(chosen))
    postgres = EmbeddedPostgres(chosen, pg_bin=settings.pg_bin, report=report)
    return Installation(data_dir=chosen, postgres=postgres)


def set_up_embedded(postgres: EmbeddedPostgres) -> DatabaseUrls:
    """Make roles and database in a running embedded cluster, and make its addresses known to the settings."""
    urls = database_setup.set_up_database(
        postgres.admin_dsn,
        app=Login(role=database_setup.APP, password=postgres.password("app")),
        owner=Login(role=database_setup.OWNER, password=postgres.password("owner")),
    )
    export(database_url=urls.app, database_owner_url=urls.owner)
    return urls


def load_application() -> None:
    """Import the application with the settings as they are now."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "okno.config.settings")
    django.setup()


@contextmanager
def reached(installation: Installation, *, migrated: bool = True) -> Iterator[None]:
    """Make the database reachable: the external one, that of a running Okno, or our own, started meanwhile.

    On leaving, one that was started here is stopped. With `migrated` the application is loaded and the schema
    current.
    """
    postgres = installation.postgres
    if postgres is None:
        prepare_data_dir(installation.data_dir)
        if migrated:
            load_application()
        yield
        return
    prepare_data_dir(installation.data_dir)
    if not postgres.lock.acquire():
        export(
            database_url=_embedded_url(postgres, role=database_setup.APP, name="app"),
            database_owner_url=_embedded_url(postgres, role=database_setup.OWNER, name="owner"),
        )
        _adopt_addresses(installation.data_dir)
        if migrated:
            load_application()
        yield
        return
    try:
        postgres.start()
        set_up_embedded(postgres)
        if migrated:
            load_application()
            migrate()
        yield
    finally:
        if migrated:
            close_connections()
        postgres.stop()


def tell_addresses(data_dir: Path) -> None:
    """Write down where this running Okno is reached, for commands that are given beside it."""
    settings = checked_environment()
    names = ("host", "port", "mail_listen", "lmtp")
    told = {name: getattr(settings, name) for name in names}
    (data_dir / ADDRESSES_FILE).write_text(json.dumps({name: told[name] for name in told if told[name]}))


def _adopt_addresses(data_dir: Path) -> None:
    """Take over where the running Okno is reached, but for what was set here."""
    with suppress(FileNotFoundError):
        told = json.loads((data_dir / ADDRESSES_FILE).read_text())
        export(
            **{name: str(value) for name, value in told.items() if f"OKNO_{name.upper()}" not in os.environ}
        )


def _embedded_url(postgres: EmbeddedPostgres, *, role: str, name: str) -> str:
    return postgres.dsn(user=role, password=postgres.password(name), database=database_setup.DATABASE)


def migrate() -> None:
    """Bring the schema up to date as the owner; the application must be loaded."""
    from django.conf import settings  # noqa: PLC0415 - only after the application is loaded
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connections  # noqa: PLC0415
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415

    if "owner" not in settings.DATABASES:
        raise CommandError("OKNO_DATABASE_OWNER_URL is needed to change the database's structure.")
    executor = MigrationExecutor(connections["owner"])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", database="owner", interactive=False, verbosity=0)
    call_command("createcachetable", database="owner", verbosity=0)


def close_connections() -> None:
    """Close what this process holds open on the database, pools included."""
    from django.db import connections  # noqa: PLC0415 - only after the application is loaded

    for connection in connections.all(initialized_only=True):
        connection.close()
        close_pool = getattr(connection, "close_pool", None)
        if close_pool is not None:
            close_pool()

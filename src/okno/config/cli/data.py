"""The database: `db setup`, `migrate`, `psql`, `check`."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess

from okno.config import database_setup
from okno.config.cli.parser import Commands, Parser, installation_options, json_option
from okno.config.errors import CommandError
from okno.config.installation import Installation, checked_environment, locate, migrate, reached, say


def add_commands(commands: Commands) -> None:
    """Add the commands about the database."""
    db = commands.add_parser("db", help="set up an external database")
    db_commands = db.add_subparsers(metavar="COMMAND", required=True, parser_class=Parser)
    setup = db_commands.add_parser(
        "setup",
        parents=[json_option()],
        help="make roles, database and extensions; may be repeated",
        description="Make roles, database and extensions on a PostgreSQL 15+. Passwords are taken from "
        "OKNO_DATABASE_URL and OKNO_DATABASE_OWNER_URL where these are set, and made anew otherwise.",
    )
    setup.add_argument(
        "admin_url", metavar="ADMIN_URL", help="address of an administrator who may make roles"
    )
    setup.set_defaults(run=run_setup)
    shared = installation_options()
    migrating = commands.add_parser(
        "migrate", parents=[shared], help="bring the database's structure up to date"
    )
    migrating.set_defaults(run=run_migrate)
    psql = commands.add_parser("psql", parents=[shared], help="open psql as the owner, or hand it ARGS")
    psql.add_argument("rest", nargs="*", metavar="ARGS", help="arguments of psql")
    psql.set_defaults(run=run_psql)
    check = commands.add_parser("check", parents=[shared, json_option()], help="examine this installation")
    check.set_defaults(run=run_check)


def run_setup(arguments: argparse.Namespace) -> int:
    """Set an external database up and print the addresses to use."""
    settings = checked_environment()
    urls = database_setup.set_up_database(
        database_setup.url_from(arguments.admin_url),
        app=database_setup.login_of(settings.database_url, role=database_setup.APP),
        owner=database_setup.login_of(settings.database_owner_url, role=database_setup.OWNER),
    )
    answer = {"OKNO_DATABASE_URL": urls.app, "OKNO_DATABASE_OWNER_URL": urls.owner}
    print(json.dumps(answer) if arguments.json else "\n".join(f"{k}={v}" for k, v in answer.items()))
    return 0


def run_migrate(arguments: argparse.Namespace) -> int:
    """Bring the schema up to date."""
    installation = locate(arguments.data)
    if installation.postgres is None and checked_environment().database_owner_url is None:
        raise CommandError("Set OKNO_DATABASE_OWNER_URL: only the owner may change the structure.", status=2)
    with reached(installation):
        migrate()
    say("The database is up to date.")
    return 0


def run_psql(arguments: argparse.Namespace) -> int:
    """Run psql as the owner."""
    installation = locate(arguments.data)
    with reached(installation, migrated=False):
        url = checked_environment().database_owner_url or checked_environment().database_url
        if url is None:
            raise CommandError("Set OKNO_DATABASE_URL.", status=2)
        # The address goes by the environment, where other users of the machine cannot read it.
        variables = {**os.environ, **_libpq_variables(url)}
        return subprocess.run([_psql(installation), *arguments.rest], check=False, env=variables).returncode


def run_check(arguments: argparse.Namespace) -> int:
    """Examine the installation section by section."""
    installation = locate(arguments.data)
    from okno.config import doctor  # noqa: PLC0415 - it needs the application's settings

    with doctor.examined(installation) as findings:
        if arguments.json:
            print(
                json.dumps({"ok": doctor.is_healthy(findings), "sections": [f.as_dict() for f in findings]})
            )
        else:
            for finding in findings:
                print(f"{finding.state:<5} {finding.section:<11} {finding.words}")
        return 0 if doctor.is_healthy(findings) else 1


def _psql(installation: Installation) -> str:
    if installation.postgres is not None:
        return installation.postgres.binaries().program("psql")
    found = shutil.which("psql")
    if found is None:
        raise CommandError("psql was not found; on Debian: apt-get install postgresql-client.")
    return found


def _libpq_variables(url: str) -> dict[str, str]:
    from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415 - a second of no other command

    names = {
        "host": "PGHOST",
        "port": "PGPORT",
        "user": "PGUSER",
        "password": "PGPASSWORD",
        "dbname": "PGDATABASE",
    }
    names |= {"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT"}
    parts = conninfo_to_dict(url)
    return {names[key]: str(value) for key, value in parts.items() if key in names}

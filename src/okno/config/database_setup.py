"""Roles, database and extensions: what the cluster's administrator does once, before any migration.

Three roles: *owner* makes tables and hands functions over, *app* serves and owns nothing, *system* cannot
log in and owns the few functions that may see all workspaces. Works with an administrator who is no
superuser, as hosted databases have, and on PostgreSQL 15.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import LiteralString
from urllib.parse import quote, unquote, urlencode, urlsplit, urlunsplit

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from okno.config.errors import CommandError

OWNER = "okno_owner"
APP = "okno_app"
SYSTEM = "okno_system"
DATABASE = "okno"
EXTENSIONS = ("pg_trgm", "unaccent", "btree_gin")
OLDEST_SERVER = 15_00_00


@dataclass(frozen=True, slots=True)
class Login:
    """Name and password of a role."""

    role: str
    password: str


@dataclass(frozen=True, slots=True)
class DatabaseUrls:
    """The two addresses that Okno is run with."""

    app: str
    owner: str


def login_of(url: str | None, *, role: str) -> Login:
    """Return the login that an address already names, else the role with a new password."""
    parts = urlsplit(url) if url else None
    if parts is None or not parts.username or not parts.password:
        return Login(role=role, password=secrets.token_urlsafe(24))
    if unquote(parts.username) != role:
        raise CommandError(f"The address must sign in as {role}, not as {unquote(parts.username)}.")
    return Login(role=role, password=unquote(parts.password))


def set_up_database(
    admin_url: str, *, app: Login | None = None, owner: Login | None = None, database: str = DATABASE
) -> DatabaseUrls:
    """Make roles, database, extensions and grants where they are missing; return the addresses to use.

    Run again it repairs and changes passwords to those given.
    """
    app = app or login_of(None, role=APP)
    owner = owner or login_of(None, role=OWNER)
    with _connected(admin_url) as admin:
        if admin.info.server_version < OLDEST_SERVER:
            raise CommandError("PostgreSQL 15 or newer is needed.")
        _make_roles(admin, app=app, owner=owner)
        _make_database(admin, database)
    inside = with_login(admin_url, login=None, database=database)
    with _connected(inside) as admin:
        _make_extensions(admin)
        _grant_on_database(admin, database)
        assert_locale(admin)
        if is_superuser := _is_superuser(admin):
            _grant_on_schema(admin)
    urls = DatabaseUrls(
        app=with_login(admin_url, login=app, database=database),
        owner=with_login(admin_url, login=owner, database=database),
    )
    with _connected(urls.owner) as own:
        if not is_superuser:
            # On 15 a role without inheritance owns the schema only after it has said so.
            own.execute("SET ROLE pg_database_owner")
            _grant_on_schema(own)
            own.execute("RESET ROLE")
        _set_default_rights(own)
    return urls


def assert_locale(connection: psycopg.Connection) -> None:
    """Raise CommandError when trigrams or case do not work for Russian, as with the bare C locale."""
    row = connection.execute("SELECT show_trgm('жук') <> '{}' AND lower('Ж') = 'ж'").fetchone()
    if row is None or not row[0]:
        raise CommandError(
            "The database's locale breaks Russian search. Make it again with encoding UTF8, locale C.UTF-8."
        )


def assert_application_login(url: str) -> None:
    """Raise CommandError when the application's login could pass through the walls between workspaces."""
    with _connected(url) as connection:
        row = connection.execute(
            "SELECT rolsuper, rolbypassrls, EXISTS ("
            "SELECT FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace "
            "WHERE relowner = r.oid AND nspname = 'public') FROM pg_roles r WHERE rolname = current_user"
        ).fetchone()
    if row is None or any(row):
        raise CommandError(
            "OKNO_DATABASE_URL signs in as a role that row security does not hold (a superuser, one with "
            "BYPASSRLS or an owner of tables). Use the application's login that “okno db setup” printed."
        )


def with_login(url: str, *, login: Login | None, database: str) -> str:
    """Return the address with another database and, if given, another login."""
    parts = urlsplit(url)
    user = (
        f"{quote(login.role)}:{quote(login.password, safe='')}" if login else parts.netloc.rpartition("@")[0]
    )
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(
        (parts.scheme, f"{user}@{host}" if user else host, f"/{quote(database)}", parts.query, "")
    )


def url_from(conninfo: str) -> str:
    """Return an address in the form of a URL, from one in any form that PostgreSQL takes."""
    if urlsplit(conninfo).scheme in {"postgres", "postgresql"}:
        return conninfo
    try:
        parts = conninfo_to_dict(conninfo)
    except psycopg.ProgrammingError as error:
        words = "ADMIN_URL must look like postgresql://user:password@host:5432"
        raise CommandError(words, status=2) from error
    known = {key: str(value) for key, value in parts.items() if value is not None}
    user, password = known.pop("user", ""), known.pop("password", "")
    database = known.pop("dbname", "postgres")
    login = f"{quote(user)}:{quote(password, safe='')}@" if password else f"{quote(user)}@" if user else ""
    return f"postgresql://{login}/{quote(database)}?{urlencode(known)}"


@contextmanager
def _connected(url: str) -> Iterator[psycopg.Connection]:
    """Connect with autocommit, and turn what the server refuses into one clear line."""
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
            yield connection
    except psycopg.Error as error:
        raise CommandError(f"PostgreSQL says: {' '.join(str(error).split())}") from error


def _make_roles(admin: psycopg.Connection, *, app: Login, owner: Login) -> None:
    """Make the roles; the owner may become the system role to hand over functions, but inherits nothing."""
    wanted = (
        (owner.role, "LOGIN NOINHERIT", owner.password),
        (app.role, "LOGIN INHERIT", app.password),
        (SYSTEM, "NOLOGIN NOINHERIT", None),
    )
    is_superuser = _is_superuser(admin)
    for role, options, password in wanted:
        exists = admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
        # Only a superuser may name these two at all, and a new role has neither.
        limits = " NOSUPERUSER NOBYPASSRLS NOREPLICATION" if is_superuser else ""
        admin.execute(
            sql.SQL("{verb} ROLE {role} {options} NOCREATEDB NOCREATEROLE{password}").format(
                verb=sql.SQL("ALTER" if exists else "CREATE"),
                role=sql.Identifier(role),
                options=sql.SQL(options + limits),
                password=sql.SQL(" PASSWORD {}").format(sql.Literal(password)) if password else sql.SQL(""),
            )
        )
    admin.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(SYSTEM), sql.Identifier(owner.role)))
    if not is_superuser:
        # To make a database for somebody else one must be able to become him.
        admin.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(owner.role)))


def _is_superuser(admin: psycopg.Connection) -> bool:
    row = admin.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    return bool(row and row[0])


def _make_database(admin: psycopg.Connection, database: str) -> None:
    row = admin.execute(
        "SELECT pg_get_userbyid(datdba), pg_encoding_to_char(encoding) FROM pg_database WHERE datname = %s",
        [database],
    ).fetchone()
    if row is not None:
        if row != (OWNER, "UTF8"):
            raise CommandError(
                f"A database {database} exists, but it is not {OWNER}'s in UTF8: {row[0]}, {row[1]}."
            )
        return
    # The provider is named because a cluster may default to ICU, with which a libc locale would be refused.
    locale = (
        "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C' LC_CTYPE 'C.UTF-8'"
        if admin.info.server_version >= 17_00_00
        else "LOCALE_PROVIDER libc LOCALE 'C.UTF-8'"
    )
    admin.execute(
        sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8' {}").format(
            sql.Identifier(database), sql.Identifier(OWNER), sql.SQL(locale)
        )
    )


def _make_extensions(admin: psycopg.Connection) -> None:
    for name in EXTENSIONS:
        admin.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {} SCHEMA public").format(sql.Identifier(name)))


def _grant_on_database(admin: psycopg.Connection, database: str) -> None:
    _run(
        admin,
        "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        "GRANT CONNECT ON DATABASE {database} TO {app}",
        "GRANT CONNECT, TEMPORARY, CREATE ON DATABASE {database} TO {owner}",
        database=database,
    )


def _grant_on_schema(connection: psycopg.Connection) -> None:
    """Let the owner and the system role make things in the schema, and the application only enter it."""
    _run(
        connection,
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        "GRANT USAGE, CREATE ON SCHEMA public TO {owner}, {system}",
        "GRANT USAGE ON SCHEMA public TO {app}",
    )


def _set_default_rights(own: psycopg.Connection) -> None:
    """Give the application rows but no structure, and the system role reading, of all the owner will make."""
    _run(
        own,
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO {app}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {system}",
    )


def _run(connection: psycopg.Connection, *statements: LiteralString, database: str = DATABASE) -> None:
    names = {"database": database, "owner": OWNER, "app": APP, "system": SYSTEM}
    quoted = {key: sql.Identifier(name) for key, name in names.items()}
    for statement in statements:
        connection.execute(sql.SQL(statement).format(**quoted))

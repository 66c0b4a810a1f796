"""`okno check`: examines an installation section by section and says what to do."""

from __future__ import annotations

import shutil
import smtplib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any, Literal

import psycopg
from django.db import DatabaseError

from okno.channels.email.relay import parse_smtp_url, tls_context
from okno.config import database_setup
from okno.config.errors import CommandError
from okno.config.installation import Installation, checked_environment, reached
from okno.config.mail_sockets import connect

State = Literal["ok", "warn", "fail"]

LITTLE_FREE_BYTES = 2 * 1024**3
LEAST_FREE_BYTES = 256 * 1024**2
LARGEST_CLOCK_DIFFERENCE = 5.0
CONNECT_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found in one section, in words that say what to do if it is not well."""

    section: str
    state: State
    words: str
    details: dict[str, Any] | None = None
    """More for programs, where there is more."""

    def as_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {name: value for name, value in asdict(self).items() if value is not None}


Answer = tuple[State, str]


def is_healthy(findings: list[Finding]) -> bool:
    """Tell whether nothing failed; warnings are healthy."""
    return all(finding.state != "fail" for finding in findings)


@contextmanager
def examined(installation: Installation) -> Iterator[list[Finding]]:
    """Reach the installation, examine it and yield what was found, one finding a section or mailbox."""
    if installation.postgres is not None and not installation.postgres.cluster.exists():
        words = f"there is no installation in {installation.data_dir} yet: “okno up” makes one"
        yield [Finding("database", "fail", words)]
        return
    try:
        with reached(installation, migrated=False):
            yield _examine(installation)
    except CommandError as error:
        yield [Finding("database", "fail", str(error)), _finding("disk", lambda: _disk(installation))]


def _examine(installation: Installation) -> list[Finding]:
    settings = checked_environment()
    app_url = settings.database_url or ""
    findings = [_finding("database", lambda: _database(app_url))]
    if is_healthy(findings):
        from okno.config.installation import load_application  # noqa: PLC0415 - only with a database

        load_application()
        sections: list[tuple[str, Callable[[], Answer]]] = [
            ("locale", lambda: _locale(app_url)),
            ("roles", lambda: _roles(app_url, settings.database_owner_url)),
            ("walls", lambda: _walls(app_url)),
            ("migrations", _migrations),
            ("mail in", _mail_in),
            ("mail out", _mail_out),
            ("sending domains", _sending_domains),
            ("clock", lambda: _clock(app_url)),
        ]
        findings += [_finding(section, examine) for section, examine in sections]
        findings += _mailboxes()
    return [*findings, _finding("disk", lambda: _disk(installation))]


def _finding(section: str, examine: Callable[[], Answer]) -> Finding:
    """Turn an answer, or what kept it from being given, into a finding."""
    try:
        state, words = examine()
    except (CommandError, psycopg.Error, DatabaseError, OSError) as error:
        state, words = "fail", " ".join(str(error).split())
    return Finding(section, state, words)


def _connect(url: str) -> psycopg.Connection:
    return psycopg.connect(url, autocommit=True, connect_timeout=CONNECT_SECONDS)


def _database(url: str) -> Answer:
    with _connect(url) as connection:
        version = connection.info.server_version
        row = connection.execute("SELECT pg_size_pretty(pg_database_size(current_database()))").fetchone()
    size = row[0] if row else "?"
    if version < database_setup.OLDEST_SERVER:
        return "fail", f"PostgreSQL {version // 10000} is too old: 15 or newer is needed"
    return "ok", f"PostgreSQL {version // 10000}.{version % 10000}, {size}"


def _locale(url: str) -> Answer:
    with _connect(url) as connection:
        database_setup.assert_locale(connection)
    return "ok", "case, words and trigrams work for Russian"


def _roles(app_url: str, owner_url: str | None) -> Answer:
    database_setup.assert_application_login(app_url)
    if owner_url is None:
        return (
            "warn",
            "the application's login is right; OKNO_DATABASE_OWNER_URL is not set to check the owner's",
        )
    with _connect(owner_url) as connection:
        row = connection.execute(
            "SELECT rolinherit OR rolsuper OR rolbypassrls, pg_has_role(oid, %s, 'MEMBER') "
            "FROM pg_roles WHERE rolname = current_user",
            [database_setup.SYSTEM],
        ).fetchone()
    if row != (False, True):
        return "fail", "the owner's login has wrong rights: run “okno db setup” again"
    return "ok", "the application cannot pass the walls; the owner can change the structure"


# The tables of workspaces must enforce row security on everybody, their owner too, by the tenant's policy.
TABLES_WITHOUT_WALLS = """
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')
      AND c.relname = ANY(%s)
      AND NOT (c.relrowsecurity AND c.relforcerowsecurity
               AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = %s))
    ORDER BY 1
"""


def _walls(url: str) -> Answer:
    from django.apps import apps  # noqa: PLC0415 - only after the application is loaded

    from okno.tenancy.models import TenantModel  # noqa: PLC0415
    from okno.tenancy.operations import TENANT_POLICY  # noqa: PLC0415

    tables = [model._meta.db_table for model in apps.get_models() if issubclass(model, TenantModel)]
    with _connect(url) as connection:
        open_tables = [row[0] for row in connection.execute(TABLES_WITHOUT_WALLS, [tables, TENANT_POLICY])]
    if open_tables:
        return "fail", f"without row security: {', '.join(open_tables)}; run “okno migrate”"
    return "ok", f"{len(tables)} tables are walled off by workspace"


def _migrations() -> Answer:
    from okno.config.health import database_problem  # noqa: PLC0415 - only after the application is loaded

    problem = database_problem()
    return ("fail", problem) if problem else ("ok", "the structure is up to date")


def _mail_in() -> Answer:
    problems = _listener_problems()
    if problems:
        return "warn", "; ".join(problems)
    listen = checked_environment().mail_listen
    return "ok", f"the listener answers on {listen}" if listen else "no listener is set: mail is fetched only"


def _listener_problems() -> list[str]:
    settings = checked_environment()
    addresses = [address for address in (settings.mail_listen, settings.lmtp) if address is not None]
    return [problem for address in addresses for problem in _problems_of_listener(address)]


def _problems_of_listener(listen: str) -> list[str]:
    try:
        with connect(listen, seconds=CONNECT_SECONDS) as connection:
            greeting = connection.recv(200)
    except OSError as error:
        return [f"nothing listens for mail on {listen} ({error.strerror or error}): is “okno smtp” running?"]
    return [] if greeting.startswith(b"220") else [f"what listens on {listen} is no mail server"]


def _mailboxes() -> list[Finding]:
    """Return one finding a mailbox; one that is not well is a warning, for the others go on."""
    from okno.config.mailbox_check import mailbox_answers  # noqa: PLC0415 - only after the application is loaded

    try:
        return [
            Finding(f"mailbox {address}", "ok" if is_well else "warn", words, details)
            for address, is_well, words, details in mailbox_answers()
        ]
    except DatabaseError as error:
        return [Finding("mailboxes", "fail", " ".join(str(error).split()))]


def _mail_out() -> Answer:
    address = checked_environment().smtp_url
    if address is not None:
        relay = parse_smtp_url(address)
        kind = smtplib.SMTP_SSL if relay.security == "tls" else smtplib.SMTP
        with kind(relay.host, relay.port, timeout=CONNECT_SECONDS) as smtp:
            if relay.security == "starttls":
                smtp.starttls(context=tls_context())
            if relay.user:
                smtp.login(relay.user, relay.password)
    if address is None:
        return "warn", "OKNO_SMTP_URL is not set: only mailboxes with a way out of their own can send"
    return "ok", "the relay accepts us"


def _sending_domains() -> Answer:
    from okno.config.domain_check import domain_answer  # noqa: PLC0415 - only after the application is loaded

    is_well, words = domain_answer()
    return ("ok" if is_well else "warn"), words


def _clock(url: str) -> Answer:
    with _connect(url) as connection:
        row = connection.execute("SELECT extract(epoch FROM clock_timestamp())::float8").fetchone()
    difference = abs((row[0] if row else 0.0) - time.time())
    words = f"{difference:.1f} s between this machine and the database"
    if difference > LARGEST_CLOCK_DIFFERENCE:
        return "fail", f"{words}: set the clocks by NTP"
    return "ok", words


def _disk(installation: Installation) -> Answer:
    free = shutil.disk_usage(installation.data_dir).free
    words = f"{free / 1024**3:.1f} GB are free for {installation.data_dir}"
    if free < LEAST_FREE_BYTES:
        return "fail", words
    return ("warn" if free < LITTLE_FREE_BYTES else "ok"), words

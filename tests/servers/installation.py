"""A whole Okno with the demonstration in it, as an operator runs it: processes, database, sockets."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Self

import httpx
import psycopg
import pytest

from okno.config.database_setup import DATABASE
from okno.config.postgres import ADMIN, EmbeddedPostgres

SUPPORT = "support@okno.example"
AGENT = "anna@okno.example"
PATIENCE = 60.0


def wait_until(is_so: Callable[[], object], *, seconds: float = PATIENCE, what: str = "") -> None:
    """Ask again and again until it is so; fail the test when the time is over."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            pytest.fail(f"not so after {seconds} s: {what or is_so}")
        time.sleep(0.05)


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def clean_environment(**values: str) -> dict[str, str]:
    """Return the environment without what the test run itself has set."""
    own = ("OKNO_", "PROMETHEUS_", "DJANGO_")
    return {name: value for name, value in os.environ.items() if not name.startswith(own)} | values


def mail(
    subject: str,
    text: str = "Please help.",
    *,
    sender: str = "Maria Client <maria@client.example>",
    to: str = SUPPORT,
    **headers: str,
) -> EmailMessage:
    """Return a simple mail; `headers` are written with `_` for `-`."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, to, subject
    made["Message-ID"] = f"<{time.time_ns()}.{abs(hash(subject))}@client.example>"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made


class Installation:
    """`okno up --demo` on a data folder of its own."""

    options: tuple[str, ...] = ("--demo",)
    serves = b"The desk answers as"

    def __init__(self, data: Path, **variables: str) -> None:
        self.data = data
        self.port = free_port()
        self.mail_port = free_port()
        self.log = data.with_suffix(".log")
        self.variables = variables
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Return the address of the pages, on the demonstration's host."""
        return f"http://localhost:{self.port}"

    @property
    def password(self) -> str:
        """Return the password of all sign-ins of the demonstration."""
        return (self.data / "demo-password").read_text().strip()

    @property
    def supervisor(self) -> subprocess.Popen[bytes]:
        """Return the process that keeps the others."""
        assert self._process is not None
        return self._process

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start everything and return when it serves."""
        words = ["up", *self.options, "--data", str(self.data), "--port", str(self.port)]
        listen = {"OKNO_MAIL_LISTEN": f"127.0.0.1:{self.mail_port}"}
        with self.log.open("ab") as log:
            offset = log.tell()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "okno.config.cli", *words],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=clean_environment(**listen, **self.variables),
            )
        wait_until(
            lambda: self.supervisor.poll() is not None or self.serves in self.log.read_bytes()[offset:],
            seconds=120,
            what="okno up serves",
        )
        assert self.supervisor.poll() is None, self.log.read_text()[-4000:]

    def stop(self) -> None:
        """Stop everything, at need by force."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(20)
            self._process.kill()
            self._process.wait()

    def pids(self) -> dict[str, int]:
        """Return the process id of every part that runs."""
        found: dict[str, int] = json.loads((self.data / "processes.json").read_text())
        return found

    def kill(self, part: str) -> int:
        """Kill a part as the kernel would, and return the process id that it had."""
        pid = self.pids()[part]
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        return pid

    @contextmanager
    def at_rest(self, part: str) -> Iterator[None]:
        """Let a part stand still, so that it finds much at once afterwards."""
        pid = self.pids()[part]
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    def wait_for_another(self, part: str, before: int) -> None:
        """Return when a part runs again under another process id."""
        wait_until(lambda: self.pids().get(part) not in (None, before), what=f"{part} comes back")

    def cli(self, *words: str) -> str:
        """Run a command of Okno on this installation and return what it printed."""
        command = [sys.executable, "-m", "okno.config.cli", *words, "--data", str(self.data)]
        done = subprocess.run(
            command, check=False, capture_output=True, text=True, timeout=PATIENCE, env=clean_environment()
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def act(self, function: str, **values: Any) -> str:
        """Call a function of `tests.servers.desk_acts` in a process of its own and return what it printed."""
        words = [
            sys.executable,
            "-m",
            "tests.servers.desk_acts",
            str(self.data),
            function,
            json.dumps(values),
        ]
        done = subprocess.run(
            words, check=False, capture_output=True, text=True, timeout=PATIENCE, env=clean_environment()
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def api(self, member: str = AGENT, *, scopes: str = "*", timeout: float = 20) -> httpx.Client:
        """Return a client of the API in the name of a member."""
        answer = self.cli("token", "create", "--member", member, "--scope", scopes, "--json")
        headers = {"Authorization": f"Bearer {json.loads(answer)['token']}"}
        return httpx.Client(base_url=f"{self.url}/api/v1/", headers=headers, timeout=timeout)

    def status(self, path: str = "/readyz") -> int:
        """Return the status of an address, 0 when nobody answers."""
        try:
            return httpx.get(f"{self.url}{path}", timeout=5).status_code
        except httpx.HTTPError:
            return 0

    def sql(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the database as its administrator, behind all walls."""
        with psycopg.connect(self.dsn(ADMIN, "admin"), autocommit=True) as connection:
            cursor = connection.execute(query, values)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    def dsn(self, role: str, name: str) -> str:
        """Return the address of the database for a role, whose password is kept under a name."""
        postgres = EmbeddedPostgres(self.data)
        return postgres.dsn(user=role, password=postgres.password(name), database=DATABASE)

    def count(self, query: str, *values: object) -> int:
        """Return the one number that a query answers."""
        return int(self.sql(query, *values)[0][0])

    def send(
        self, *mails: EmailMessage | bytes, to: str = SUPPORT, sender: str = "maria@client.example"
    ) -> None:
        """Hand mails to the listener, one conversation for all; raises what smtplib raises."""
        with smtplib.SMTP("127.0.0.1", self.mail_port, timeout=30) as client:
            for one in mails:
                client.sendmail(sender, [to], one if isinstance(one, bytes) else one.as_bytes())

    def let_leases_run_out(self, *tables: str) -> None:
        """Let time pass for whoever died with a lease in his hand."""
        for table in tables:
            self.sql(
                f"UPDATE {table} SET lease_until = now() WHERE state = 'due' AND lease_until IS NOT NULL"
            )

    def wait_for_intake(self, *, seconds: float = PATIENCE) -> None:
        """Return when every raw mail has its outcome."""
        wait_until(
            lambda: self.count("SELECT count(*) FROM email_rawmail WHERE state = 'due'") == 0,
            seconds=seconds,
            what="every raw mail has its outcome",
        )

    def outcomes(self) -> dict[str, int]:
        """Return how many raw mails ended in which outcome."""
        return dict(self.sql("SELECT outcome, count(*) FROM email_rawmail GROUP BY 1"))

    def tickets_of(self, subjects: Sequence[str]) -> dict[str, int]:
        """Return for each subject how many tickets have it."""
        rows = self.sql(
            "SELECT subject, count(*) FROM tickets_ticket WHERE subject = ANY(%s) GROUP BY 1", list(subjects)
        )
        return dict.fromkeys(subjects, 0) | dict(rows)


class EmptyInstallation(Installation):
    """`okno up` as on the first day: one empty workspace, whose first administrator has the link in the terminal."""

    options = ()
    serves = b"Okno is at"

    def first_link(self) -> str:
        """Return the link that was printed."""
        found = re.search(r"http://\S+/welcome/\S+", self.log.read_text())
        assert found is not None, self.log.read_text()[-2000:]
        return found[0]


@contextmanager
def prepared_data() -> Iterator[Path]:
    """Make a data folder with the demonstration once, for `copy_of`; stopped and at rest."""
    folder = Path(tempfile.mkdtemp(prefix="okno-demo-"))
    folder.chmod(0o755)
    try:
        with Installation(folder / "data"):
            pass
        yield folder / "data"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def copy_of(data: Path) -> Iterator[Path]:
    """Give a copy of a data folder at rest, owners and all, which every account may enter."""
    folder = Path(tempfile.mkdtemp(prefix="okno-copy-"))
    folder.chmod(0o755)
    try:
        subprocess.run(["cp", "--archive", str(data), str(folder / "data")], check=True)
        yield folder / "data"
    finally:
        shutil.rmtree(folder, ignore_errors=True)

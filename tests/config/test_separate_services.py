"""The parts as services of their own on an external PostgreSQL, as in production."""

from __future__ import annotations

import json
import signal
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from okno.config.postgres import EmbeddedPostgres
from tests.config.conftest import okno
from tests.servers.installation import clean_environment, free_port, wait_until

pytestmark = pytest.mark.faults

OLDEST = Path("/usr/lib/postgresql/15/bin")


@pytest.fixture
def variables(folder: Path) -> Iterator[dict[str, str]]:
    """What an operator sets: addresses from `okno db setup` on a server of the oldest version that is here."""
    server = EmbeddedPostgres(folder / "server", fsync=False, pg_bin=OLDEST if OLDEST.exists() else None)
    server.start()
    try:
        setup = okno("db", "setup", server.admin_dsn, "--json")
        assert setup.returncode == 0, setup.stderr
        yield {**json.loads(setup.stdout), "OKNO_DATA": str(folder / "data")}
    finally:
        server.stop()


@contextmanager
def service(*words: str, **values: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a part of Okno until the end of the block; it must stop in order."""
    process = subprocess.Popen(
        [sys.executable, "-m", "okno.config.cli", *words], env=clean_environment(**values)
    )
    try:
        yield process
        assert process.poll() is None, f"okno {words[0]} has ended by itself"
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) in (0, -signal.SIGTERM)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        process.wait()


def answers(port: int) -> bool:
    """Tell whether the pages are served."""
    with suppress(httpx.HTTPError):
        return httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=5).status_code == 200
    return False


def takes_mail(port: int) -> bool:
    """Tell whether the listener greets, and refuses what is for nobody here."""
    with suppress(OSError), smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        client.ehlo()
        client.mail("somebody@client.example")
        return client.rcpt("nobody@here.example")[0] == 550
    return False


def test_web_worker_and_listener_run_one_by_one(variables: dict[str, str], folder: Path) -> None:
    assert okno("migrate", **variables).returncode == 0
    assert okno("workspace", "create", "Desk", "--host", "localhost", **variables).returncode == 0
    served = {name: value for name, value in variables.items() if name != "OKNO_DATABASE_OWNER_URL"}
    web, mail = free_port(), free_port()
    with ExitStack() as running:
        running.enter_context(service("web", "--port", str(web), **served))
        running.enter_context(service("worker", **served))
        lmtp = folder / "lmtp"
        listens = ("--listen", f"127.0.0.1:{mail}", "--lmtp", str(lmtp))
        running.enter_context(service("smtp", *listens, **served))
        wait_until(lambda: answers(web), what="okno web answers")
        wait_until(lambda: takes_mail(mail), what="okno smtp answers")
        with smtplib.LMTP(str(lmtp)) as client:
            client.ehlo_or_helo_if_needed()
            client.mail("somebody@client.example")
            assert client.rcpt("nobody@here.example")[0] == 550
        listening = {"OKNO_MAIL_LISTEN": f"127.0.0.1:{mail}", "OKNO_LMTP": str(lmtp)}
        found = okno("check", "--json", **variables, **listening)
    assert not lmtp.exists()
    assert found.returncode == 0, found.stdout
    states = {part["section"]: part["state"] for part in json.loads(found.stdout)["sections"]}
    assert states["roles"] == states["walls"] == states["mail in"] == "ok"


def test_the_owner_may_not_serve(variables: dict[str, str]) -> None:
    assert okno("migrate", **variables).returncode == 0
    refused = okno("worker", **variables | {"OKNO_DATABASE_URL": variables["OKNO_DATABASE_OWNER_URL"]})
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert "row security does not hold" in refused.stderr


def test_set_up_again_keeps_given_passwords(variables: dict[str, str], folder: Path) -> None:
    admin = EmbeddedPostgres(folder / "server").admin_dsn
    again = okno("db", "setup", admin, "--json", **variables)
    given = {name: variables[name] for name in ("OKNO_DATABASE_URL", "OKNO_DATABASE_OWNER_URL")}
    assert json.loads(again.stdout) == given

"""A desk full of tickets to measure on: the demonstration, grown to the wanted size, served by real processes."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import httpx

from okno.config.bench.processes import (
    KEPT_VARIABLES,
    OKNO,
    clean_environment,
    free_port,
    running,
    throwaway_folder,
)
from okno.config.errors import CommandError
from okno.config.installation import close_connections, export, locate, reached

if TYPE_CHECKING:  # Models can only be imported once the application is loaded.
    from okno.tenancy.models import Workspace

AGENT: Final = "anna@okno.example"
BATCH: Final = 200
GROWTH_SEED: Final = 7
LOGIN_PATH: Final = "/accounts/login/"
PASSWORD_FILE: Final = "demo-password"  # noqa: S105 - the name of a file
DATABASE_VARIABLES: Final = ("OKNO_DATABASE_URL", "OKNO_DATABASE_OWNER_URL")


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchDesk:
    """A served desk, and what a caller needs: an agent's session, a token, the tickets there are."""

    port: int
    cookie: str
    token: str
    numbers: tuple[int, ...]
    messages: int
    pid: int
    """The process that all of it descends from."""


@contextmanager
def served_desk(*, tickets: int, external: bool, say: Callable[[str], None]) -> Iterator[BenchDesk]:
    """Serve a desk with that many tickets from an embedded database of its own, or from an external one.

    The external one is that of the environment; it must be empty, and what is written there stays.
    """
    database = {name: os.environ.get(name, "") for name in DATABASE_VARIABLES} if external else {}
    if external and not all(database.values()):
        raise CommandError(f"Set {' and '.join(DATABASE_VARIABLES)} to an empty database.", status=2)
    port = free_port()
    with throwaway_folder() as folder, ExitStack() as programs:
        data = folder / "data"
        environment = clean_environment(
            OKNO_DATA=str(data),
            OKNO_PORT=str(port),
            OKNO_MAIL_LISTEN=f"127.0.0.1:{free_port()}",
            # No request may be refused for being one of many.
            OKNO_API_PER_MINUTE="100000000",
            **database,
        )
        say("Starting Okno …")
        if external:
            subprocess.run([*OKNO, "migrate"], env=environment, check=True, capture_output=True)
            serving = programs.enter_context(running([*OKNO, "web"], environment, log=folder / "web.log"))
            programs.enter_context(
                running([*OKNO, "worker"], environment, log=folder / "worker.log", ready="")
            )
        else:
            serving = programs.enter_context(
                running([*OKNO, "up", "--demo"], environment, log=folder / "up.log")
            )
        numbers, messages = _fill(data, tickets=tickets, database=database, say=say)
        token = _token(environment)
        cookie = _sign_in(port, password=(data / PASSWORD_FILE).read_text().strip())
        yield BenchDesk(
            port=port,
            cookie=cookie,
            token=token,
            numbers=numbers,
            messages=messages,
            pid=serving.process.pid,
        )


def _fill(
    data: Path, *, tickets: int, database: dict[str, str], say: Callable[[str], None]
) -> tuple[tuple[int, ...], int]:
    """Grow the demonstration to that many tickets; return all their numbers and how many messages there are."""
    for name in [name for name in os.environ if name.startswith("OKNO_") and name not in KEPT_VARIABLES]:
        del os.environ[name]
    os.environ.update(database)
    export(data=str(data), log_level="ERROR")
    with reached(locate(data)):
        from django.db import connections  # noqa: PLC0415 - needs the application

        from okno.config.demo.load import load_demo  # noqa: PLC0415
        from okno.lib.clock import current_time  # noqa: PLC0415
        from okno.tenancy.models import Workspace  # noqa: PLC0415
        from okno.tenancy.scope import scope  # noqa: PLC0415
        from okno.tickets.models import Message, Ticket  # noqa: PLC0415

        if load_demo(now=current_time()) is None:
            raise CommandError("The database is not empty; “bench --external” needs one of its own.")
        workspace = Workspace.objects.get(is_demo=True)
        _grow(workspace, tickets=tickets, say=say)
        with connections["owner"].cursor() as cursor:
            cursor.execute("ANALYZE")
        with scope(workspace):
            numbers = tuple(Ticket.objects.order_by("number").values_list("number", flat=True))
            messages = Message.objects.count()
        close_connections()
    return numbers, messages


def _grow(workspace: Workspace, *, tickets: int, say: Callable[[str], None]) -> None:
    """Write more of the demonstration's tickets, in batches that are short transactions."""
    from okno.config.demo.directory import read_directory  # noqa: PLC0415 - needs the application
    from okno.config.demo.load import write_tickets  # noqa: PLC0415
    from okno.config.demo.planner import plan_tickets  # noqa: PLC0415
    from okno.tenancy.scope import scope  # noqa: PLC0415
    from okno.tickets.models import Ticket  # noqa: PLC0415

    with scope(workspace):
        directory = read_directory()
        there = Ticket.objects.count()
    plans = plan_tickets(now=workspace.created_at, seed=GROWTH_SEED, count=max(0, tickets - there))
    for start in range(0, len(plans), BATCH):
        with scope(workspace):
            write_tickets(workspace, plans[start : start + BATCH], directory)
        done = there + min(start + BATCH, len(plans))
        if done == tickets or done % 1000 < BATCH:
            say(f"Tickets: {done} of {tickets}")


def _token(environment: dict[str, str]) -> str:
    command = [*OKNO, "token", "create", "--member", AGENT, "--scope", "*", "--json"]
    printed = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
    token: str = json.loads(printed)["token"]
    return token


def _sign_in(port: int, *, password: str) -> str:
    """Sign in as an agent by the page's form; return the cookies of the session."""
    from django.conf import settings  # noqa: PLC0415 - only after the application is loaded

    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
        client.get(LOGIN_PATH)
        secret = client.cookies[settings.CSRF_COOKIE_NAME]
        form = {"login": AGENT, "password": password, "csrfmiddlewaretoken": secret}
        answer = client.post(LOGIN_PATH, data=form)
        if answer.status_code != 302:
            raise CommandError(f"{AGENT} could not sign in: status {answer.status_code}.")
        return "; ".join(f"{name}={value}" for name, value in client.cookies.items())

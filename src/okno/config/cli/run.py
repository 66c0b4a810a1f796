"""`okno up`, and the same parts one by one: `web`, `worker`, `smtp`."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import FrameType
from typing import NoReturn

from okno.config import database_setup
from okno.config.cli.parser import Commands, installation_options, port
from okno.config.data_dir import prepare_data_dir
from okno.config.errors import CommandError
from okno.config.installation import (
    ADDRESSES_FILE,
    Installation,
    checked_environment,
    export,
    load_application,
    locate,
    migrate,
    say,
    set_up_embedded,
    tell_addresses,
)
from okno.config.mail_sockets import MailSockets, mail_sockets
from okno.config.supervisor import Child, Stopped, Supervisor, bind, run_once

DEMO_MAIL_LISTEN = ("127.0.0.1", 2525)
FIRST_ANSWER_SECONDS = 30


def add_commands(commands: Commands) -> None:
    """Add the commands that serve."""
    shared = installation_options()
    up = commands.add_parser("up", parents=[shared], help="run everything on this machine, database included")
    _add_web_options(up)
    up.add_argument("--demo", action="store_true", help="with a demonstration desk (or OKNO_DEMO)")
    up.set_defaults(run=run_up)
    web = commands.add_parser("web", parents=[shared], help="serve pages, API and live events")
    _add_web_options(web)
    web.set_defaults(run=run_web)
    worker = commands.add_parser("worker", parents=[shared], help="do what is due: mail, timers, reactions")
    worker.set_defaults(run=run_worker)
    smtp = commands.add_parser("smtp", parents=[shared], help="listen for incoming mail")
    smtp.add_argument("--listen", metavar="HOST:PORT", help="address to listen on (or OKNO_MAIL_LISTEN)")
    smtp.add_argument(
        "--lmtp", metavar="ADDRESS", help="HOST:PORT or path of a Unix socket for LMTP (or OKNO_LMTP)"
    )
    smtp.set_defaults(run=run_smtp)


def _add_web_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="address to listen on (or OKNO_HOST; default 127.0.0.1)")
    parser.add_argument("--port", type=port, help="port to listen on (or OKNO_PORT; default 8000)")


def run_up(arguments: argparse.Namespace) -> int:
    """Run database, web, worker and mail listener until told to stop."""
    begun = time.monotonic()
    _export_options(arguments)
    if sys.stderr.isatty() and "OKNO_LOG_LEVEL" not in os.environ:
        export(log_level="WARNING")
    installation = locate(arguments.data)
    postgres = installation.embedded
    with _stoppable(), ExitStack() as sockets:
        postgres.hold()
        try:
            listener = _web_socket()
            mail = sockets.enter_context(_mail_sockets())
            postgres.start()
            urls = set_up_embedded(postgres)
            with _shared_metrics(installation.data_dir / "metrics"):
                _preload()
                run_once("migrations", migrate)
                database_setup.assert_application_login(urls.app)
                run_once("first start", _first_start)
                children = [*_children(listener, mail), _announcer(begun)]
                supervisor = Supervisor(
                    children, postgres=postgres, pid_file=installation.data_dir / "processes.json"
                )
                tell_addresses(installation.data_dir)
                supervisor.run()
        finally:
            postgres.stop()
            for name in ("processes.json", ADDRESSES_FILE):
                (installation.data_dir / name).unlink(missing_ok=True)
    return 0


def run_web(arguments: argparse.Namespace) -> int:
    """Run the web processes on an external database."""
    begun = time.monotonic()
    _export_options(arguments)
    _external(arguments)
    listener = _web_socket()
    with (
        _stoppable(),
        tempfile.TemporaryDirectory(prefix="okno-metrics-") as folder,
        _shared_metrics(Path(folder) / "metrics"),
    ):
        _preload()
        Supervisor([*_web_children(listener), _announcer(begun)]).run()
    return 0


def run_worker(arguments: argparse.Namespace) -> int:
    """Run the worker on an external database."""
    _external(arguments)
    load_application()
    _work()
    return 0


def run_smtp(arguments: argparse.Namespace) -> int:
    """Run the listener for incoming mail on an external database."""
    given = {"mail_listen": arguments.listen, "lmtp": arguments.lmtp}
    export(**{name: address for name, address in given.items() if address})
    _external(arguments)
    with _mail_sockets() as sockets:
        if not sockets:
            words = (
                "Name the address to listen on: --listen host:port or OKNO_MAIL_LISTEN, --lmtp or OKNO_LMTP."
            )
            raise CommandError(words, status=2)
        load_application()
        settings = checked_environment()
        for address in filter(None, (settings.mail_listen, settings.lmtp)):
            say(f"Listening for mail on {address}")
        _listen_for_mail(sockets)
    return 0


def _export_options(arguments: argparse.Namespace) -> None:
    """Let options of the command line win over the environment."""
    given = {name: getattr(arguments, name, None) for name in ("host", "port", "demo")}
    export(**{name: str(value) for name, value in given.items() if value not in (None, False)})


def _external(arguments: argparse.Namespace) -> Installation:
    """Return an installation on an external database, whose login has been checked."""
    url = checked_environment().database_url
    if url is None:
        raise CommandError(
            "Set OKNO_DATABASE_URL, or use “okno up”, which brings its own database.", status=2
        )
    installation = locate(arguments.data)
    prepare_data_dir(installation.data_dir)
    database_setup.assert_application_login(url)
    return installation


def _web_socket() -> socket.socket:
    settings = checked_environment()
    return bind(settings.host, settings.port)


@contextmanager
def _mail_sockets() -> Iterator[MailSockets]:
    settings = checked_environment()
    with mail_sockets(smtp=settings.mail_listen, lmtp=settings.lmtp) as bound:
        yield bound if bound.smtp is not None else replace(bound, smtp=_demo_mail_socket())


def _demo_mail_socket() -> socket.socket | None:
    """Return a listening socket for the demonstration's mail: on its usual port, or a free one beside another."""
    if not checked_environment().demo:
        return None
    try:
        listener = bind(*DEMO_MAIL_LISTEN)
    except CommandError:
        listener = bind(DEMO_MAIL_LISTEN[0], 0)
    export(mail_listen=f"{DEMO_MAIL_LISTEN[0]}:{listener.getsockname()[1]}")
    return listener


def _preload() -> None:
    """Import everything that the children need, once, without opening a connection or a thread."""
    load_application()
    from django.template.loader import get_template  # noqa: PLC0415 - only after the application is loaded
    from django.urls import get_resolver  # noqa: PLC0415

    from okno.config import parts, worker  # noqa: F401, PLC0415

    _ = get_resolver().url_patterns
    # The first page that anybody sees, and with it the layout of all others.
    get_template("account/login.html")


def _children(listener: socket.socket, mail: MailSockets) -> list[Child]:
    children = [*_web_children(listener), Child(name="worker", run=_work)]
    if mail:
        children.append(Child(name="smtp", run=partial(_listen_for_mail, mail)))
    return children


def _web_children(listener: socket.socket) -> list[Child]:
    from okno.config import parts  # noqa: PLC0415 - only after the application is loaded

    count = checked_environment().web_processes
    return [
        Child(name=f"web-{number + 1}", run=partial(parts.serve_web, listener)) for number in range(count)
    ]


def _work() -> None:
    from okno.config import parts, worker  # noqa: PLC0415 - only after the application is loaded

    worker.run(parts.stop_on_signal())


def _listen_for_mail(sockets: MailSockets) -> None:
    from okno.channels.email import listener  # noqa: PLC0415
    from okno.config import parts  # noqa: PLC0415 - only after the application is loaded

    listener.serve(parts.stop_on_signal(), smtp=sockets.smtp, lmtp=sockets.lmtp)


def _first_start() -> None:
    """Furnish an installation that has no workspace yet: the demonstration, or an empty desk."""
    from okno.config import first_start  # noqa: PLC0415 - only after the application is loaded

    first_start.furnish()


def _announcer(begun: float) -> Child:
    """Return the passing process that prints the address, and who can sign in, after the first answer.

    It is no part of the supervisor, which must not wait: a database that dies meanwhile has to be restarted.
    """
    return Child(name="announcer", run=partial(_announce, begun), is_passing=True)


def _announce(begun: float) -> None:
    from okno.config import first_start  # noqa: PLC0415 - only after the application is loaded

    settings = checked_environment()
    _wait_for_answer(settings.host, settings.port)
    address = settings.url or f"http://{_shown_host(settings.host)}:{settings.port}"
    sign_ins = first_start.sign_ins()
    seconds = time.monotonic() - begun
    addresses = [address for address in (settings.mail_listen, settings.lmtp) if address]
    mail = [f"Mail is received on {' and '.join(addresses)}"] if addresses else []
    lines = ["", *mail, *sign_ins, f"Okno is at {address}/  (ready after {seconds:.1f} s; stop with Ctrl-C)"]
    print("\n".join(lines), flush=True)


def _shown_host(host: str) -> str:
    """Return a host that a browser on this machine can open."""
    if host in {"127.0.0.1", "0.0.0.0", "::", "::1"}:  # noqa: S104
        return "localhost"
    return f"[{host}]" if ":" in host else host


def _wait_for_answer(host: str, number: int) -> None:
    deadline = time.monotonic() + FIRST_ANSWER_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection((host, number), timeout=5) as connection:
            connection.sendall(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
            if b" 200 " in connection.recv(64):
                return
        time.sleep(0.05)
    raise CommandError("The web processes do not answer; the log above says why.")


@contextmanager
def _shared_metrics(folder: Path) -> Iterator[None]:
    """Let the processes count into one folder; must be set before the metrics library is imported."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _stoppable() -> Iterator[None]:
    """Turn a signal to stop into an exception, so that whatever has been started is stopped in order."""

    def stop(number: int, _frame: FrameType | None) -> NoReturn:
        raise Stopped(number)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, stop)
    with suppress(Stopped):
        yield

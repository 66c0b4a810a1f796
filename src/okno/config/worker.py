"""The worker: serves every ledger and every standing service of the channels in threads of one process."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

import structlog

from okno.channels.email import fetcher
from okno.channels.email.parsing import parser_pool
from okno.config import samples  # noqa: F401 (registers where sample data comes from)
from okno.lib.clock import current_time
from okno.spine.nightly import arm_chores
from okno.spine.work import registered_ledgers, serve

log = structlog.get_logger("okno.worker")

JOIN_SECONDS = 4.0

Service = Callable[[threading.Event], None]

# Work that is no ledger row: each is called once with the event that ends it.
SERVICES: dict[str, Service] = {"imap": fetcher.serve}


def run(stop: threading.Event) -> None:
    """Serve until `stop` is set. A thread that dies takes the process with it, so that it is started anew."""
    # Before any thread: then it is a cheap fork of this process.
    parser_pool()
    arm_chores(now=current_time())
    failed = threading.Event()
    threads = [
        threading.Thread(target=_guarded, args=(name, service, stop, failed), name=name, daemon=True)
        for name, service in _all_services()
    ]
    for thread in threads:
        thread.start()
    stop.wait()
    for ledger in registered_ledgers():
        ledger.nudge.set()
    for thread in threads:
        thread.join(JOIN_SECONDS / len(threads))
    if failed.is_set():
        raise SystemExit(1)


def _all_services() -> list[tuple[str, Service]]:
    ledgers = [
        (f"{ledger.name}-{number}", partial(serve, ledger))
        for ledger in registered_ledgers()
        for number in range(ledger.threads)
    ]
    return [*ledgers, *SERVICES.items()]


def _guarded(name: str, service: Service, stop: threading.Event, failed: threading.Event) -> None:
    try:
        service(stop)
    except Exception:
        log.exception("service_died", service=name)
        failed.set()
        stop.set()

"""The parts of a running Okno, each a function that serves until SIGTERM."""

from __future__ import annotations

import signal
import socket
import threading
from types import FrameType

import uvicorn
from django.conf import settings

from okno.config.asgi import build_application

GRACE_SECONDS = 3


def serve_web(listener: socket.socket) -> None:
    """Serve pages and live events on a bound socket.

    The plain asyncio loop is a must: with uvloop the connection pool hangs.
    """
    proxies = list(settings.ENVIRONMENT.trusted_proxies)
    config = uvicorn.Config(
        build_application(),
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    uvicorn.Server(config).run(sockets=[listener])


def stop_on_signal() -> threading.Event:
    """Return an event that SIGTERM or SIGINT sets."""
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)
    return stop

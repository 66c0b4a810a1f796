"""The listeners of an installation: recipients by the mail routes, mail into the ledger."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections import defaultdict

from django.conf import settings
from django.db import close_old_connections, connection

from okno.channels.base import InboundMail
from okno.channels.email import smtp_in
from okno.channels.email.smtp_in import Listener, ReceivedMail
from okno.channels.email.store import Route, route_for, store_raw


def serve(
    stop: threading.Event,
    *,
    smtp: socket.socket | None = None,
    lmtp: socket.socket | None = None,
    tls: ssl.SSLContext | None = None,
) -> None:
    """Receive mail on bound sockets, one for each protocol that is wanted, until `stop` is set."""
    sockets = [(one, is_lmtp) for one, is_lmtp in ((smtp, False), (lmtp, True)) if one is not None]
    listeners = [
        Listener(
            socket=listening,
            spool=settings.DATA_DIR / "raw" / "receiving",
            resolve_recipient=_resolve,
            store=store_received,
            hostname=socket.gethostname(),
            tls=None if is_lmtp else tls,
            is_lmtp=is_lmtp,
        )
        for listening, is_lmtp in sockets
    ]
    asyncio.run(_serve(listeners, stop))


async def _serve(listeners: list[Listener[Route]], stop: threading.Event) -> None:
    servers = [await smtp_in.start(listener) for listener in listeners]
    # A mail that is being received now was not acknowledged: its sender repeats it.
    try:
        await asyncio.to_thread(stop.wait)
    finally:
        for server in servers:
            server.close()


def _resolve(address: str) -> Route | None:
    close_old_connections()
    try:
        return route_for(address)
    finally:
        # Returned to the pool: the threads of the event loop sit idle most of the time.
        connection.close()


def store_received(mail: ReceivedMail[Route]) -> None:
    """Keep a received mail for each mailbox that it is for."""
    by_route: dict[Route, list[str]] = defaultdict(list)
    for address, route in mail.recipients:
        by_route[route].append(address)
    close_old_connections()
    try:
        for route, addresses in by_route.items():
            with mail.path.open("rb") as raw:
                inbound = InboundMail(
                    source="smtp", envelope_from=mail.envelope_from, envelope_to=tuple(addresses)
                )
                store_raw(route, raw, inbound)
    finally:
        connection.close()

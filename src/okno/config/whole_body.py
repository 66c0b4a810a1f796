"""Requests reach the page side whole.

There a request has a thread and a transaction from its first line on. A sender who is slow would hold both, and of
one who goes away half-way the page side would take the half for the whole: a reply cut in its middle.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from tempfile import SpooledTemporaryFile
from typing import IO, Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

STALL_SECONDS = 30
IN_MEMORY_BYTES = 256 * 1024
# Above every limit of the views: a longer body is not read, and the view refuses it by its announced length.
LONGEST_BYTES = 160 * 1024 * 1024
UNKNOWN = -1
_PIECE_BYTES = 64 * 1024


class TooLong(Exception):
    """A body that did not announce its length is longer than any may be."""


class WholeBodies:
    """Calls the application only when the body has come; a request that breaks off or stalls is dropped."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        length = _announced(scope)
        if length == 0:
            await self._app(scope, receive, send)
            return
        with SpooledTemporaryFile(max_size=IN_MEMORY_BYTES) as body:
            try:
                if length <= LONGEST_BYTES and not await _arrived(body, receive):
                    return
            except TimeoutError:
                await _refuse(send, HTTPStatus.REQUEST_TIMEOUT)
                return
            except TooLong:
                await _refuse(send, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
                return
            if length == UNKNOWN:
                # The pages read only bodies of a known length.
                known = (b"content-length", str(body.tell()).encode())
                scope = {**scope, "headers": [*scope["headers"], known]}
            body.seek(0)
            await self._app(scope, _replayed(body, receive), send)


def _announced(scope: Scope) -> int:
    """Return the length of the body; UNKNOWN if it comes in chunks."""
    if scope["type"] != "http":
        return 0
    headers = dict(scope["headers"])
    if b"transfer-encoding" in headers:
        return UNKNOWN
    value = headers.get(b"content-length", b"0")
    return int(value) if value.isdigit() else 0


async def _arrived(body: IO[bytes], receive: Receive) -> bool:
    """Read the whole body; False if its sender went away. Raises TimeoutError, TooLong."""
    while True:
        message = await asyncio.wait_for(receive(), STALL_SECONDS)
        if message["type"] != "http.request":
            return False
        body.write(message.get("body", b""))
        if body.tell() > LONGEST_BYTES:
            raise TooLong
        if not message.get("more_body", False):
            return True


async def _refuse(send: Send, status: HTTPStatus) -> None:
    headers = [(b"content-length", b"0"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def _replayed(body: IO[bytes], receive: Receive) -> Receive:
    is_over = False

    async def read_on() -> Message:
        nonlocal is_over
        if is_over:
            return await receive()
        piece = body.read(_PIECE_BYTES)
        is_over = len(piece) < _PIECE_BYTES
        return {"type": "http.request", "body": piece, "more_body": not is_over}

    return read_on

"""The listener, by SMTP or LMTP: mail is spooled to disk as it comes and acknowledged only when it is stored."""

import asyncio
import contextlib
import errno
import logging
import os
import secrets
import socket
import ssl
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Generic, TypeVar

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session, syntax

MAX_BYTES = 150 * 1024 * 1024
MAX_CONNECTIONS = 100
MAX_RECIPIENTS = 100
_COMMAND_SECONDS = 300
_TIMEOUT_RESET_BYTES = 1024 * 1024
_UNFINISHED_SECONDS = 3600

Target = TypeVar("Target")
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedMail(Generic[Target]):
    """Hold one mail as it was received; the file is removed after `store` has returned."""

    path: Path
    size: int
    envelope_from: str
    recipients: tuple[tuple[str, Target], ...]
    """Each address with what `resolve_recipient` returned for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener(Generic[Target]):
    """Say on what to listen, in which of the two protocols, and what to do with what comes.

    Both functions are called in threads. `resolve_recipient` returns None for an address that is not ours.
    `store` makes the mail durable before it returns; whatever either raises is answered with 451, so that the
    sender keeps the mail and tries again.
    """

    socket: socket.socket
    """Bound, so that a supervisor can keep it over a restart of the listener."""
    spool: Path
    resolve_recipient: Callable[[str], Target | None]
    store: Callable[[ReceivedMail[Target]], None]
    hostname: str = "okno"
    tls: ssl.SSLContext | None = None
    max_bytes: int = MAX_BYTES
    is_lmtp: bool = False
    """LMTP (RFC 2033) answers for each recipient what became of the mail, so that only those who failed come again."""


async def start(listener: Listener[Any]) -> asyncio.Server:
    """Start listening and return the server; its connections run on the present event loop."""
    listener.spool.mkdir(parents=True, exist_ok=True)
    _forget_unfinished(listener.spool)
    # Its lines name addresses, which our logs must not.
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    open_connections: set[_Connection] = set()
    kind = _LmtpConnection if listener.is_lmtp else _Connection

    def connect() -> _Connection:
        return kind(listener, open_connections)

    loop = asyncio.get_running_loop()
    if listener.socket.family == socket.AF_UNIX:
        return await loop.create_unix_server(connect, sock=listener.socket)
    return await loop.create_server(connect, sock=listener.socket)


def _forget_unfinished(spool: Path) -> None:
    """Remove what a killed listener had begun to receive and never acknowledged; its senders repeat it."""
    for path in spool.glob("*.eml"):
        with contextlib.suppress(OSError):
            # Another listener may be receiving into the same folder.
            if time.time() - path.stat().st_mtime > _UNFINISHED_SECONDS:
                path.unlink()


class _Handler:
    """Answer RCPT; everything else is the connection's own."""

    def __init__(self, listener: Listener[Any]) -> None:
        self._listener = listener

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd looks for
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        del server, session
        if len(envelope.rcpt_tos) >= MAX_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        try:
            target = await asyncio.to_thread(self._listener.resolve_recipient, address)
        except Exception:  # Whatever is broken with us, the sender must keep the mail.
            log.exception("mail_recipient_lookup_failed")
            return "451 4.3.0 Try again later"
        if target is None:
            return "550 5.1.1 No such address here"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        _targets(envelope)[address] = target
        return "250 2.1.5 OK"


def _targets(envelope: Envelope) -> dict[str, Any]:
    targets: dict[str, Any] = envelope.__dict__.setdefault("okno_targets", {})
    return targets


class _Connection(SMTP):
    """An SMTP conversation whose DATA goes to a file instead of memory, with lines of any length."""

    def __init__(self, listener: Listener[Any], open_connections: "set[_Connection]") -> None:
        super().__init__(
            _Handler(listener),
            data_size_limit=listener.max_bytes,
            enable_SMTPUTF8=True,
            hostname=listener.hostname,
            ident="Okno",
            tls_context=listener.tls,
            timeout=_COMMAND_SECONDS,
        )
        self._listener = listener
        self._open_connections = open_connections

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Refuse connections above the limit, so that a flood does not take all memory."""
        # After STARTTLS the same connection is made once more.
        is_new = self not in self._open_connections
        if (
            is_new
            and len(self._open_connections) >= MAX_CONNECTIONS
            and isinstance(transport, asyncio.Transport)
        ):
            transport.write(b"421 4.7.0 Too many connections\r\n")
            transport.close()
            return
        self._open_connections.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Make room for the next connection."""
        if self in self._open_connections:
            self._open_connections.discard(self)
            super().connection_lost(error)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - the name of the command
        """Receive the mail into the spool, store it and only then acknowledge it."""
        if await self.check_helo_needed():
            return
        if self.envelope is None or not self.envelope.rcpt_tos:
            await self.push("503 Error: need RCPT command")
            return
        if arg:
            await self.push("501 Syntax: DATA")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        path = self._listener.spool / f"{os.getpid()}-{secrets.token_hex(12)}.eml"
        try:
            answers = await self._receive_and_store(path, self.envelope)
        finally:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
        self.envelope = self._create_envelope()
        for answer in answers:
            await self.push(answer)

    async def _receive_and_store(self, path: Path, envelope: Envelope) -> list[str]:
        """Return the answers after the final dot: in SMTP one, for all recipients."""
        size, failure = await self._receive_whole(path)
        if failure is not None:
            return [failure]
        return [await self._store(path, size, envelope, dict.fromkeys(envelope.rcpt_tos))]

    async def _receive_whole(self, path: Path) -> tuple[int, str | None]:
        try:
            with path.open("xb") as file:
                return await self._receive(file)
        except OSError as error:
            # Raised by the last flush; everything up to the final dot has been read.
            return 0, _storage_answer(error)

    async def _store(self, path: Path, size: int, envelope: Envelope, addresses: Iterable[str]) -> str:
        targets = _targets(envelope)
        mail = ReceivedMail(
            path=path,
            size=size,
            envelope_from=(envelope.mail_from or "").strip("<>"),
            recipients=tuple((address, targets[address]) for address in addresses),
        )
        try:
            await asyncio.to_thread(self._listener.store, mail)
        except OSError as error:
            return _storage_answer(error)
        except Exception:  # Whatever is broken with us, the sender must keep the mail.
            log.exception("mail_store_failed")
            return "451 4.3.0 Try again later"
        return "250 2.0.0 OK, stored"

    async def _receive(self, file: BinaryIO) -> tuple[int, str | None]:
        """Write the lines to the file up to the final dot; after a failure read on, but keep nothing."""
        size = 0
        failure: str | None = None
        is_line_start = True
        reset_at = 0
        while True:
            line, is_whole = await self._read_piece()
            if size >= reset_at:
                self._reset_timeout()
                reset_at = size + _TIMEOUT_RESET_BYTES
            if is_line_start and line == b".\r\n":
                return size, failure
            if is_line_start and line.startswith(b"."):
                line = line[1:]
            is_line_start = is_whole
            size += len(line)
            if failure is None and size > self._listener.max_bytes:
                failure = "552 5.3.4 Message too big"
            if failure is None:
                try:
                    file.write(line)
                except OSError as error:
                    failure = _storage_answer(error)

    async def _read_piece(self) -> tuple[bytes, bool]:
        """Return the next line, or a part of one that is longer than the buffer."""
        try:
            return await self._reader.readuntil(b"\r\n"), True
        except asyncio.LimitOverrunError as overrun:
            return await self._reader.read(max(1, overrun.consumed)), False


class _LmtpConnection(_Connection):
    """The same conversation in LMTP: it begins with LHLO, and after DATA each recipient has an answer of his own."""

    @syntax("LHLO hostname")
    async def smtp_LHLO(self, arg: str) -> None:  # noqa: N802 - the name of the command
        """Greet."""
        await super().smtp_EHLO(arg)

    async def smtp_HELO(self, hostname: str) -> None:  # noqa: N802
        """Refuse who speaks SMTP: he would take the first recipient's answer for that of all."""
        await self.push("500 5.5.1 This is LMTP: begin with LHLO")

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802
        """Refuse who speaks SMTP."""
        await self.smtp_HELO(hostname)

    async def _receive_and_store(self, path: Path, envelope: Envelope) -> list[str]:
        """Store for each target by itself; return the answers in the order of the RCPT commands."""
        size, failure = await self._receive_whole(path)
        if failure is not None:
            return [failure] * len(envelope.rcpt_tos)
        targets = _targets(envelope)
        by_target: dict[Any, list[str]] = {}
        for address in dict.fromkeys(envelope.rcpt_tos):
            by_target.setdefault(targets[address], []).append(address)
        answers = {
            target: await self._store(path, size, envelope, addresses)
            for target, addresses in by_target.items()
        }
        return [answers[targets[address]] for address in envelope.rcpt_tos]


def _storage_answer(error: OSError) -> str:
    log.error("mail_spool_failed", error=errno.errorcode.get(error.errno or 0, "unknown"))
    return (
        "452 4.3.1 Storage is full"
        if error.errno in {errno.ENOSPC, errno.EDQUOT}
        else "451 4.3.0 Try again later"
    )

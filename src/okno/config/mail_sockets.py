"""The sockets that mail comes in by: SMTP and LMTP, bound before any process serves them."""

from __future__ import annotations

import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from okno.config.env import split_host_port
from okno.config.errors import CommandError
from okno.config.supervisor import bind


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSockets:
    """One bound socket for each protocol that is wanted."""

    smtp: socket.socket | None = None
    lmtp: socket.socket | None = None

    def __bool__(self) -> bool:
        return self.smtp is not None or self.lmtp is not None


@contextmanager
def mail_sockets(*, smtp: str | None, lmtp: str | None) -> Iterator[MailSockets]:
    """Bind what is configured, and at the end take the files of Unix sockets away. Raises CommandError."""
    sockets = MailSockets(
        smtp=_bound(smtp, "OKNO_MAIL_LISTEN") if smtp else None,
        lmtp=_bound(lmtp, "OKNO_LMTP") if lmtp else None,
    )
    try:
        yield sockets
    finally:
        if lmtp is not None and is_path(lmtp):
            Path(lmtp).unlink(missing_ok=True)


def is_path(address: str) -> bool:
    """Tell whether an address is that of a Unix socket."""
    return address.startswith("/")


def connect(address: str, *, seconds: float) -> socket.socket:
    """Return a connection to what listens on an address; raises OSError."""
    if not is_path(address):
        return socket.create_connection(split_host_port(address), timeout=seconds)
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(seconds)
    try:
        connection.connect(address)
    except OSError:
        connection.close()
        raise
    return connection


def _bound(address: str, setting: str) -> socket.socket:
    try:
        return _bind_path(Path(address)) if is_path(address) else bind(*split_host_port(address))
    except CommandError as error:
        raise CommandError(f"Incoming mail: {error} The address is {setting}.") from error


def _bind_path(path: Path) -> socket.socket:
    """Listen on a Unix socket that every local program may write to, as it may to a port of the loopback.

    Who is to be kept out is kept out of the folder.
    """
    _remove_abandoned(path)
    listener = socket.socket(socket.AF_UNIX)
    try:
        listener.bind(str(path))
        path.chmod(0o666)
        listener.listen(1024)
    except OSError as error:
        listener.close()
        raise CommandError(f"Cannot listen on {path}: {error.strerror or error}.") from error
    return listener


def _remove_abandoned(path: Path) -> None:
    """Take away the file of a socket that nobody listens on any more; a killed process leaves it."""
    with suppress(OSError):
        if not stat.S_ISSOCK(path.stat().st_mode):
            return
        try:
            connect(str(path), seconds=1).close()
        except ConnectionRefusedError:
            path.unlink()

"""A scripted SMTP server on a real socket: says what a test tells it to and keeps what it accepted."""

import contextlib
import socket
import socketserver
import ssl
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from tests.servers.identity_provider import XOAUTH2_REFUSAL, read_xoauth2


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """Hold one accepted mail."""

    sender: str
    recipients: tuple[str, ...]
    data: bytes


@dataclass(kw_only=True)
class Script:
    """Say how to answer one conversation's next mail.

    `data` may be an answer as "451 4.7.1 later", "hang" (read everything, never answer), "drop" (close after
    the final dot without having taken it), "take_and_drop" (take it, then close without an answer),
    "take_and_wait" (take it and say OK only when `hang` is set) or "cut" (close in the middle of DATA).
    """

    mail: str = "250 OK"
    rcpt: dict[str, str] = field(default_factory=dict)
    data: str = "250 OK"


class SmtpRelay:
    """Listen on a free port of the loopback; use as a context manager."""

    def __init__(
        self,
        *,
        tls: ssl.SSLContext | None = None,
        is_implicit_tls: bool = False,
        login: str = "",
        accepts: Callable[[str, str], bool] | None = None,
    ) -> None:
        self.tls = tls
        self.is_implicit_tls = is_implicit_tls
        self.login = login
        self.accepts = accepts
        """Given: one signs in by XOAUTH2, and this says whether a token opens a user's mailbox."""
        self.sign_in_refusal = "535 5.7.3 Authentication unsuccessful"
        self.delivered: list[Delivered] = []
        self.connections = 0
        self.scripts: deque[Script] = deque()
        self.hang = threading.Event()
        self.arrived = threading.Condition()
        self._server = _Server(("127.0.0.1", 0), _Conversation)
        self._server.relay = self
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    @property
    def port(self) -> int:
        """Return the port that is listened on."""
        return int(self._server.server_address[1])

    def script(self, *scripts: Script) -> None:
        """Add answers for the mails to come; without a script everything is accepted."""
        self.scripts.extend(scripts)

    def wait_for(self, count: int, seconds: float = 10) -> list[Delivered]:
        """Return what was delivered as soon as there are `count` mails; fails after the time."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.delivered) >= count, seconds), (
                f"{len(self.delivered)} of {count} mails were delivered"
            )
            return list(self.delivered)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.hang.set()
        self._server.shutdown()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    relay: SmtpRelay


class _Conversation(socketserver.BaseRequestHandler):
    server: _Server
    request: socket.socket

    def handle(self) -> None:
        relay = self.server.relay
        relay.connections += 1
        if relay.is_implicit_tls and relay.tls:
            try:
                self.request = relay.tls.wrap_socket(self.request, server_side=True)
            except (ssl.SSLError, OSError):
                return
        self.request.settimeout(30)
        self._file = self.request.makefile("rb")
        with contextlib.suppress(OSError, ssl.SSLError):
            self._say("220 relay")
            self._converse(relay)

    def _say(self, line: str) -> None:
        self.request.sendall(line.encode() + b"\r\n")

    def _offer(self, relay: SmtpRelay) -> None:
        offers = ["SIZE 200000000", "8BITMIME"]
        offers += ["STARTTLS"] if relay.tls and not relay.is_implicit_tls else []
        offers += ["AUTH PLAIN"] if relay.login else []
        offers += ["AUTH XOAUTH2"] if relay.accepts else []
        for offer in offers:
            self._say(f"250-{offer}")
        self._say("250 relay")

    def _converse(self, relay: SmtpRelay) -> None:  # noqa: C901, PLR0912 - one branch a command
        sender, recipients, script, is_signed_in = "", [], Script(), not (relay.login or relay.accepts)
        while line := self._file.readline():
            command, _, rest = line.decode().strip().partition(" ")
            match command.upper():
                case "EHLO":
                    self._offer(relay)
                case "STARTTLS" if relay.tls:
                    self._say("220 go on")
                    self.request = relay.tls.wrap_socket(self.request, server_side=True)
                    self._file = self.request.makefile("rb")
                case "AUTH" if relay.accepts:
                    is_signed_in = self._check_token(relay, relay.accepts, rest)
                case "AUTH":
                    is_signed_in = rest.partition(" ")[2] == relay.login
                    self._say("235 OK" if is_signed_in else "535 5.7.8 wrong password")
                case "MAIL":
                    script = relay.scripts.popleft() if relay.scripts else Script()
                    sender, recipients = _address(rest), []
                    self._say(script.mail if is_signed_in else "530 5.7.0 sign in first")
                case "RCPT":
                    answer = script.rcpt.get(_address(rest), "250 OK")
                    if answer.startswith("2"):
                        recipients.append(_address(rest))
                    self._say(answer)
                case "DATA":
                    if not self._take(relay, sender, recipients, script):
                        return
                case "QUIT":
                    self._say("221 bye")
                    return
                case "RSET" | "NOOP":
                    self._say("250 OK")
                case _:
                    self._say("502 what?")

    def _check_token(self, relay: SmtpRelay, accepts: Callable[[str, str], bool], rest: str) -> bool:
        mechanism, _, initial = rest.partition(" ")
        if mechanism != "XOAUTH2" or not accepts(*read_xoauth2(initial)):
            self._say("334 " + XOAUTH2_REFUSAL)
            if self._file.readline() == b"\r\n":
                self._say(relay.sign_in_refusal)
            return False
        self._say("235 2.7.0 Authentication successful")
        return True

    def _take(self, relay: SmtpRelay, sender: str, recipients: list[str], script: Script) -> bool:
        self._say("354 go on")
        lines = []
        while (line := self._file.readline()) not in {b".\r\n", b""}:
            lines.append(line[1:] if line.startswith(b".") else line)
            if script.data == "cut":
                return False
        if script.data == "hang":
            relay.hang.wait(30)
            return False
        if script.data == "drop":
            return False
        if script.data.startswith("2") or script.data.startswith("take"):
            with relay.arrived:
                relay.delivered.append(
                    Delivered(sender=sender, recipients=tuple(recipients), data=b"".join(lines))
                )
                relay.arrived.notify_all()
        if script.data == "take_and_drop":
            return False
        if script.data == "take_and_wait":
            relay.hang.wait(30)
            script.data = "250 OK"
        self._say(script.data)
        return True


def _address(argument: str) -> str:
    return argument.partition("<")[2].partition(">")[0]

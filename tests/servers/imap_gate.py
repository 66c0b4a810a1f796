"""A gate before a real IMAP server: one comes in by XOAUTH2 only, and is then led through to the server itself."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import threading
from collections.abc import Callable
from typing import Self

from tests.servers.identity_provider import XOAUTH2_REFUSAL, read_xoauth2
from tests.servers.imap_server import PASSWORD, USER, ImapServer


class ImapGate:
    """Listen on a free port of the loopback; use as a context manager."""

    def __init__(self, behind: ImapServer, accepts: Callable[[str, str], bool]) -> None:
        self.behind = behind
        self.accepts = accepts
        self.refusal = "NO AUTHENTICATE failed."
        self.attempts: list[str] = []
        """The users of all attempts to sign in."""
        self._server = _Server(("127.0.0.1", 0), _Conversation)
        self._server.gate = self

    @property
    def port(self) -> int:
        """Return the port that is listened on."""
        return int(self._server.server_address[1])

    def __enter__(self) -> Self:
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    gate: ImapGate


class _Conversation(socketserver.StreamRequestHandler):
    server: _Server
    request: socket.socket

    def handle(self) -> None:
        self.request.settimeout(30)
        with contextlib.suppress(OSError):
            self._say("* OK gate")
            while line := self.rfile.readline():
                tag, command, *rest = line.decode().split()
                match command.upper():
                    case "CAPABILITY":
                        self._say("* CAPABILITY IMAP4rev1 AUTH=XOAUTH2 SASL-IR")
                        self._say(f"{tag} OK done")
                    case "AUTHENTICATE":
                        if self._lets_in(tag, rest):
                            self._lead_through(tag)
                            return
                    case "LOGOUT":
                        self._say("* BYE")
                        self._say(f"{tag} OK bye")
                        return
                    case _:
                        self._say(f"{tag} BAD sign in first")

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def _lets_in(self, tag: str, rest: list[str]) -> bool:
        gate = self.server.gate
        if rest[:1] != ["XOAUTH2"]:
            self._say(f"{tag} NO unsupported mechanism")
            return False
        if len(rest) == 1:
            self._say("+ ")
            rest.append(self.rfile.readline().decode().strip())
        user, token = read_xoauth2(rest[1])
        gate.attempts.append(user)
        if gate.accepts(user, token):
            return True
        self._say(f"+ {XOAUTH2_REFUSAL}")
        if self.rfile.readline() == b"\r\n":
            self._say(f"{tag} {gate.refusal}")
        return False

    def _lead_through(self, tag: str) -> None:
        with socket.create_connection(("127.0.0.1", self.server.gate.behind.port), timeout=30) as behind:
            answers = behind.makefile("rb")
            answers.readline()
            behind.sendall(f'{tag} LOGIN "{USER}" "{PASSWORD}"\r\n'.encode())
            while line := answers.readline():
                self.wfile.write(line)
                if line.startswith(tag.encode()):
                    break
            forth = threading.Thread(target=_pipe, args=(self.request, behind), daemon=True)
            forth.start()
            while piece := answers.read1(65536):
                self.wfile.write(piece)


def _pipe(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65536):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)

"""A receiver of webhooks on the loopback that answers as a test tells it to."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


@dataclass(frozen=True)
class Received:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> dict[str, Any]:
        """Return the body as data."""
        found: dict[str, Any] = json.loads(self.body)
        return found


@dataclass
class Receiver:
    """Keep what comes; `status` and `words` say what is answered, `before` is called first. A context manager."""

    status: int = 200
    words: bytes = b"thanks"
    headers: dict[str, str] = field(default_factory=dict)
    before: Callable[[Received], None] | None = None
    received: list[Received] = field(default_factory=list)
    _server: ThreadingHTTPServer | None = None

    @property
    def port(self) -> int:
        """Return the port."""
        assert self._server is not None
        return self._server.server_port

    @property
    def url(self) -> str:
        """Return the address that takes everything."""
        return f"http://127.0.0.1:{self.port}/hook"

    def events(self) -> list[str]:
        """Return the types of the events in the order of their coming."""
        return [one.document["type"] for one in self.received]

    def __enter__(self) -> Self:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                one = Received(self.path, {key.lower(): value for key, value in self.headers.items()}, body)
                receiver.received.append(one)
                if receiver.before is not None:
                    receiver.before(one)
                self.send_response(receiver.status)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(receiver.words)))
                self.end_headers()
                try:
                    self.wfile.write(receiver.words)
                except OSError:
                    return

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()

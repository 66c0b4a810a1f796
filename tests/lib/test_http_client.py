"""The outgoing HTTP client reaches what it may and nothing else, and is done in time."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
from tests.servers.certificates import make_certificate

from okno.lib import http_client
from okno.lib.http_client import AddressRefused, HttpFailure, get, is_outside, post_form

LOOPBACK = ip_network("127.0.0.0/8")


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/here")
            self.end_headers()
            return
        if self.path == "/endless":
            self.send_response(200)
            self.end_headers()
            try:
                while True:
                    self.wfile.write(b"x" * 65536)
            except OSError:
                return
        if self.path == "/drip":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            stop: threading.Event = self.server.stop  # type: ignore[attr-defined]
            while not stop.wait(0.05):
                try:
                    self.wfile.write(b"x")
                except OSError:
                    return
            return
        self._answer(200, self.headers["Host"].encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(400 if b"bad" in body else 200, b'{"got": "' + body + b'"}')

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    """Give a plain HTTP server on the loopback."""
    made = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    made.stop = threading.Event()  # type: ignore[attr-defined]
    threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield made
    made.stop.set()  # type: ignore[attr-defined]
    made.shutdown()
    made.server_close()


@pytest.fixture
def opened(settings: Any) -> Callable[..., None]:
    """Open networks as the installation's environment does."""

    def open_networks(*networks: Any) -> None:
        settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"outgoing_networks": networks})

    return open_networks


@pytest.fixture
def resolved(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Answer every question for a name with these addresses."""

    def answer(*addresses: str) -> None:
        def getaddrinfo(host: str, port: int, **_: Any) -> list[Any]:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

        monkeypatch.setattr(http_client.socket, "getaddrinfo", getaddrinfo)

    return answer


def test_an_opened_network_is_reached(server: ThreadingHTTPServer, opened: Callable[..., None]) -> None:
    opened(LOOPBACK)
    url = f"http://127.0.0.1:{server.server_port}"
    assert get(f"{url}/here").body == f"127.0.0.1:{server.server_port}".encode()
    answer = post_form(f"{url}/", {"a": "b c"})
    assert (answer.status, answer.json()) == (200, {"got": "a=b+c"})
    assert post_form(f"{url}/", {"a": "bad"}).status == 400
    with pytest.raises(HttpFailure, match="no JSON"):
        get(f"{url}/here").json()


def test_a_redirect_is_an_answer(server: ThreadingHTTPServer, opened: Callable[..., None]) -> None:
    opened(LOOPBACK)
    assert get(f"http://127.0.0.1:{server.server_port}/moved").status == 302


def test_proxies_of_the_environment_are_not_asked(
    server: ThreadingHTTPServer, opened: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(LOOPBACK)
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert get(f"http://127.0.0.1:{server.server_port}/here").status == 200


def test_an_endless_answer_is_cut(server: ThreadingHTTPServer, opened: Callable[..., None]) -> None:
    opened(LOOPBACK)
    with pytest.raises(HttpFailure, match="too long"):
        get(f"http://127.0.0.1:{server.server_port}/endless")


def test_a_dripping_answer_ends_at_the_deadline(
    server: ThreadingHTTPServer, opened: Callable[..., None]
) -> None:
    opened(LOOPBACK)
    with pytest.raises(HttpFailure):
        get(f"http://127.0.0.1:{server.server_port}/drip", seconds=0.3)


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://localhost/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://10.1.2.3/",
        "https://192.168.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[fd00::1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://100.64.0.1/",
        "https://0.0.0.0/",
        "https://2130706433/",
    ],
)
def test_inside_is_not_asked(url: str) -> None:
    with pytest.raises(AddressRefused):
        get(url)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://server.example/",
        "file:///etc/passwd",
        "https://user:word@server.example/",
        "https:///nothing",
        "https://server.example:99999/",
        "https://server.example/\r\nX: y",
        "https://сервер.example/",
    ],
)
def test_what_is_no_web_address(url: str) -> None:
    with pytest.raises(AddressRefused):
        get(url)


@pytest.mark.parametrize("url", ["http://server.example/", "https://server.example:22/"])
def test_outside_only_https_on_the_usual_ports(url: str, resolved: Callable[..., None]) -> None:
    resolved("93.184.216.34")
    with pytest.raises(AddressRefused):
        get(url)


def test_one_inner_address_among_outer_ones_is_refused(
    resolved: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    resolved("127.0.0.1", "93.184.216.34")
    with pytest.raises(AddressRefused):
        get("https://server.example/")


def test_the_checked_address_is_the_one_that_is_asked(
    resolved: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that answers differently the second time gains nothing: there is no second time."""
    resolved("93.184.216.34")
    asked: list[str] = []

    def connect(_self: Any, host: str, *_: Any) -> Any:
        asked.append(host)
        raise http_client.httpcore.ConnectError("refused")

    monkeypatch.setattr(http_client.httpcore.SyncBackend, "connect_tcp", connect)
    with pytest.raises(HttpFailure):
        get("https://server.example/")
    assert asked == ["93.184.216.34"]


def test_certificates_are_checked_for_the_name(
    tmp_path: Path, opened: Callable[..., None], server: ThreadingHTTPServer
) -> None:
    certificate = make_certificate(tmp_path)
    server.socket = certificate.server_context().wrap_socket(server.socket, server_side=True)
    opened(LOOPBACK)
    url = f"https://localhost:{server.server_port}/here"
    opened(LOOPBACK, ip_network("::1/128"))
    assert get(url, tls=certificate.client_context()).status == 200
    with pytest.raises(HttpFailure):
        get(url)


@pytest.mark.parametrize(
    ("address", "expected"),
    [("93.184.216.34", True), ("2a00:1450:4001:830::200e", True), ("224.0.0.1", False), ("240.0.0.1", False)],
)
def test_what_is_outside(address: str, expected: bool) -> None:
    assert is_outside(ip_address(address)) is expected

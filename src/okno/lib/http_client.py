"""The one client for every outgoing HTTP request to an address that somebody typed or a provider named.

The address is checked when the connection is made, after the name was resolved and not before, so that a name whose
answer changes in between reaches nothing inside. No redirects are followed, no proxy variables are read, no cookies are
kept; connecting takes at most 5 seconds, everything together at most 10, and an answer has at most 100 KB.
Networks of the own house are reached only where the installation opens them (`OKNO_OUTGOING_NETWORKS`).
"""

from __future__ import annotations

import json
import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpcore
from django.conf import settings

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 10.0
ANSWER_BYTES = 100 * 1024
PORTS = frozenset({443, 8443})

Network = IPv4Network | IPv6Network
_Address = IPv4Address | IPv6Address
# Addresses of IPv6 that stand for one of IPv4, which may be inside: NAT64 (RFC 6052, RFC 8215), 6to4, Teredo.
_DISGUISES = (
    IPv6Network("64:ff9b::/96"),
    IPv6Network("64:ff9b:1::/48"),
    IPv6Network("2002::/16"),
    IPv6Network("2001::/32"),
)


class HttpFailure(Exception):
    """There is no answer, and why; the request may or may not have been acted on."""


class AddressRefused(HttpFailure):
    """The address may not be asked from here; nothing was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAnswer:
    """What a server said."""

    status: int
    body: bytes

    def json(self) -> Any:
        """Return the body as JSON. Raises HttpFailure if it is none."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise HttpFailure("the answer is no JSON") from error


def post_form(
    url: str, fields: Mapping[str, str], *, tls: ssl.SSLContext | None = None, seconds: float = TOTAL_SECONDS
) -> HttpAnswer:
    """Send a form and return the answer, whatever its status. Raises HttpFailure."""
    content = urlencode(fields).encode()
    headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json")]
    return _ask("POST", url, headers, content, tls=tls, seconds=seconds)


def post(
    url: str,
    content: bytes,
    *,
    headers: Mapping[str, str],
    reads: int,
    tls: ssl.SSLContext | None = None,
    seconds: float = TOTAL_SECONDS,
) -> HttpAnswer:
    """Send bytes and return the status and the first `reads` bytes of the answer. Raises HttpFailure.

    Whoever only wants to hear that they arrived reads no more, however much is said.
    """
    return _ask("POST", url, list(headers.items()), content, tls=tls, seconds=seconds, reads=reads)


def check_address(url: str) -> None:
    """Refuse an address that could never be asked, whatever its name means. Raises AddressRefused.

    Only what is seen without resolving: the client itself checks when it connects.
    """
    opened = settings.ENVIRONMENT.outgoing_networks
    if not _is_usual(url) and not opened:
        raise AddressRefused("only https on the usual ports may be asked")
    host = urlsplit(url).hostname or ""
    try:
        address = ip_address(host)
    except ValueError:
        return
    if not is_outside(address) and not any(address in network for network in opened):
        raise AddressRefused(f"{host} is inside")


def get(url: str, *, tls: ssl.SSLContext | None = None, seconds: float = TOTAL_SECONDS) -> HttpAnswer:
    """Fetch an address and return the answer, whatever its status. Raises HttpFailure."""
    return _ask("GET", url, [], b"", tls=tls, seconds=seconds)


def is_outside(address: _Address) -> bool:
    """Tell whether an address is one of the public internet."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_outside(address.ipv4_mapped)
        if any(address in network for network in _DISGUISES):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _ask(
    method: str,
    url: str,
    headers: list[tuple[str, str]],
    content: bytes,
    *,
    tls: ssl.SSLContext | None,
    seconds: float,
    reads: int | None = None,
) -> HttpAnswer:
    backend = _CheckedBackend(
        opened=settings.ENVIRONMENT.outgoing_networks,
        # Another port, or no encryption: only to networks that the installation has opened.
        takes_outside=_is_usual(url),
        deadline=time.monotonic() + seconds,
    )
    context = tls or ssl.create_default_context()
    # Compressed answers could be bombs; nobody needs them for so little.
    sent = [*headers, ("Accept-Encoding", "identity"), ("User-Agent", "Okno"), ("Connection", "close")]
    try:
        with (
            httpcore.ConnectionPool(ssl_context=context, network_backend=backend, http2=False) as pool,
            pool.stream(
                method, url, headers=[("Host", urlsplit(url).netloc), *sent], content=content
            ) as answer,
        ):
            pieces = answer.iter_stream()
            body = _read(pieces) if reads is None else _beginning(pieces, reads)
            return HttpAnswer(status=answer.status, body=body)
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
        raise HttpFailure(str(error) or type(error).__name__) from error


def _read(pieces: Iterable[bytes]) -> bytes:
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > ANSWER_BYTES:
            raise HttpFailure("the answer is too long")
    return bytes(body)


def _beginning(pieces: Iterable[bytes], length: int) -> bytes:
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) >= length:
            break
    return bytes(body[:length])


def _is_usual(url: str) -> bool:
    """Tell whether an address is https on a usual port. Raises AddressRefused if it is none at all."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise AddressRefused("this is no address") from error
    if not parts.hostname or parts.username is not None or not url.isascii() or not url.isprintable():
        raise AddressRefused("this is no address")
    if parts.scheme not in {"http", "https"}:
        raise AddressRefused("only https may be asked")
    return parts.scheme == "https" and (port or 443) in PORTS


class _CheckedBackend(httpcore.NetworkBackend):
    """Connect only to addresses that may be reached, and be done with everything by one deadline."""

    def __init__(self, *, opened: tuple[Network, ...], takes_outside: bool, deadline: float) -> None:
        self._opened = opened
        self._takes_outside = takes_outside
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Resolve the name, check every address of it, and connect to one that was checked."""
        del timeout
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        addresses = _addresses(host, port)
        for address in addresses:
            # All of them first: a name that also means something inside is no good name.
            self._check(host, address)
        for address in addresses:
            seconds = min(CONNECT_SECONDS, _seconds_left(self._deadline))
            try:
                stream = httpcore.SyncBackend().connect_tcp(
                    str(address), port, seconds, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _TimedStream(stream, self._deadline)
        raise failure

    def _check(self, host: str, address: _Address) -> None:
        if any(address in network for network in self._opened):
            return
        if not is_outside(address):
            raise AddressRefused(f"{host} is inside: {address} may not be asked")
        if not self._takes_outside:
            raise AddressRefused(f"{host} may be asked by https on the usual ports only")


class _TimedStream(httpcore.NetworkStream):
    """A stream each step of which may take only what is left of the time for all: dripping servers end too."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read some bytes."""
        del timeout
        return self._stream.read(max_bytes, _seconds_left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all bytes."""
        del timeout
        self._stream.write(buffer, _seconds_left(self._deadline))

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Encrypt; the certificate is checked for the name that was asked for, not for the address."""
        del timeout
        stream = self._stream.start_tls(ssl_context, server_hostname, _seconds_left(self._deadline))
        return _TimedStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """Return what is known of the connection."""
        return self._stream.get_extra_info(info)


def _seconds_left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the server took too long")
    return left


def _addresses(host: str, port: int) -> list[_Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(f"{host} is not known") from error
    # Scoped addresses (fe80::1%eth0) are inside by definition; their scope is of no interest.
    return list(dict.fromkeys(ip_address(str(entry[4][0]).partition("%")[0]) for entry in found))

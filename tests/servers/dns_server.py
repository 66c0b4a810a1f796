"""A DNS server on a free UDP port of the loopback that says what a test tells it to."""

import socketserver
import threading
from typing import Self

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset


class DnsServer:
    """Answer from `records`: (name, kind) to a list of texts as in a zone file; use as a context manager.

    Names without a record do not exist. A name in `silent` gets no answer, one in `broken` a SERVFAIL.
    """

    def __init__(self, records: dict[tuple[str, str], list[str]] | None = None) -> None:
        self.records = dict(records or {})
        self.silent: set[str] = set()
        self.broken: set[str] = set()
        self.asked: list[tuple[str, str]] = []
        self._server = _Server(("127.0.0.1", 0), _Question)
        self._server.dns = self
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    @property
    def address(self) -> tuple[str, int]:
        """Return host and port."""
        host, port = self._server.server_address[:2]
        return str(host), int(port)

    def text(self, name: str, *texts: str) -> None:
        """Set the TXT records of a name, cut into strings of 255 letters as the wire wants it."""
        self.records[name, "TXT"] = [
            " ".join(f'"{text[start : start + 255]}"' for start in range(0, max(1, len(text)), 255))
            for text in texts
        ]

    def answer(self, query: dns.message.Message) -> dns.message.Message | None:
        """Return the answer to a question, None for silence."""
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        if name in self.silent:
            return None
        response = dns.message.make_response(query)
        response.flags |= dns.flags.RA
        if name in self.broken:
            response.set_rcode(dns.rcode.SERVFAIL)
        elif (name, kind) in self.records:
            response.answer.append(
                dns.rrset.from_text(question.name, 60, "IN", kind, *self.records[name, kind])
            )
        elif not any(known == name for known, _kind in self.records):
            response.set_rcode(dns.rcode.NXDOMAIN)
        return response

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(socketserver.ThreadingUDPServer):
    daemon_threads = True
    dns: DnsServer


class _Question(socketserver.BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        data, connection = self.request
        response = self.server.dns.answer(dns.message.from_wire(data))
        if response is not None:
            connection.sendto(response.to_wire(), self.client_address)

"""Questions to the domain name system, each and all of them within a bounded time."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, Literal

import dns.exception
import dns.name
import dns.rdatatype
import dns.resolver

QUERY_SECONDS = 4.0
SECONDS = 15.0

Problem = Literal["timeout", "failed", "no_server"]


class DnsFailure(Exception):
    """Say by one word why there is no answer; that a name has no record is an answer."""

    def __init__(self, problem: Problem, name: str) -> None:
        super().__init__(f"{problem}: {name}")
        self.problem: Problem = problem
        self.name = name


@dataclass(slots=True)
class DnsClient:
    """Ask the machine's resolver, or `server` (host and port); not to be shared between threads."""

    server: tuple[str, int] | None = None
    seconds: float = SECONDS
    """After so long since the first question there are no more answers."""
    _resolver: dns.resolver.Resolver | None = field(default=None, init=False)
    _deadline: float = field(default=0.0, init=False)

    def texts(self, name: str) -> list[str]:
        """Return the TXT records of a name, each as one text. Raises DnsFailure, as all questions do."""
        return [b"".join(record.strings).decode("utf-8", "replace") for record in self._ask(name, "TXT")]

    def addresses(self, name: str) -> list[str]:
        """Return the IPv4 and IPv6 addresses of a name."""
        return [record.address for kind in ("A", "AAAA") for record in self._ask(name, kind)]

    def mail_servers(self, name: str) -> list[str]:
        """Return the names of a domain's mail servers, the preferred first; the null MX of RFC 7505 is none."""
        records = sorted(self._ask(name, "MX"), key=lambda record: record.preference)
        names = [record.exchange.to_text(omit_final_dot=True) for record in records]
        return [one for one in names if one not in {"", "."}]

    def _ask(self, name: str, kind: str) -> list[Any]:
        resolver = self._ready(name)
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise DnsFailure("timeout", name)
        try:
            answer = resolver.resolve(
                name, kind, search=False, raise_on_no_answer=False, lifetime=min(left, QUERY_SECONDS)
            )
        except dns.resolver.NXDOMAIN:
            return []
        except dns.exception.Timeout as error:
            raise DnsFailure("timeout", name) from error
        except (dns.exception.DNSException, OSError, UnicodeError) as error:
            # Refused, out of order, or what is asked for is no name at all.
            raise DnsFailure("failed", name) from error
        return list(answer.rrset or ())

    def _ready(self, name: str) -> dns.resolver.Resolver:
        if self._resolver is None:
            try:
                self._resolver = dns.resolver.Resolver(configure=self.server is None)
            except dns.resolver.NoResolverConfiguration as error:
                raise DnsFailure("no_server", name) from error
            if self.server is not None:
                self._resolver.nameservers = [self.server[0]]
                self._resolver.port = self.server[1]
            self._deadline = time.monotonic() + self.seconds
        return self._resolver

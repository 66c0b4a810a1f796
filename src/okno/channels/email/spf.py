"""SPF (RFC 7208): may an address send mail of a domain, and which domains does its record lean on."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, Protocol

SpfResult = Literal["pass", "fail", "softfail", "neutral", "none", "permerror", "unknown"]
IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

# Receivers stop there (section 4.6.4), and refuse the record.
LOOKUPS_LIMIT = 10
_RESULTS: dict[str, SpfResult] = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}
_COSTLY = {"include", "a", "mx", "ptr", "exists"}


class Dns(Protocol):
    """What is asked of the domain name system."""

    def texts(self, name: str) -> list[str]:
        """Return the TXT records of a name."""

    def addresses(self, name: str) -> list[str]:
        """Return the IPv4 and IPv6 addresses of a name."""

    def mail_servers(self, name: str) -> list[str]:
        """Return the names of a domain's mail servers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One mechanism or modifier of a record."""

    qualifier: str
    name: str
    value: str

    @property
    def is_costly(self) -> bool:
        """Tell whether it counts among the ten lookups."""
        return self.name in _COSTLY or self.name == "redirect"


class _Broken(Exception):
    """A record that receivers refuse as a whole."""


def spf_records(texts: list[str]) -> list[str]:
    """Return those TXT records that are SPF, in one order however the DNS gave them; there may be one."""
    found = (text for text in texts if text.lower().split(" ")[0] == "v=spf1")
    return sorted(found, key=str.lower)


def terms_of(record: str) -> Iterator[Term]:
    """Return the terms of a record in their order."""
    for word in record.split()[1:]:
        qualifier = word[0] if word[0] in _RESULTS else "+"
        bare = word.removeprefix(qualifier) if word[0] in _RESULTS else word
        ends = [at for at in (bare.find(mark) for mark in ":=/") if at > 0]
        name = bare[: min(ends)] if ends else bare
        value = bare[len(name) :].removeprefix(":").removeprefix("=")
        yield Term(qualifier=qualifier, name=name.lower(), value=value)


def with_mechanism(records: list[str], mechanism: str, *, end: str = "~all") -> str:
    """Return one record that allows what the given ones allow and the mechanism too.

    The strictest of their ends stays; `end` is for where there is none.
    """
    words: list[str] = []
    ends: list[str] = []
    for record in records:
        for word in record.split()[1:]:
            is_end = word.lower().lstrip("+-~?") == "all" or word.lower().startswith("redirect=")
            (ends if is_end else words).append(word)
    strict = (one for mark in ("-all", "redirect=", "~all") for one in ends if one.lower().startswith(mark))
    return " ".join(dict.fromkeys(["v=spf1", *words, *mechanism.split(), next(strict, end)]))


@dataclass(slots=True)
class SpfReader:
    """Reads the records of one domain and of those that it includes, with the limits that receivers have."""

    dns: Dns
    lookups: int = 0
    included: list[str] = field(default_factory=list)
    """Every domain that was included or redirected to while reading, in order."""

    def leans_on(self, domain: str) -> list[str]:
        """Return all domains that a domain's record includes, however deep; raises what the DNS raises."""
        self._follow(domain, depth=0)
        return self.included

    def check(self, address: IpAddress, domain: str) -> SpfResult:
        """Return what a receiver says of mail of the domain that comes from the address."""
        try:
            return self._check(address, domain)
        except _Broken:
            return "permerror"

    def _follow(self, domain: str, *, depth: int) -> None:
        records = spf_records(self.dns.texts(domain))
        if len(records) != 1 or depth > LOOKUPS_LIMIT:
            return
        for term in terms_of(records[0]):
            self.lookups += term.is_costly
            target = term.value.lower().rstrip(".")
            if term.name in {"include", "redirect"} and target and target not in self.included:
                self.included.append(target)
                if self.lookups <= LOOKUPS_LIMIT and "%" not in target:
                    self._follow(target, depth=depth + 1)

    def _check(self, address: IpAddress, domain: str) -> SpfResult:
        records = spf_records(self.dns.texts(domain))
        if not records:
            return "none"
        if len(records) > 1:
            raise _Broken
        redirect = ""
        for term in terms_of(records[0]):
            if term.name == "redirect":
                redirect = term.value
            elif term.name != "exp":
                matches = self._matches(term, address, domain)
                if matches is None:
                    return "unknown"
                if matches:
                    return _RESULTS[term.qualifier]
        if not redirect:
            return "neutral"
        self._count()
        result = self._check(address, redirect)
        if result == "none":
            raise _Broken
        return result

    def _matches(self, term: Term, address: IpAddress, domain: str) -> bool | None:
        """Tell whether a mechanism matches; None if that depends on more than the address (macros, reverse names)."""
        if term.name == "all":
            return True
        if term.name in {"ip4", "ip6"}:
            return _is_within(address, term.value)
        if term.name not in _COSTLY:
            raise _Broken
        self._count()
        if "%" in term.value or term.name in {"exists", "ptr"}:
            return None
        if term.name == "include":
            return self._includes(term.value, address)
        target, _slash, prefix = term.value.partition("/")
        hosts = (
            [target or domain]
            if term.name == "a"
            else self.dns.mail_servers(target or domain)[:LOOKUPS_LIMIT]
        )
        found = [ipaddress.ip_address(one) for host in hosts for one in self.dns.addresses(host)]
        return any(_is_within(address, f"{one}{_prefix_for(one, prefix)}") for one in found)

    def _includes(self, domain: str, address: IpAddress) -> bool | None:
        result = self._check(address, domain)
        if result == "none":
            raise _Broken
        return None if result == "unknown" else result == "pass"

    def _count(self) -> None:
        self.lookups += 1
        if self.lookups > LOOKUPS_LIMIT:
            raise _Broken


def _prefix_for(address: IpAddress, prefix: str) -> str:
    """Return the length of the network for an address of either kind, of `24`, `24//64` or `/64`."""
    four, _slash, six = prefix.partition("/")
    length = four if address.version == 4 else six.lstrip("/")
    return f"/{length}" if length else ""


def _is_within(address: IpAddress, network: str) -> bool:
    try:
        return address in ipaddress.ip_network(network, strict=False)
    except ValueError as error:
        raise _Broken from error

"""What the domain that we send from says of itself: SPF, DKIM, DMARC, as the world's servers will read it.

Workers ask and store facts; `domain_advice` says them in words with the records to set.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Self

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key
from django.conf import settings
from django.utils.translation import gettext as _

from okno.channels.email.freemail import is_free_mail
from okno.channels.email.lookups import answers, ask
from okno.channels.email.mailboxes import locked_mailbox, require_mailbox_right
from okno.channels.email.models import Mailbox, MailboxLookup
from okno.channels.email.providers import SendingProvider, provider_of_server
from okno.channels.email.relay import LOOPBACK, parse_smtp_url
from okno.channels.email.spf import Dns, SpfReader, SpfResult, spf_records
from okno.lib.dns_client import DnsClient, DnsFailure
from okno.lib.errors import Invalid
from okno.spine.actor import Actor
from okno.spine.nightly import nightly
from okno.spine.unit import command

SELECTORS_LIMIT = 10
_SELECTOR = re.compile(r"[a-z0-9]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9_-]*[a-z0-9])?)*")
_COMMON_SELECTORS = ("selector1", "selector2", "google", "mail", "mailru", "default", "dkim", "s1", "k1")
_RELAY_ADDRESSES = 8
_DOMAIN = MailboxLookup.Kind.DOMAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class DkimKey:
    """What stands under one selector."""

    selector: str
    record: str = ""
    bits: int = 0
    problem: str = ""
    """`missing`, `revoked`, `broken`, `short`; empty: a good key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainFacts:
    """What was found of a sending domain; `problem` is why not all was (a `dns_client.Problem`)."""

    domain: str
    host: str = ""
    """The server that mail leaves by, empty if there is none."""
    provider: str = ""
    is_shared: bool = False
    """The domain is a provider's own, shared by strangers: nobody here can change its records."""
    spf: list[str] = field(default_factory=list)
    spf_result: SpfResult = "unknown"
    """What a receiver says of mail by our way out."""
    spf_lookups: int = 0
    relay_addresses: list[str] = field(default_factory=list)
    dkim: list[DkimKey] = field(default_factory=list)
    is_asked_for: bool = False
    """The selectors were named by a person; else they are those that are usual."""
    dmarc: list[str] = field(default_factory=list)
    dmarc_domain: str = ""
    """Where the DMARC record stands: the domain, or one above."""
    problem: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return it for a JSON column."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """Read it back."""
        return cls(**{**stored, "dkim": [DkimKey(**key) for key in stored.get("dkim", [])]})


@command
def ask_domain(
    *, actor: Actor, mailbox_id: int, selectors: str | None = None, now: datetime
) -> MailboxLookup:
    """Let a worker look at a mailbox's domain; `selectors`, with spaces or commas, replace those known so far.

    Raises Denied, NotFound, Invalid.
    """
    del now
    require_mailbox_right(actor)
    mailbox = locked_mailbox(mailbox_id)
    question = None if selectors is None else {"selectors": _checked_selectors(selectors)}
    return ask(mailbox, _DOMAIN, question=question)


@nightly("email.sending_domains")
def ask_all_domains(_now: datetime) -> None:
    """Look at the domains of all mailboxes in use again: records are changed by others than us."""
    for mailbox in Mailbox.objects.filter(is_active=True):
        ask(mailbox, _DOMAIN)


def look_at_domain(domain: str, *, dns: Dns, host: str = "", selectors: tuple[str, ...] = ()) -> DomainFacts:
    """Return what the DNS says of a domain whose mail leaves by `host`; what was not answered is left out."""
    provider = provider_of_server(host)
    facts: dict[str, Any] = {
        "domain": domain,
        "host": host,
        "provider": provider.name if provider else "",
        "is_shared": is_free_mail(domain) or domain.endswith(".onmicrosoft.com"),
        "is_asked_for": bool(selectors),
    }
    usual = provider.selectors if provider and provider.selectors else _COMMON_SELECTORS
    try:
        facts |= _look_at_spf(domain, host, provider, dns)
        facts |= _look_at_dmarc(domain, dns)
        facts["dkim"] = [_look_at_key(domain, one, dns) for one in selectors or usual]
    except DnsFailure as failure:
        facts["problem"] = failure.problem
    return DomainFacts(**facts)


def _look_at_spf(domain: str, host: str, provider: SendingProvider | None, dns: Dns) -> dict[str, Any]:
    records = spf_records(dns.texts(domain))
    facts: dict[str, Any] = {"spf": records, "spf_result": "none" if not records else "unknown"}
    if len(records) > 1:
        return facts | {"spf_result": "permerror"}
    reader = SpfReader(dns)
    leans_on = reader.leans_on(domain)
    facts["spf_lookups"] = reader.lookups
    if not records or not host:
        return facts
    if provider is not None:
        # Which of its many addresses a provider sends from is its own affair: what counts is that it is named.
        facts["spf_result"] = "pass" if provider.spf_domain in leans_on else "fail"
        return facts
    if host in LOOPBACK:
        return facts
    addresses = dns.addresses(host)[:_RELAY_ADDRESSES]
    results = [SpfReader(dns).check(ipaddress.ip_address(one), domain) for one in addresses]
    worst: tuple[SpfResult, ...] = ("permerror", "fail", "softfail", "neutral", "unknown", "none", "pass")
    return facts | {
        "relay_addresses": addresses,
        "spf_result": min(results, key=worst.index) if results else "unknown",
    }


def _look_at_dmarc(domain: str, dns: Dns) -> dict[str, Any]:
    """Look at the domain and, as DMARC does where it says nothing, at those above it."""
    labels = domain.split(".")
    for start in range(max(1, len(labels) - 1)):
        above = ".".join(labels[start:])
        records = [text for text in dns.texts(f"_dmarc.{above}") if text.lower().startswith("v=dmarc1")]
        if records:
            return {"dmarc": records, "dmarc_domain": above}
    return {}


def _look_at_key(domain: str, selector: str, dns: Dns) -> DkimKey:
    texts = [text for text in dns.texts(f"{selector}._domainkey.{domain}") if "p=" in text]
    if not texts:
        return DkimKey(selector=selector, problem="missing")
    record = texts[0]
    key = tags_of(record).get("p", "").replace(" ", "")
    if not key:
        return DkimKey(selector=selector, record=record, problem="revoked")
    if tags_of(record).get("k", "rsa").lower() == "ed25519":
        return DkimKey(selector=selector, record=record, bits=256)
    bits = _bits(key)
    problem = "broken" if bits == 0 else "short" if bits < 1024 else ""
    return DkimKey(selector=selector, record=record, bits=bits, problem=problem)


def tags_of(record: str) -> dict[str, str]:
    """Return the `tag=value` pairs of a DKIM or DMARC record."""
    pairs = (part.partition("=") for part in record.split(";"))
    return {name.strip().lower(): value.strip() for name, _equals, value in pairs if name.strip()}


def _bits(key: str) -> int:
    """Return the length of an RSA key, 0 if it is none."""
    try:
        read = load_der_public_key(base64.b64decode(key, validate=True))
    except (binascii.Error, ValueError, UnsupportedAlgorithm):
        return 0
    return read.key_size if isinstance(read, RSAPublicKey) else 0


def _checked_selectors(typed: str) -> list[str]:
    words = [word.strip().rstrip(".").lower() for word in re.split(r"[\s,;]+", typed) if word.strip()]
    wrong = [word for word in words if len(word) > 63 or not _SELECTOR.fullmatch(word)]
    if wrong or len(words) > SELECTORS_LIMIT:
        said = _("A selector is one word, as in s=… of a DKIM signature. At most ten of them.")
        raise Invalid(said, fields={"selectors": [said]})
    return list(dict.fromkeys(words))


@answers(_DOMAIN)
def _look(mailbox: Mailbox, question: dict[str, Any]) -> dict[str, Any]:
    server = settings.ENVIRONMENT.dns_server
    dns = DnsClient(server=_host_and_port(server) if server else None)
    selectors = tuple(question.get("selectors", ()))
    domain = mailbox.address.rpartition("@")[2]
    return look_at_domain(domain, dns=dns, host=_host_of(mailbox), selectors=selectors).as_json()


def _host_of(mailbox: Mailbox) -> str:
    url = settings.ENVIRONMENT.smtp_url
    return mailbox.smtp_host or (parse_smtp_url(url).host if url else "")


def _host_and_port(address: str) -> tuple[str, int]:
    host, _colon, port = address.rpartition(":")
    return host.strip("[]"), int(port)

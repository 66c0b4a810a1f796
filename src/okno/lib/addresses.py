"""The one parser, normaliser and builder of mail addresses."""

import re
import unicodedata
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address as HeaderAddress
from email.policy import default as default_policy
from email.utils import getaddresses

import idna

MAX_ADDRESS_LENGTH = 254  # RFC 5321, 4.5.3.1.3 less the angle brackets
MAX_LOCAL_LENGTH = 64
MAX_ADDRESSES_IN_HEADER = 1000
# The standard's grammar takes quadratic time; longer headers are lists, which the lenient parser reads well.
_MAX_GRAMMAR_LENGTH = 5_000

_LOCAL = re.compile(r"[^\s\x00-\x20\x7f@<>()\[\]\\,;:\"]+")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_UNPRINTABLE = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}


class InvalidAddress(ValueError):
    """Say that a text is not an address that mail can be sent to."""


@dataclass(frozen=True, slots=True)
class Address:
    """Hold one mail address in its canonical form, with the name that was shown beside it."""

    address: str
    name: str = ""

    @property
    def local(self) -> str:
        """Return the part before the at sign."""
        return self.address.rpartition("@")[0]

    @property
    def domain(self) -> str:
        """Return the part after the at sign."""
        return self.address.rpartition("@")[2]


def normalise_domain(domain: str) -> str:
    """Return the domain in lower-case ASCII form (IDNA), or raise InvalidAddress."""
    domain = unicodedata.normalize("NFKC", domain).strip().rstrip(".").lower()
    if not domain.isascii():
        try:
            domain = idna.encode(domain, uts46=True).decode("ascii")
        except idna.IDNAError as error:
            raise InvalidAddress(str(error)) from None
    if len(domain) > 253 or not all(_LABEL.fullmatch(label) for label in domain.split(".")):
        raise InvalidAddress("the part after @ is not a domain name")
    return domain


def normalise_address(text: str) -> str:
    """Return the bare address in the one form that is stored and compared, or raise InvalidAddress.

    The local part is lower-cased too: no server in use tells addresses apart by case. Comments and quoted
    local parts are refused, because programs read them differently and strangers use that.
    """
    text = unicodedata.normalize("NFC", text.strip())
    local, at, domain = text.rpartition("@")
    if not at:
        raise InvalidAddress("there is no @ in the address")
    if not _LOCAL.fullmatch(local) or local.startswith(".") or local.endswith(".") or ".." in local:
        raise InvalidAddress("the part before @ has characters that are not allowed")
    if any(unicodedata.category(character) in _UNPRINTABLE for character in local):
        raise InvalidAddress("the part before @ has invisible characters")
    address = f"{local.lower()}@{normalise_domain(domain)}"
    if len(address) > MAX_ADDRESS_LENGTH:
        raise InvalidAddress("the address is too long")
    return address


def clean_name(name: str) -> str:
    """Return a display name without line breaks, invisible characters and angle brackets."""
    spaced = "".join(" " if character.isspace() else character for character in name)
    visible = (
        character
        for character in spaced
        if character not in "<>" and unicodedata.category(character) not in _UNPRINTABLE
    )
    return " ".join("".join(visible).split())[:200]


def parse_addresses(header: str) -> tuple[Address, ...]:
    """Return the addresses of a header value, in order, without those that cannot be used.

    Groups are opened and encoded words decoded. A value that the standard's grammar refuses is read again
    by the old lenient parser.
    """
    header = " ".join(header.split())
    if not header:
        return ()
    found: list[Address] = []
    for name, spec in _read_pairs(header)[:MAX_ADDRESSES_IN_HEADER]:
        try:
            address = Address(address=normalise_address(spec), name=clean_name(name))
        except InvalidAddress:
            continue
        if all(address.address != other.address for other in found):
            found.append(address)
    return tuple(found)


def _read_pairs(header: str) -> list[tuple[str, str]]:
    if len(header) > _MAX_GRAMMAR_LENGTH:
        return _read_leniently(header)
    try:
        parsed = default_policy.header_factory("to", header)
        found = parsed.addresses
        pairs = [(item.display_name or "", item.addr_spec) for item in found]
    except (MessageError, ValueError, IndexError, AttributeError, TypeError, LookupError, RecursionError):
        # The standard library's header grammar fails in all these ways on damaged headers.
        pairs = []
    if any("@" in spec for _, spec in pairs):
        return pairs
    return _read_leniently(header)


def _read_leniently(header: str) -> list[tuple[str, str]]:
    try:
        return [(name, spec) for name, spec in getaddresses([header]) if "@" in spec]
    except RecursionError:
        # Comments within comments without end; no address is worth more.
        return []


def format_address(address: Address) -> str:
    """Return the address with its name as a header shows it; raises InvalidAddress for anything unsafe."""
    canonical = normalise_address(address.address)
    local, _, domain = canonical.rpartition("@")
    try:
        return str(HeaderAddress(display_name=clean_name(address.name), username=local, domain=domain))
    except (ValueError, MessageError) as error:
        raise InvalidAddress(str(error)) from None

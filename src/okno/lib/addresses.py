"""The one parser, normaliser and builder of mail addresses."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from email.errors import MessageError
from email.header import decode_header, make_header
from email.headerregistry import Address as HeaderAddress
from itertools import islice

import idna

from okno.lib.address_grammar import read_mailboxes

MAX_ADDRESS_LENGTH = 254  # RFC 5321, 4.5.3.1.3 less the angle brackets
MAX_LOCAL_LENGTH = 64
MAX_ADDRESSES_IN_HEADER = 1000
MAX_HEADER_LENGTH = 100_000

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
    written: str = field(default="", compare=False)
    """As it stood in the mail, if that is something else; to be shown, never compared."""

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


def standard_words(text: str) -> str:
    """Return text with its encoded words (RFC 2047) decoded, or as it is if they are damaged."""
    try:
        return str(make_header(decode_header(text)))
    except (MessageError, LookupError, ValueError):
        return text


def parse_addresses(header: str, *, decode: Callable[[str], str] = standard_words) -> tuple[Address, ...]:
    """Return the addresses of a header value, in order, without those that cannot be used.

    Reads RFC 5322 and what is written instead: groups, routes, comments, encoded words where none may be, names
    with commas, missing commas, quotes and brackets. `decode` makes text of encoded words, after the structure
    is known, so that what they hold can not change it. Takes linear time.
    """
    header = " ".join(header[:MAX_HEADER_LENGTH].split())
    found = _read_addresses(header, decode)
    if not found and "=?" in header:
        # Some programs encode the address together with the name.
        found = _read_addresses(" ".join(decode(header).split()), decode)
    return found


def _read_addresses(header: str, decode: Callable[[str], str]) -> tuple[Address, ...]:
    found: dict[str, Address] = {}
    for mailbox in islice(read_mailboxes(header), MAX_ADDRESSES_IN_HEADER):
        try:
            address = normalise_address(mailbox.spec)
        except InvalidAddress:
            continue
        written = "" if mailbox.spec == address else mailbox.spec
        found.setdefault(address, Address(address, clean_name(decode(mailbox.name)), written))
    return tuple(found.values())


def format_address(address: Address) -> str:
    """Return the address with its name as a header shows it; raises InvalidAddress for anything unsafe."""
    canonical = normalise_address(address.address)
    local, _, domain = canonical.rpartition("@")
    try:
        return str(HeaderAddress(display_name=clean_name(address.name), username=local, domain=domain))
    except (ValueError, MessageError) as error:
        raise InvalidAddress(str(error)) from None

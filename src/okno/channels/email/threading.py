"""Signed tokens that bring an answer back to its ticket, and the recognition of our own mail.

A token names a workspace, a purpose, a ticket and a person, and carries 128 bits of HMAC over all of it. It
is spelled in lower-case base32, because mail servers and programs change the case of addresses and ids. It
stands in three places of a mail: Message-ID, the plus-tag of Reply-To, and a line of the body. It proves
only that the sender holds a mail of ours; who he is, the caller decides by his address and the verdict of
his mail server.
"""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

from okno.channels.base import ParsedMessage
from okno.channels.email.loops import LOOP_HEADER
from okno.lib.addresses import MAX_LOCAL_LENGTH, InvalidAddress, normalise_address
from okno.lib.crypto import derive_key

BODY_PREFIX = "okno-"
_VERSION = 1
_NONCE_BYTES = 4
_MAC_BYTES = 16
_MIN_BYTES = 2 + 3 + _NONCE_BYTES + _MAC_BYTES
_MAX_BYTES = 64
_SPELLED = r"[a-z2-7]{40,103}"
_ID = re.compile(rf"<{BODY_PREFIX}({_SPELLED})@", re.IGNORECASE)
_BODY = re.compile(rf"(?<![a-z0-9]){BODY_PREFIX}({_SPELLED})(?![a-z0-9@])", re.IGNORECASE)
_MAX_CANDIDATES = 50


class Purpose(IntEnum):
    """Say what a token was made for; one made for one purpose proves nothing for another."""

    REPLY = 1
    """In mail to a participant; `person` is the participant's contact id."""
    NOTIFICATION = 2
    """In mail that tells a member of staff; `person` is the member's id."""
    SIDE = 3
    """In mail to people outside; `person` is the id of the talk."""


@dataclass(frozen=True, slots=True)
class ThreadToken:
    """Say what a valid token names."""

    workspace_id: int
    purpose: Purpose
    ticket_id: int
    person_id: int
    nonce: bytes


Place = Literal["recipient", "references", "body"]


@dataclass(frozen=True, slots=True)
class FoundToken:
    """Hold a valid token and where in the mail it stood."""

    token: ThreadToken
    place: Place
    spelled: str


def thread_key() -> bytes:
    """Return the key that signs the tokens of this installation."""
    return derive_key("mail-thread")


def make_token(key: bytes, *, workspace_id: int, purpose: Purpose, ticket_id: int, person_id: int) -> str:
    """Return a new token; each one differs, so that one mail's token tells nothing of another's."""
    payload = bytes([_VERSION, purpose]) + b"".join(map(_varint, (workspace_id, ticket_id, person_id)))
    payload += secrets.token_bytes(_NONCE_BYTES)
    return base64.b32encode(payload + _mac(key, payload)).decode("ascii").rstrip("=").lower()


def read_token(key: bytes, spelled: str, *, workspace_id: int) -> ThreadToken | None:
    """Return what a token of this workspace names, or None; the signature is verified first."""
    try:
        data = base64.b32decode(spelled.upper() + "=" * (-len(spelled) % 8))
    except (binascii.Error, ValueError):
        return None
    if not _MIN_BYTES <= len(data) <= _MAX_BYTES:
        return None
    payload, mac = data[:-_MAC_BYTES], data[-_MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(key, payload)) or payload[0] != _VERSION:
        return None
    numbers = _read_varints(payload[2:-_NONCE_BYTES])
    if len(numbers) != 3 or numbers[0] != workspace_id:
        return None
    return ThreadToken(numbers[0], Purpose(payload[1]), numbers[1], numbers[2], payload[-_NONCE_BYTES:])


def _mac(key: bytes, payload: bytes) -> bytes:
    return hmac.digest(key, b"okno mail thread\0" + payload, hashlib.sha256)[:_MAC_BYTES]


def _varint(number: int) -> bytes:
    if number < 0:
        raise ValueError("ids are not negative")
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def _read_varints(data: bytes) -> list[int]:
    numbers, number, shift = [], 0, 0
    for byte in data:
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            numbers.append(number)
            number = shift = 0
    return numbers if shift == 0 else []


def make_message_id(token: str, *, domain: str) -> str:
    """Return a Message-ID that carries the token."""
    return f"<{BODY_PREFIX}{token}@{domain}>"


def reply_address(mailbox: str, token: str) -> str:
    """Return the mailbox address with the token as its plus-tag, or without it where it would be too long."""
    local, _, domain = mailbox.rpartition("@")
    tagged = f"{local}+{token}"
    return f"{tagged}@{domain}" if len(tagged) <= MAX_LOCAL_LENGTH else mailbox


def body_mark(token: str) -> str:
    """Return the word that stands on a line of its own in the body and survives quoting."""
    return f"{BODY_PREFIX}{token}"


def without_tag(address: str) -> str:
    """Return the address without its plus-tag."""
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def find_tokens(
    key: bytes, message: ParsedMessage, *, workspace_id: int, recipients: Iterable[str] = ()
) -> tuple[FoundToken, ...]:
    """Return the valid tokens of a message, the strongest place first; `recipients` is the envelope."""
    candidates: list[tuple[Place, str]] = []
    addresses = [*recipients, *(address.address for address in (*message.to, *message.cc))]
    addresses += message.header_values("delivered-to") + message.header_values("x-original-to")
    candidates += [("recipient", tag) for address in addresses if (tag := _tag(address))]
    for identifier in (*message.in_reply_to, *reversed(message.references)):
        candidates += [("references", spelled) for spelled in _ID.findall(identifier)]
    for text in (message.text, message.html or ""):
        candidates += [("body", spelled) for spelled in _BODY.findall(text)]
    found: dict[ThreadToken, FoundToken] = {}
    for place, spelled in list(dict.fromkeys(candidates))[:_MAX_CANDIDATES]:
        token = read_token(key, spelled, workspace_id=workspace_id)
        if token is not None:
            found.setdefault(token, FoundToken(token, place, spelled.lower()))
    return tuple(found.values())


def _tag(address: str) -> str:
    try:
        local = normalise_address(address.strip("<> ")).rpartition("@")[0]
    except InvalidAddress:
        return ""
    return local.partition("+")[2]


def loop_mark(key: bytes, *, workspace_id: int) -> str:
    """Return the value of our loop header, which only we can write."""
    return hmac.new(key, b"okno mail loop\0%d" % workspace_id, hashlib.sha256).hexdigest()[:32]


def is_own(key: bytes, message: ParsedMessage, *, workspace_id: int) -> bool:
    """Tell whether this very mail was sent by us, and not merely in answer to ours."""
    marks = message.header_values(LOOP_HEADER)
    expected = loop_mark(key, workspace_id=workspace_id)
    if any(hmac.compare_digest(mark.strip().encode(), expected.encode()) for mark in marks):
        return True
    match = _ID.match(message.message_id)
    return match is not None and read_token(key, match.group(1), workspace_id=workspace_id) is not None

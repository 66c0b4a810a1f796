"""Secrets at rest: authenticated encryption bound to the place where the secret is kept."""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_PREFIX = "v1."
_NONCE_BYTES = 12


class SecretUnreadable(Exception):
    """The stored secret was not sealed for this place, or with another key."""


def derive_key(purpose: str) -> bytes:
    """Return the 32-byte key of one purpose, derived from the installation's secret key (RFC 5869)."""
    hkdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"okno:{purpose}".encode())
    return hkdf.derive(settings.SECRET_KEY.encode())


def seal(plain: str, *, place: str) -> str:
    """Encrypt with AES-256-GCM; `place` (for example `7|mailbox|imap_password`) must be given again to open."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = AESGCM(derive_key("secrets")).encrypt(nonce, plain.encode(), place.encode())
    return _PREFIX + urlsafe_b64encode(nonce + sealed).decode()


def unseal(sealed: str, *, place: str) -> str:
    """Decrypt what `seal` made for the same place. Raises SecretUnreadable."""
    if not sealed.startswith(_PREFIX):
        raise SecretUnreadable(place)
    raw = urlsafe_b64decode(sealed.removeprefix(_PREFIX))
    try:
        return (
            AESGCM(derive_key("secrets"))
            .decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], place.encode())
            .decode()
        )
    except InvalidTag as error:
        raise SecretUnreadable(place) from error


def new_token(prefix: str) -> str:
    """Return a fresh bearer secret of 256 random bits, recognisable by its prefix."""
    return f"{prefix}_{secrets.token_urlsafe(32)}"


def token_digest(token: str) -> str:
    """Return the SHA-256 by which a bearer secret is stored and looked up."""
    return hashlib.sha256(token.encode()).hexdigest()

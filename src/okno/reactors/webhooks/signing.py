"""Secrets and signatures as Standard Webhooks has them (https://www.standardwebhooks.com).

The secret is `whsec_` and 32 random bytes in base64. The signature is an HMAC-SHA256 over `id.timestamp.body`,
written as `v1,<base64>`; while two secrets count there is one of each, with a space between.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterable
from datetime import datetime

from okno.lib.crypto import SecretUnreadable, seal, unseal
from okno.reactors.webhooks.models import Webhook

PREFIX = "whsec_"
_SECRET_BYTES = 32


def new_secret() -> str:
    """Return a fresh secret as its receiver gets it."""
    return PREFIX + b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def sealed(webhook: Webhook, secret: str) -> str:
    """Return a secret as it is kept."""
    return seal(secret, place=_place(webhook))


def signed_headers(webhook: Webhook, *, uid: str, body: bytes, now: datetime) -> dict[str, str]:
    """Return the three headers of a delivery. Raises SecretUnreadable."""
    timestamp = str(int(now.timestamp()))
    signatures = (
        sign(secret, uid=uid, timestamp=timestamp, body=body) for secret in _valid(webhook, now=now)
    )
    return {
        "webhook-id": uid,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(signatures),
    }


def sign(secret: str, *, uid: str, timestamp: str, body: bytes) -> str:
    """Return the signature of a message."""
    key = b64decode(secret.removeprefix(PREFIX))
    digest = hmac.new(key, f"{uid}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{b64encode(digest).decode()}"


def _valid(webhook: Webhook, *, now: datetime) -> Iterable[str]:
    yield unseal(webhook.secret, place=_place(webhook))
    if webhook.earlier_until is not None and now < webhook.earlier_until:
        try:
            yield unseal(webhook.earlier_secret, place=_place(webhook))
        except SecretUnreadable:
            return


def _place(webhook: Webhook) -> str:
    return f"{webhook.workspace_id}|webhook|{webhook.pk}"

"""A passkey as a browser would have made it, for tests that only need that there is one."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

CREDENTIAL_ID = b"a credential of sixteen"
FLAGS = AuthenticatorData.FLAG


def passkey_data(name: str) -> dict[str, Any]:
    """Return what is stored of a passkey."""
    key = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    credential = AttestedCredentialData.create(Aaguid.NONE, CREDENTIAL_ID, key)
    flags = FLAGS.UP | FLAGS.UV | FLAGS.AT
    data = AuthenticatorData.create(sha256(b"shop.example").digest(), flags, 0, credential)
    client = CollectedClientData.create("webauthn.create", b"a challenge", "https://shop.example")
    response = {
        "clientDataJSON": websafe_encode(client),
        "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
    }
    return {
        "name": name,
        "credential": {
            "id": websafe_encode(CREDENTIAL_ID),
            "rawId": websafe_encode(CREDENTIAL_ID),
            "type": "public-key",
            "response": response,
            "clientExtensionResults": {"credProps": {"rk": True}},
        },
    }

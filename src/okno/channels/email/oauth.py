"""The authorization code flow with PKCE at Microsoft and Google (RFC 6749, RFC 7636), as far as mailboxes need it.

Everything here talks to the outside and touches no row: no transaction may be open around it.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, get_args
from urllib.parse import urlencode

from okno.channels.email.models import Provider
from okno.channels.email.oauth_clients import Client
from okno.channels.email.relay import TokenUnavailable
from okno.lib.addresses import InvalidAddress, normalise_address
from okno.lib.http_client import HttpFailure, post_form

Problem = Literal[
    "network",  # nobody answered
    "busy",  # the provider says: later
    "withdrawn",  # the consent was taken back, or has run out
    "password",  # the account's password was changed
    "inactive",  # the consent was not used for too long
    "interaction",  # the person must sign in again
    "admin",  # an administrator of the organization must approve
    "blocked",  # the organization's rules do not let us in from here
    "account",  # the account is disabled or deleted
    "client_secret",  # our secret has expired
    "client",  # we are not known by this id or secret
    "declined",  # the person said no
    "scope",  # the person let us do less than we need
    "code",  # the code was used, is too old, or is somebody else's
    "identity",  # who consented cannot be told for sure
    "answer",  # something unexpected
]
TEMPORARY: frozenset[Problem] = frozenset({"network", "busy"})
# Asking again with the same refresh token is of no use, whatever happens elsewhere.
LOST: frozenset[Problem] = frozenset({"withdrawn", "password", "inactive", "account"})

# The name that one signs in with opens the mailbox; at Microsoft the address of contact may be another.
_NAMES = {Provider.MICROSOFT: ("preferred_username", "email"), Provider.GOOGLE: ("email",)}
CLOCK_SKEW = timedelta(minutes=5)
_DETAIL_LENGTH = 300
_ENTRA_CODE = re.compile(r"AADSTS(\d{3,8})")
# learn.microsoft.com/entra/identity-platform/reference-error-codes
_ENTRA_PROBLEMS: dict[int, Problem] = {
    50034: "account",
    50053: "account",
    50057: "account",
    50058: "interaction",
    50072: "interaction",
    50074: "interaction",
    50076: "interaction",
    50078: "interaction",
    50079: "interaction",
    50105: "admin",
    50132: "password",
    50133: "password",
    50173: "password",
    53000: "blocked",
    53001: "blocked",
    53003: "blocked",
    54005: "code",
    65001: "withdrawn",
    65004: "declined",
    70000: "withdrawn",
    70008: "inactive",
    70043: "interaction",
    90002: "client",
    90033: "busy",
    90094: "admin",
    90095: "admin",
    700016: "client",
    700082: "inactive",
    700084: "inactive",
    7000112: "client",
    7000215: "client",
    7000222: "client_secret",
}
_ERROR_PROBLEMS: dict[str, Problem] = {
    "access_denied": "declined",
    "admin_policy_enforced": "admin",
    "consent_required": "admin",
    "deleted_client": "client",
    "disabled_client": "client",
    "interaction_required": "interaction",
    "invalid_client": "client",
    "invalid_grant": "withdrawn",
    "login_required": "interaction",
    "org_internal": "admin",
    "server_error": "busy",
    "slow_down": "busy",
    "temporarily_unavailable": "busy",
    "unauthorized_client": "client",
}


class OAuthFailure(TokenUnavailable):
    """Say by one word what kind of failure it was, with the provider's own words in `detail`."""

    def __init__(self, problem: Problem, detail: str = "") -> None:
        self.problem: Problem = problem
        self.detail = " ".join(detail.split())[:_DETAIL_LENGTH]
        super().__init__(self.code)

    @property
    def is_temporary(self) -> bool:
        """Tell whether the same may work later without anybody doing anything."""
        return self.problem in TEMPORARY

    @property
    def code(self) -> str:
        """Return it in one line, as it is stored."""
        return f"{self.problem}: {self.detail}" if self.detail else self.problem


def read_code(code: str) -> OAuthFailure | None:
    """Return the failure that a stored line stands for, or None for an empty one."""
    problem, _separator, detail = code.partition(": ")
    if not problem:
        return None
    return OAuthFailure(problem if problem in get_args(Problem) else "answer", detail)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What is kept until the browser comes back, to know that it is the same one and nobody slipped in a code."""

    state: str
    nonce: str
    verifier: str = field(repr=False)

    @classmethod
    def make(cls) -> Proof:
        """Return a fresh one."""
        return cls(
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
        )

    @property
    def challenge(self) -> str:
        """Return the S256 challenge of the verifier (RFC 7636, 4.2)."""
        return _base64url(hashlib.sha256(self.verifier.encode("ascii")).digest())


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What a provider gave; times are spans from now."""

    access_token: str = field(repr=False)
    lasts: timedelta
    refresh_token: str = field(default="", repr=False)
    """Empty: the one that was used goes on."""
    refresh_lasts: timedelta | None = None
    """None: until it is taken back or not used for long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """Whose mailbox may be opened, and by what."""

    provider: Provider
    account: str
    tokens: Tokens


def consent_url(client: Client, proof: Proof, *, redirect_uri: str, account_hint: str = "") -> str:
    """Return the provider's page where a person consents."""
    asked = {
        "client_id": client.client_id,
        "response_type": "code",
        "response_mode": "query",
        "redirect_uri": redirect_uri,
        "scope": " ".join(client.scopes),
        "state": proof.state,
        "nonce": proof.nonce,
        "code_challenge": proof.challenge,
        "code_challenge_method": "S256",
    }
    if client.provider is Provider.GOOGLE:
        # Without these Google gives no refresh token to somebody who has consented before.
        asked |= {"access_type": "offline", "prompt": "consent select_account"}
        del asked["response_mode"]
    else:
        asked["prompt"] = "select_account"
    if account_hint:
        asked["login_hint"] = account_hint
    return f"{client.authorize_url}?{urlencode(asked)}"


def read_refusal(answer: Mapping[str, str]) -> OAuthFailure:
    """Return what the provider's page said instead of a code."""
    return _failure(answer.get("error", ""), answer.get("error_description", ""), subject="page")


def exchange_code(client: Client, proof: Proof, *, code: str, redirect_uri: str, now: datetime) -> Consent:
    """Turn a code into a consent. Raises OAuthFailure."""
    answer = _ask(
        client,
        {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": proof.verifier,
        },
        subject="code",
    )
    account = _account(client, answer.get("id_token"), nonce=proof.nonce, now=now)
    tokens = _tokens(answer)
    granted = answer.get("scope")
    if isinstance(granted, str) and not client.is_enough(granted):
        raise OAuthFailure("scope", granted)
    if not tokens.refresh_token:
        raise OAuthFailure("answer", "no refresh token")
    return Consent(provider=client.provider, account=account, tokens=tokens)


def refresh(client: Client, refresh_token: str) -> Tokens:
    """Return a fresh access token, and the refresh token to use from now on if it is another. Raises OAuthFailure."""
    fields = {"grant_type": "refresh_token", "refresh_token": refresh_token, "scope": " ".join(client.scopes)}
    if client.provider is Provider.GOOGLE:
        del fields["scope"]
    return _tokens(_ask(client, fields, subject="token"))


Subject = Literal["page", "code", "token"]


def _ask(client: Client, fields: dict[str, str], *, subject: Subject) -> dict[str, Any]:
    sent = {"client_id": client.client_id, "client_secret": client.client_secret, **fields}
    try:
        reply = post_form(client.token_url, sent)
    except HttpFailure as failure:
        raise OAuthFailure("network", str(failure)) from failure
    if reply.status == 429 or reply.status >= 500:
        raise OAuthFailure("busy", f"HTTP {reply.status}")
    try:
        answer = reply.json()
    except HttpFailure as failure:
        raise OAuthFailure("answer", f"HTTP {reply.status}, {failure}") from failure
    if not isinstance(answer, dict):
        raise OAuthFailure("answer", f"HTTP {reply.status}")
    if reply.status == 200 and "error" not in answer:
        return answer
    raise _failure(str(answer.get("error", "")), str(answer.get("error_description", "")), subject=subject)


def _failure(error: str, description: str, *, subject: Subject) -> OAuthFailure:
    found = _ENTRA_CODE.search(description)
    by_number = _ENTRA_PROBLEMS.get(int(found[1])) if found else None
    problem = by_number or _ERROR_PROBLEMS.get(error, "answer")
    if subject == "code" and problem in {"withdrawn", "inactive"}:
        # The same words are said of a refresh token and of a code; a code was used already, or came too late.
        problem = "code"
    return OAuthFailure(problem, description.partition("Trace ID")[0] or error)


def _tokens(answer: Mapping[str, Any]) -> Tokens:
    access, renewal = answer.get("access_token"), answer.get("refresh_token", "")
    lasts, renewal_lasts = (
        _seconds(answer.get("expires_in")),
        _seconds(answer.get("refresh_token_expires_in")),
    )
    if not isinstance(access, str) or not access or not isinstance(renewal, str):
        raise OAuthFailure("answer", "no access token")
    return Tokens(
        access_token=access,
        # RFC 6749, 5.1: it may be left out; then it is taken for short.
        lasts=lasts or timedelta(minutes=5),
        refresh_token=renewal,
        refresh_lasts=renewal_lasts,
    )


def _seconds(value: object) -> timedelta | None:
    """Return a span of seconds; Microsoft has been seen to send numbers as words."""
    if isinstance(value, bool) or not isinstance(value, int | str) or not str(value).isdecimal():
        return None
    return timedelta(seconds=min(int(value), 10 * 365 * 24 * 3600)) if int(value) else None


def _account(client: Client, token: object, *, nonce: str, now: datetime) -> str:
    """Return the address that an identity token is about. Raises OAuthFailure.

    Its signature is not checked: it came straight from the token endpoint over TLS, whose certificate says who gave it
    (OpenID Connect Core 1.0, 3.1.3.7, point 6). Who it is for, whose it is, how old it is and our nonce are.
    """
    claims = _claims(token)
    audience = claims.get("aud")
    expires = claims.get("exp")
    if client.client_id not in (audience if isinstance(audience, list) else [audience]):
        raise OAuthFailure("identity", "it is for somebody else")
    if not client.is_issuer(claims.get("iss"), claims.get("tid")):
        raise OAuthFailure("identity", "it is from somebody else, or of another directory")
    if not isinstance(expires, int) or expires < (now - CLOCK_SKEW).timestamp():
        raise OAuthFailure("identity", "it is too old")
    if not secrets.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise OAuthFailure("identity", "it is of another attempt")
    if client.provider is Provider.GOOGLE and claims.get("email_verified") not in {True, "true"}:
        raise OAuthFailure("identity", "its address is not verified")
    for name in _NAMES[client.provider]:
        try:
            return normalise_address(str(claims.get(name, "")))
        except InvalidAddress:
            continue
    raise OAuthFailure("identity", "it names no address")


def _claims(token: object) -> dict[str, Any]:
    try:
        claims = json.loads(_unbase64url(str(token).split(".")[1]))
    except (IndexError, ValueError) as error:
        raise OAuthFailure("identity", "there is none") from error
    if not isinstance(claims, dict):
        raise OAuthFailure("identity", "there is none")
    return claims


def _base64url(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _unbase64url(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))

"""A stand-in for the sign-in of Microsoft or Google on a real socket, speaking what they document.

It shows no pages: whoever comes to its page is taken for `account`, who agrees unless told otherwise. Codes are good
once, PKCE is checked (RFC 7636, 4.6), refresh tokens may rotate, and every error has the form of the provider.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import ssl
import threading
import time
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, Self
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

TENANT = "9188040d-6c67-4c5b-b112-36a304b66dad"
XOAUTH2_REFUSAL = b64encode(
    b'{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}'
).decode()
NEEDED = {
    "microsoft": {
        "offline_access",
        "https://outlook.office.com/IMAP.AccessAsUser.All",
        "https://outlook.office.com/SMTP.Send",
        "openid",
        "email",
    },
    "google": {"https://mail.google.com/", "openid", "email"},
}


def read_xoauth2(initial: str) -> tuple[str, str]:
    """Return the user and the token of an XOAUTH2 initial response."""
    user, auth, *rest = b64decode(initial).decode().split("\x01")
    assert rest == ["", ""], "the response ends with two ^A"
    assert user.startswith("user=")
    assert auth.startswith("auth=Bearer ")
    return user.removeprefix("user="), auth.removeprefix("auth=Bearer ")


@dataclass(frozen=True)
class Refusal:
    """What the token endpoint says instead of tokens."""

    status: int = 400
    error: str = "invalid_grant"
    description: str = ""
    body: str | None = None


@dataclass
class _Code:
    query: dict[str, str]
    account: str


@dataclass
class IdentityProvider:
    """Listen on a free port of the loopback; use as a context manager."""

    kind: Literal["microsoft", "google"]
    tls: ssl.SSLContext | None = None
    client_id: str = "client-of-the-desk"
    client_secret: str = "secret-of-the-desk"
    redirect_uris: set[str] = field(default_factory=set)
    account: str = "support@shop.example"
    declines: str = ""
    """An error of the page, as `access_denied`."""
    scopes_given: str | None = None
    """Less than what was asked for, as a person who unticks something."""
    rotates: bool = False
    lasts: int = 3600
    refresh_lasts: int | None = None
    claims: dict[str, Any] = field(default_factory=dict)
    """What the next identity tokens say otherwise."""
    refusals: deque[Refusal] = field(default_factory=deque)
    asked: list[dict[str, str]] = field(default_factory=list)
    """Every form that the token endpoint got."""
    codes: dict[str, _Code] = field(default_factory=dict)
    used_codes: set[str] = field(default_factory=set)
    refresh_tokens: dict[str, str] = field(default_factory=dict)
    access_tokens: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Take a port."""
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.provider = self
        if self.tls:
            self._server.socket = self.tls.wrap_socket(self._server.socket, server_side=True)

    @property
    def url(self) -> str:
        """Return where it is."""
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def accepts(self, user: str, token: str) -> bool:
        """Tell whether a mail server lets this token open the mailbox of this user."""
        return self.access_tokens.get(token) == user

    def revoke(self) -> None:
        """Take all consents back."""
        self.refresh_tokens.clear()
        self.access_tokens.clear()

    def visit(self, url: str) -> str:
        """Be the person's browser at the provider's page; return where it is sent back to."""
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query, strict_parsing=True))
        assert parts.path == self._authorize_path(parts.path)
        assert query["client_id"] == self.client_id
        assert query["redirect_uri"] in self.redirect_uris, "the provider shows its own error page"
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        assert set(query["scope"].split()) >= NEEDED[self.kind]
        if self.kind == "google":
            assert query["access_type"] == "offline"
            assert "consent" in query["prompt"]
        if self.declines:
            said = {"error": self.declines, "error_description": f"{self.declines} it was"}
        else:
            code = secrets.token_urlsafe(16)
            self.codes[code] = _Code(query, self.account)
            said = {"code": code}
        return f"{query['redirect_uri']}?{urlencode({**said, 'state': query['state']})}"

    def _authorize_path(self, path: str) -> str:
        return (
            "/o/oauth2/v2/auth" if self.kind == "google" else f"/{path.split('/')[1]}/oauth2/v2.0/authorize"
        )

    def token(self, path: str, form: dict[str, str]) -> tuple[int, Any]:
        """Answer the token endpoint: status and body."""
        self.asked.append(form)
        if self.refusals:
            refusal = self.refusals.popleft()
            if refusal.body is not None:
                return refusal.status, refusal.body
            return self._error(refusal.error, refusal.description, refusal.status)
        if not path.endswith("/token"):
            return 404, "no such page"
        if (form.get("client_id"), form.get("client_secret")) != (self.client_id, self.client_secret):
            return self._error("invalid_client", "AADSTS7000215: Invalid client secret provided.", 401)
        if form["grant_type"] == "authorization_code":
            return self._by_code(form)
        return self._by_refresh_token(form)

    def _by_code(self, form: dict[str, str]) -> tuple[int, Any]:
        code = self.codes.pop(form["code"], None)
        if code is None:
            return self._error("invalid_grant", "AADSTS54005: OAuth2 Authorization code was already redeemed")
        challenge = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if _base64url(challenge) != code.query["code_challenge"]:
            return self._error("invalid_grant", "AADSTS501481: The Code_Verifier does not match")
        if form["redirect_uri"] != code.query["redirect_uri"]:
            return self._error("invalid_grant", "redirect_uri")
        answer = self._tokens(code.account, new_refresh_token=True)
        answer["scope"] = self.scopes_given or _mail_scopes(code.query["scope"])
        answer["id_token"] = self._identity(code)
        return 200, answer

    def _by_refresh_token(self, form: dict[str, str]) -> tuple[int, Any]:
        account = self.refresh_tokens.get(form["refresh_token"])
        if account is None:
            return self._error("invalid_grant", "Token has been expired or revoked.")
        if self.rotates:
            del self.refresh_tokens[form["refresh_token"]]
        return 200, self._tokens(account, new_refresh_token=self.rotates)

    def _tokens(self, account: str, *, new_refresh_token: bool) -> dict[str, Any]:
        access = secrets.token_urlsafe(24)
        self.access_tokens[access] = account
        answer: dict[str, Any] = {
            "token_type": "Bearer",
            "access_token": access,
            "expires_in": self.lasts,
        }
        if new_refresh_token:
            answer["refresh_token"] = secrets.token_urlsafe(24)
            self.refresh_tokens[answer["refresh_token"]] = account
        if self.refresh_lasts is not None:
            answer["refresh_token_expires_in"] = self.refresh_lasts
        return answer

    def _identity(self, code: _Code) -> str:
        now = int(time.time())
        claims = {
            "aud": self.client_id,
            "iat": now,
            "exp": now + 3600,
            "sub": "subject",
            "nonce": code.query["nonce"],
        }
        if self.kind == "google":
            claims |= {"iss": self.url, "email": code.account, "email_verified": True}
        else:
            claims |= {
                "iss": f"{self.url}/{TENANT}/v2.0",
                "tid": TENANT,
                "preferred_username": code.account,
                "email": code.account,
            }
        claims |= self.claims
        header = {"alg": "RS256", "typ": "JWT", "kid": "key"}
        return ".".join(
            [_base64url(json.dumps(part).encode()) for part in (header, claims)] + ["c2lnbmF0dXJl"]
        )

    def _error(self, error: str, description: str, status: int = 400) -> tuple[int, Any]:
        answer: dict[str, Any] = {"error": error, "error_description": description}
        if self.kind == "microsoft":
            answer["error_description"] += (
                " Trace ID: 00000000 Correlation ID: 00000000 Timestamp: 2026-11-25 00:00:00Z"
            )
            answer |= {
                "trace_id": "00000000",
                "correlation_id": "00000000",
                "timestamp": "2026-11-25 00:00:00Z",
            }
        return status, answer


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    provider: IdentityProvider


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        """Be the page where a person consents."""
        back = self.server.provider.visit(f"{self.server.provider.url}{self.path}")
        self.send_response(302)
        self.send_header("Location", back)
        self.end_headers()

    def do_POST(self) -> None:
        """Be the token endpoint."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        assert self.headers["Content-Type"] == "application/x-www-form-urlencoded"
        form = {name: values[0] for name, values in parse_qs(body, strict_parsing=True).items()}
        status, answer = self.server.provider.token(self.path, form)
        content = (answer if isinstance(answer, str) else json.dumps(answer)).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def _mail_scopes(asked: str) -> str:
    return " ".join(scope for scope in asked.split() if scope != "offline_access")


def _base64url(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()

"""How a mail server is reached, and the way out of an installation as one address."""

import ssl
from dataclasses import dataclass
from typing import Literal, Protocol
from urllib.parse import unquote, urlsplit

Security = Literal["tls", "starttls", "none"]
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class TokenUnavailable(Exception):
    """There is no token to sign in with: the consent is of no use now."""


class TokenSource(Protocol):
    """Give the tokens that are shown instead of a password; equal sources are for the same consent."""

    def access_token(self, *, refused: str = "") -> str:
        """Return a token that is good now, another one than `refused`. Raises TokenUnavailable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """Say where a mail server is and how to sign in to it."""

    host: str
    port: int
    security: Security = "tls"
    user: str = ""
    password: str = ""
    tokens: TokenSource | None = None
    """Set: the user signs in by XOAUTH2, without a password."""

    def __repr__(self) -> str:
        """Show everything but the password."""
        return f"ServerSettings({self.security} {self.user}@{self.host}:{self.port})"


def parse_smtp_url(url: str) -> ServerSettings:
    """Read smtp(s)://user:password@host:port; STARTTLS is required but on the machine itself."""
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("must look like smtps://user:password@host:465 or smtp://host:587")
    security: Security = "tls"
    if parts.scheme == "smtp":
        security = "none" if parts.hostname in LOOPBACK else "starttls"
    return ServerSettings(
        host=parts.hostname,
        port=parts.port or (465 if security == "tls" else 587),
        security=security,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def tls_context() -> ssl.SSLContext:
    """Return the context for all mail servers: certificates and host names are verified, always."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context

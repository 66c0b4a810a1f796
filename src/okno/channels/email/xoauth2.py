"""SASL XOAUTH2: a token instead of a password, as Google and Microsoft define it.

developers.google.com/workspace/gmail/imap/xoauth2-protocol. A refusal comes as one more challenge with the reason in
it; the client answers it with an empty line, and only then comes the refusal itself.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

MECHANISM = "XOAUTH2"
_REASON_LENGTH = 300


@dataclass(slots=True)
class Xoauth2:
    """One attempt to sign in; `reason` says why it was refused, if the server said so."""

    user: str
    token: str = field(repr=False)
    reason: str = ""
    _has_shown: bool = False

    def __post_init__(self) -> None:
        """Refuse what would be more than a name and a token to the server."""
        if not (self.user.isprintable() and self.token.isprintable()):
            raise ValueError("a name or token with control characters")

    def to_imap(self, challenge: bytes) -> bytes:
        """Answer a challenge of an IMAP server, decoded (as imaplib hands it over)."""
        return self._answer(challenge).encode()

    def to_smtp(self, challenge: bytes | None = None) -> str:
        """Answer a challenge of an SMTP server, decoded; None begins (as smtplib calls it)."""
        return self._answer(challenge or b"")

    def _answer(self, challenge: bytes) -> str:
        if self._has_shown:
            self.reason = read_reason(challenge)
            return ""
        self._has_shown = True
        return f"user={self.user}\x01auth=Bearer {self.token}\x01\x01"


def read_reason(challenge: bytes) -> str:
    """Return in short what the error of a server says: JSON with a status, or whatever it is."""
    text = challenge.decode("utf-8", "replace")
    try:
        said = json.loads(text)
    except ValueError:
        said = None
    if isinstance(said, dict):
        text = ", ".join(f"{name} {said[name]}" for name in ("status", "error", "scope") if said.get(name))
    return " ".join(text.split())[:_REASON_LENGTH]

"""Authentication-Results (RFC 8601): read, and believed only from the server that a mailbox names."""

import re
from collections.abc import Sequence
from typing import Literal

from okno.channels.base import AuthResults, ParsedMessage

Verdict = Literal["pass", "fail", "none"]

_COMMENT = re.compile(r"\([^()]*\)")
_QUOTED = re.compile(r'"[^"]*"')
_RESULT = re.compile(r"^\s*([a-z][a-z0-9-]*)(?:\s*/\s*\d+)?\s*=\s*([a-z]+)", re.IGNORECASE)
_MAX_LENGTH = 20_000


def read_auth_results(value: str) -> AuthResults | None:
    """Return what one header says, or None if it does not name its server."""
    value = value[:_MAX_LENGTH]
    # Comments nest; each pass opens one level, and quoted text must not pass for results.
    for _ in range(10):
        shorter = _COMMENT.sub(" ", value)
        if shorter == value:
            break
        value = shorter
    parts = _QUOTED.sub('""', value).split(";")
    server = parts[0].split()
    if not server:
        return None
    found = [match.groups() for part in parts[1:] if (match := _RESULT.match(part))]
    return AuthResults(
        server=server[0].strip('"').lower(),
        results=tuple((method.lower(), result.lower()) for method, result in found),
    )


def dmarc_verdict(message: ParsedMessage, *, trusted_servers: Sequence[str]) -> Verdict:
    """Return the DMARC verdict of a trusted server; no verdict is "none" and not a failure.

    Only the topmost header of a trusted server is believed for a pass: anybody can write further ones into
    a mail before that server sees it. A failure is believed wherever it stands: nobody gains by forging it.
    """
    trusted = {server.lower() for server in trusted_servers if server}
    ours = [results for results in message.auth_results if results.server in trusted]
    if any(("dmarc", "fail") in results.results for results in ours):
        return "fail"
    if ours and ("dmarc", "pass") in ours[0].results:
        return "pass"
    return "none"

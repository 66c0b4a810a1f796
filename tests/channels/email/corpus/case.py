"""One mail of the corpus, and how a person would read it."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

SENDER = ("requester@example.org", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """Say what a file must be; what is None is not looked at."""

    name: str | None
    content: bytes
    content_type: str | None = None
    is_inline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """Say what must be read; what is None is not looked at. Texts are compared with their spaces made single."""

    text: str | None = None
    subject: str | None = None
    sender: tuple[str, str] | None = SENDER
    to: tuple[tuple[str, str], ...] | None = None
    sent_at: datetime | None = None
    has_html: bool | None = None
    files: tuple[File, ...] | None = ()
    protection: str = "none"
    invitations: int = 0
    problem: str | None = None
    """A word that must be among the problems."""


@dataclass(frozen=True, slots=True)
class Case:
    """Hold one mail as its bytes came, and its expected reading."""

    name: str
    raw: bytes = field(repr=False)
    expected: Expected


def mail(body: bytes, *headers: str | bytes, sender: str | None = "requester@example.org") -> bytes:
    """Return the bytes of a mail: headers with the line ends of the wire, a blank line, the body."""
    given = [header if isinstance(header, bytes) else header.encode("utf-8") for header in headers]
    names = {header.partition(b":")[0].strip().lower() for header in given}
    usual = [
        (b"from", f"From: {sender}".encode() if sender else None),
        (b"to", b"To: support@okno.example"),
        (b"subject", b"Subject: Printer"),
        (b"date", b"Date: Mon, 3 Nov 2025 10:11:12 +0300"),
    ]
    lines = [line for name, line in usual if line is not None and name not in names] + given
    head = b"\r\n".join(lines)
    digest = hashlib.sha256(head + b"\0" + body).hexdigest()[:24]
    if b"message-id" not in names:
        head += f"\r\nMessage-ID: <{digest}@example.org>".encode()
    return head + b"\r\n\r\n" + body


def multipart(kind: str, *parts: bytes, boundary: str = "=_outer") -> tuple[str, bytes]:
    """Return the Content-Type header and the body of a multipart."""
    mark = f"--{boundary}".encode()
    body = b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts) + mark + b"--\r\n"
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"', body


def part(content: bytes, *headers: str) -> bytes:
    """Return one part."""
    return "\r\n".join(headers).encode("utf-8") + b"\r\n\r\n" + content


def inner(kind: str, *parts: bytes, boundary: str) -> bytes:
    """Return a multipart that stands within another."""
    header, body = multipart(kind, *parts, boundary=boundary)
    return part(body, header)


def numbered(cases: Iterable[Case]) -> list[Case]:
    """Return the cases with names that are unique."""
    seen: dict[str, int] = {}
    result = []
    for case in cases:
        seen[case.name] = seen.get(case.name, 0) + 1
        suffix = f" {seen[case.name]}" if seen[case.name] > 1 else ""
        result.append(replace(case, name=case.name + suffix))
    return result

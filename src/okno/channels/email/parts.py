"""The parts of a mail: the standard library's tolerant parser, with what it leaves to be repaired.

Attached messages are not opened: they are files like others and keep their bytes. Whoever wants to look into
one (a delivery report quotes the mail that it is about) gets it parsed when asking for its payload.
"""

import re
from email.feedparser import BytesFeedParser
from email.message import Message
from email.parser import BytesParser, HeaderParser
from email.policy import compat32
from typing import Any

from okno.channels.email.parameters import Value, mime_type, read_value
from okno.channels.email.transfer import decode_transfer, encoding_name
from okno.lib.html_text import without_unusable

_HEADER_LINE = re.compile(rb"[!-9;-~]{1,100}[ \t]*:")
_SPACED_NAME = re.compile(rb"^([!-9;-~]{1,100})[ \t]+:", re.MULTILINE)
_BLOCK_END = re.compile(rb"\r?\n[ \t]*\r?\n|\r\r")
_KNOWN_NAMES = (
    rb"from|to|cc|bcc|subject|date|message-id|mime-version|content-[a-z-]+|received|return-path|reply-to|sender"
    rb"|in-reply-to|references|x-[a-z0-9-]+|list-[a-z-]+|dkim-signature|delivered-to|authentication-results"
)
_KNOWN_LINE = re.compile(rb"(?:" + _KNOWN_NAMES + rb")[ \t]*:", re.IGNORECASE)
_MAX_REPAIRED = 200_000
# Fed in pieces, a large mail does not stand in memory as a list of its lines.
_CHUNK = 256 * 1024
_GUESSED_BOUNDARY = re.compile(
    r"^--(?P<boundary>[^\r\n]{1,200}?)[ \t]*\r?\n(?=Content-[A-Za-z-]+[ \t]*:)", re.MULTILINE | re.IGNORECASE
)


class Part(Message):
    """A part whose header values are read as they are written, and whose content as it came."""

    def raw(self, name: str) -> str | None:
        """Return the topmost value of a header with its 8-bit bytes as surrogates."""
        wanted = name.lower()
        return next((str(value) for key, value in self.raw_items() if key.lower() == wanted), None)

    def value(self, name: str) -> Value:
        """Return a header's value and parameters; empty if there is no such header."""
        return read_value(self.raw(name) or "")

    def get_content_type(self) -> str:
        """Return the type; nonsense means the default, as the standard library has it."""
        kind = mime_type(self.raw("content-type")) or self.get_default_type()
        # The standard library would take a delivery status apart while it is parsed.
        return "text/plain" if kind == "message/delivery-status" and self._payload is None else kind

    def get_content_maintype(self) -> str:
        """Return the first half of the type; while it is being parsed, a message is a file like others."""
        main = self.get_content_type().partition("/")[0]
        return "application" if main == "message" and self._payload is None else main

    def get_boundary(self, failobj: Any = None) -> Any:
        """Return the boundary as it is written."""
        boundary = self.value("content-type").parameters.get("boundary", "").rstrip()
        return boundary or failobj

    @property
    def is_message(self) -> bool:
        """Tell whether this is another message, attached."""
        return self.get_content_type() in {"message/rfc822", "message/global", "message/news"}

    def is_multipart(self) -> bool:
        """Tell whether there are parts within; a message within counts, as in the standard library."""
        return isinstance(self._payload, list) or self._has_headers_within()

    def get_payload(self, i: Any = None, decode: Any = False) -> Any:
        """Return what the standard library would, and open an attached message for it only now."""
        if decode or not isinstance(self._payload, str) or not self._has_headers_within():
            return super().get_payload(i, decode)
        content, _is_sound = self.content()
        if self.get_content_type() == "message/delivery-status":
            blocks = re.split(rb"\r?\n[ \t]*\r?\n", content.strip())
            parse = HeaderParser(policy=compat32).parsestr
            opened = [
                parse(block.decode("ascii", "surrogateescape")) for block in blocks[:100] if block.strip()
            ]
        else:
            opened = [BytesParser(policy=compat32).parsebytes(content)]
        return opened if i is None else opened[i]

    def _has_headers_within(self) -> bool:
        return isinstance(self._payload, str) and (
            self.is_message or self.get_content_type() == "message/delivery-status"
        )

    def content(self, *, is_text: bool = False) -> tuple[bytes, bool]:
        """Return the content without its transfer encoding, and whether that was as it should be."""
        if not isinstance(self._payload, str):
            return b"", True
        data = self._payload.encode("utf-8", "surrogateescape")
        encoding = encoding_name(self.raw("content-transfer-encoding") or "")
        return decode_transfer(data, encoding, is_text=is_text)

    _payload: Any


def read_parts(raw: bytes) -> tuple[Part, list[str]]:
    """Return the parts of a mail and words for what had to be repaired to read it."""
    repaired, problems = repair_head(raw)
    parser = BytesFeedParser(Part, policy=compat32)
    for start in range(0, len(repaired), _CHUNK):
        parser.feed(repaired[start : start + _CHUNK])
    message = parser.close()
    if not isinstance(message, Part):
        raise TypeError("the parser makes the parts that it is told to")
    if (boundary := _other_boundary(message)) is not None:
        problems.append("boundary")
        message = _parse_again(message, repaired, boundary)
    return message, problems


def _other_boundary(message: Part) -> str | None:
    """Return the boundary that stands in the body where the header names none or another one."""
    payload = message.get_payload()
    if message.get_content_type().startswith("multipart/") and isinstance(payload, str):
        found = _GUESSED_BOUNDARY.search(payload)
        return found["boundary"] if found else None
    return None


def _parse_again(message: Part, raw: bytes, boundary: str) -> Part:
    kind = message.get_content_type()
    head_end = _BLOCK_END.search(raw)
    body = raw[head_end.end() :] if head_end else raw
    quoted = boundary.replace("\\", "\\\\").replace('"', '\\"').encode("utf-8", "surrogateescape")
    parser = BytesFeedParser(Part, policy=compat32)
    parser.feed(b"Content-Type: " + kind.encode() + b'; boundary="' + quoted + b'"\n\n' + body)
    again = parser.close()
    assert isinstance(again, Part)  # noqa: S101 - told to mypy
    for name, value in message.raw_items():
        if name.lower() != "content-type":
            again[name] = value
    return again


def repair_head(raw: bytes) -> tuple[bytes, list[str]]:
    """Return a mail whose header lines the parser can read, and words for what was wrong with them."""
    problems: list[str] = []
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raw = raw.decode("utf-16", "replace").encode("utf-8")
        problems.append("utf16")
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    if raw.startswith((b"From ", b">From ")):
        raw = raw.partition(b"\n")[2]
    stripped = raw.lstrip(b"\r\n\t ")
    if stripped is not raw and _HEADER_LINE.match(stripped):
        raw = stripped
    if b"\r\r\n" in raw[:2000]:
        raw = raw.replace(b"\r\r\n", b"\r\n")
    if b"\n" not in raw[:_MAX_REPAIRED]:
        raw = raw.replace(b"\r", b"\n")
    end = _BLOCK_END.search(raw)
    size = end.start() if end else len(raw)
    if size > _MAX_REPAIRED:
        return raw, problems
    head = _repair_lines(raw[:size])
    if head != raw[:size]:
        problems.append("broken_headers")
    return head + raw[size:], problems


def _repair_lines(head: bytes) -> bytes:
    """Drop or join the lines of a header block that are no header lines."""
    head = _SPACED_NAME.sub(rb"\1:", head.replace(b"\0", b""))
    lines = re.sub(rb"\r(?!\n)", b" ", head).splitlines(keepends=True)
    last_known = max((number for number, line in enumerate(lines) if _KNOWN_LINE.match(line)), default=-1)
    kept: list[bytes] = []
    for number, line in enumerate(lines):
        if line[:1] in b" \t" or _HEADER_LINE.match(line):
            kept.append(line)
        elif number < last_known:
            # The headers go on below: a fold that lost its space, or rubbish.
            if kept and line.strip():
                kept.append(b" " + line)
        else:
            return b"".join([*kept, *_as_body(lines[number:])])
    return b"".join(kept)


def _as_body(lines: list[bytes]) -> list[bytes]:
    # There was no empty line before the body.
    return [b"\n", *lines]


def head_of(raw: bytes) -> bytes:
    """Return the header block of a mail that is too large to be read."""
    end = _BLOCK_END.search(raw)
    return raw[: end.start()] if end else raw


def clean_label(value: str | None) -> str:
    """Return a short value of a header that is only compared, as a content id."""
    return without_unusable((value or "").encode("utf-8", "surrogateescape").decode("utf-8", "replace"))[:500]

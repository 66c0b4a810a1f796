"""The parts of a report: the notice, the fields for programs, and what was returned of the mail."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from email.parser import HeaderParser
from email.policy import compat32

from okno.channels.email.body import Body, part_text
from okno.channels.email.bounce_address import all_addresses
from okno.channels.email.dsn import STATUS_TYPES, status_text
from okno.channels.email.parts import Part
from okno.channels.email.words import decode_words, raw_text
from okno.lib.html_text import HtmlTooDeep, html_to_text

MAX_PARTS = 60
_MAX_ORIGINAL = 100_000
_FEEDBACK_TYPES = frozenset({"message/feedback-report", "text/feedback-report"})
_HEADER_TYPES = frozenset(
    {"text/rfc822-headers", "message/rfc822-headers", "text/rfc822", "message/global-headers"}
)
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,990}>")
_MESSAGE_ID_LINE = re.compile(
    r"^[ \t>]*message-id[ \t]*:[ \t]*\r?\n?[ \t]*(<[^<>\s]{1,990}>)", re.IGNORECASE | re.MULTILINE
)


@dataclass(slots=True)
class ReportParts:
    """Hold the parts of a mail as far as they make a report."""

    texts: list[str] = field(default_factory=list)
    statuses: list[str] = field(default_factory=list)
    feedback: list[str] = field(default_factory=list)
    originals: list[Message] = field(default_factory=list)
    is_receipt: bool = False
    """Has a disposition notification (RFC 8098): somebody opened or deleted a mail."""

    @property
    def text(self) -> str:
        """Return the words of the notice."""
        return "\n\n".join(self.texts)


def collect_parts(message: Part) -> ReportParts:
    """Sort the parts of a report; attached messages are not opened, because they are not part of what it says."""
    parts = ReportParts()
    plain: list[str] = []
    rich: list[str] = []
    for number, part in enumerate(_leaves(message, 0)):
        if number >= MAX_PARTS:
            break
        kind = part.get_content_type()
        if kind in STATUS_TYPES:
            parts.statuses.append(status_text(part))
        elif kind in _FEEDBACK_TYPES:
            parts.feedback.append(status_text(part))
        elif kind == "message/disposition-notification":
            parts.is_receipt = True
        elif part.is_message or kind in _HEADER_TYPES:
            if (original := _returned(part)) is not None:
                parts.originals.append(original)
        elif kind == "text/html":
            rich.append(part_text(part, Body()))
        elif part.get_content_maintype() in {"text", "multipart"} and not parts.originals:
            plain.append(part_text(part, Body()))
    parts.texts = [text for text in plain if text.strip()] or [_plain(html) for html in rich[:3]]
    return parts


def _leaves(part: Part, depth: int) -> Iterator[Part]:
    payload = part.get_payload() if part.get_content_maintype() == "multipart" else None
    if isinstance(payload, list) and depth < 10:
        for child in payload:
            if isinstance(child, Part):
                yield from _leaves(child, depth + 1)
    else:
        yield part


def _plain(html: str) -> str:
    try:
        return html_to_text(html)
    except HtmlTooDeep:
        return ""


def _returned(part: Part) -> Message | None:
    """Return the head of the returned mail that a part holds."""
    content, _is_sound = part.content(is_text=True)
    return read_head(content[:_MAX_ORIGINAL].decode("ascii", "surrogateescape"))


def read_head(text: str) -> Message | None:
    """Return the head of a mail that stands in a text, below whatever announces it; None if there is none."""
    lines = text[:_MAX_ORIGINAL].splitlines()
    start = next(
        (number for number, line in enumerate(lines[:40]) if re.match(r"[A-Za-z][\w-]{1,60}:", line)), None
    )
    if start is None:
        return None
    return HeaderParser(policy=compat32).parsestr("\n".join(lines[start:]))


def returned_ids(originals: list[Message], text: str) -> tuple[str, ...]:
    """Return the Message-IDs of what was returned, or those that the notice itself names."""
    found = [
        identifier
        for original in originals
        for identifier in _MESSAGE_ID.findall(raw_text(str(original.get("message-id", ""))))
    ]
    return tuple(dict.fromkeys(found or _MESSAGE_ID_LINE.findall(text[:_MAX_ORIGINAL])[:5]))


def returned_recipients(originals: list[Message]) -> list[str]:
    """Return who the returned mail was for: its To, narrowed by what servers added on its way."""
    written = _addresses(originals, ("to", "resent-to")) or _addresses(originals, ("cc",))
    delivered = _addresses(originals, ("x-original-to", "envelope-to", "x-envelope-to", "delivered-to"))
    narrowed = [address for address in written if address in delivered] if len(written) > 1 else []
    return narrowed or written or delivered[:1]


def _addresses(originals: list[Message], names: tuple[str, ...]) -> list[str]:
    values = (
        str(value)[:5_000]
        for original in originals[:3]
        for name in names
        for value in original.get_all(name, [])[:5]
    )
    return list(dict.fromkeys(address for value in values for address in all_addresses(decode_words(value))))[
        :50
    ]

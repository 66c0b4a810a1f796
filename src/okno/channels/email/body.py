"""Walk the parts of a mail and sort them into text, HTML and files."""

import re
from dataclasses import dataclass, field
from email.message import Message
from html import escape

from okno.channels.email.charsets import decode_text
from okno.lib.html_text import html_to_text

MAX_PARTS = 500
MAX_MIME_DEPTH = 50

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)


class TooManyParts(ValueError):
    """Say that a mail has more or deeper parts than any honest one."""


@dataclass(slots=True)
class Segment:
    """Hold one stretch of the body in the forms that the sender gave."""

    text: str | None = None
    html: str | None = None


@dataclass(slots=True)
class Body:
    """Collect what a walk over the parts finds."""

    segments: list[Segment] = field(default_factory=list)
    files: list[Message] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    parts: int = 0

    def note(self, problem: str) -> None:
        """Remember a problem once."""
        if problem not in self.problems:
            self.problems.append(problem)

    @property
    def html(self) -> str | None:
        """Return the whole body as HTML, or None if no part had any."""
        if all(segment.html is None for segment in self.segments):
            return None
        return "\n".join(
            segment.html if segment.html is not None else _as_html(segment.text or "")
            for segment in self.segments
        )

    @property
    def text(self) -> str:
        """Return the whole body as text; raises HtmlTooDeep if it must be read from HTML that is."""
        texts = (
            segment.text if segment.text and segment.text.strip() else html_to_text(segment.html or "")
            for segment in self.segments
        )
        return "\n\n".join(text.strip("\n") for text in texts if text.strip())


def collect_body(message: Message) -> Body:
    """Sort all parts of a message; raises TooManyParts."""
    body = Body()
    _walk(message, body, 0)
    return body


def _walk(part: Message, body: Body, depth: int) -> None:
    body.parts += 1
    if body.parts > MAX_PARTS or depth > MAX_MIME_DEPTH:
        raise TooManyParts(f"{body.parts} parts, {depth} levels")
    kind = part.get_content_type()
    if part.is_multipart() and kind.startswith("multipart/"):
        _walk_multipart(part, kind, body, depth)
    elif kind.startswith("multipart/"):
        body.note("broken_multipart")
        body.segments.append(Segment(text=part_text(part, body)))
    elif kind == "text/plain" and not _is_file(part):
        body.segments.append(Segment(text=part_text(part, body)))
    elif kind == "text/html" and not _is_file(part):
        body.segments.append(Segment(html=part_text(part, body)))
    else:
        body.files.append(part)


def _walk_multipart(part: Message, kind: str, body: Body, depth: int) -> None:
    children = [child for child in part.get_payload() if isinstance(child, Message)]
    if kind == "multipart/alternative":
        _walk_alternative(children, body, depth)
        return
    for child in children:
        _walk(child, body, depth + 1)


def _walk_alternative(children: list[Message], body: Body, depth: int) -> None:
    """Merge the forms of one text: the first plain one and the richest HTML."""
    merged = Segment()
    for child in children:
        inner = Body(parts=body.parts, problems=body.problems)
        _walk(child, inner, depth + 1)
        body.parts = inner.parts
        body.files.extend(inner.files)
        if not inner.segments:
            continue
        if (html := inner.html) is not None:
            merged.html = html
            plain = [segment.text for segment in inner.segments if segment.text is not None]
        else:
            plain = [segment.text or "" for segment in inner.segments]
        if merged.text is None and plain and inner.html is None:
            merged.text = "\n\n".join(plain)
    if merged.text is not None or merged.html is not None:
        body.segments.append(merged)


def _is_file(part: Message) -> bool:
    disposition = str(part.get("content-disposition", "")).split(";")[0].strip().lower()
    return disposition == "attachment" or raw_filename(part) is not None


def raw_filename(part: Message) -> str | None:
    """Return the name that a part gives itself, still encoded, or None."""
    try:
        return part.get_filename()
    except (LookupError, ValueError, UnicodeError, TypeError):
        # The standard library fails on parameters in charsets that it does not know.
        return "file"


def parameter(part: Message, name: str) -> str | None:
    """Return a parameter of Content-Type, or None if it is absent or cannot be read."""
    try:
        value = part.get_param(name)
    except (LookupError, ValueError, UnicodeError, TypeError):
        return None
    if isinstance(value, tuple):
        value = value[2]
    return str(value) if value else None


def part_bytes(part: Message) -> bytes:
    """Return the decoded content of a part, or what there is of it if its encoding is broken."""
    if part.get_content_type() == "message/rfc822" and part.is_multipart():
        return b"".join(child.as_bytes() for child in part.get_payload() if isinstance(child, Message))
    if part.is_multipart():
        return b"\n".join(child.as_bytes() for child in part.get_payload() if isinstance(child, Message))
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def part_text(part: Message, body: Body) -> str:
    """Return the text of a part in whatever charset it really is."""
    data = part_bytes(part)
    declared = parameter(part, "charset")
    if (
        declared is None
        and part.get_content_type() == "text/html"
        and (meta := _META_CHARSET.search(data[:4096]))
    ):
        declared = meta.group(1).decode("ascii")
    text, is_as_declared = decode_text(data, declared)
    if not is_as_declared:
        body.note("charset")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if (parameter(part, "format") or "").lower() == "flowed":
        text = _unflow(text, joins_words=(parameter(part, "delsp") or "").lower() == "yes")
    return text


def _unflow(text: str, *, joins_words: bool) -> str:
    """Join the soft line breaks of format=flowed (RFC 3676, section 4)."""
    result: list[str] = []
    pending: tuple[int, str] | None = None
    for line in text.split("\n"):
        level = len(line) - len(line.lstrip(">"))
        content = line[level:].removeprefix(" ")
        is_soft = content.endswith(" ") and content != "-- "
        if pending is not None and pending[0] == level and content != "-- ":
            content = pending[1] + content
        elif pending is not None:
            result.append(_marked(*pending))
        pending = None
        if is_soft:
            pending = (level, content[:-1] if joins_words else content)
        else:
            result.append(_marked(level, content))
    if pending is not None:
        result.append(_marked(*pending))
    return "\n".join(result)


def _marked(level: int, content: str) -> str:
    return f"{'>' * level} {content}" if level else content


def _as_html(text: str) -> str:
    return "<div>" + escape(text.strip("\n")).replace("\n", "<br>\n") + "</div>"

"""Walk the parts of a mail and sort them into text, HTML and files."""

import re
from dataclasses import dataclass, field
from email.message import Message
from html import escape, unescape

from okno.channels.base import Invitation
from okno.channels.email.attachments import FoundFile, file_of, given_name
from okno.channels.email.calendar_parts import read_invitations
from okno.channels.email.charsets import decode_text, html_charset
from okno.channels.email.flowed import unflow
from okno.channels.email.parameters import mime_type
from okno.channels.email.parts import Part, clean_label, read_parts
from okno.channels.email.protection import (
    Protection,
    protection_of_part,
    protection_of_text,
    signed_content,
    stronger,
)
from okno.channels.email.tnef import BadTnef, TnefFile, as_mail, read_tnef
from okno.channels.email.uuencoded import take_files_out
from okno.lib.html_text import html_to_text

MAX_SHOWN_BYTES = 12 * 1024 * 1024
SHOWN_TEXT_BYTES = 1_000_000
"""So much of one text is shown; what is longer is kept as a file as well."""

MAX_OPENED = 5

_CALENDARS = frozenset({"text/calendar", "application/ics", "text/x-vcalendar"})
_TNEF = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
# Further forms of one text that say nothing that the plain and the HTML form do not.
_OTHER_FORMS = frozenset(
    {
        "text/enriched",
        "text/richtext",
        "text/x-amp-html",
        "text/watch-html",
        "text/markdown",
        "text/x-markdown",
    }
)
# What the standard library of no mail program shows, but every reader can.
_READABLE = frozenset({"text/plain", "text/html", "text/enriched", "text/richtext"})


@dataclass(slots=True)
class Segment:
    """Hold one stretch of the body in the forms that the sender gave."""

    text: str | None = None
    html: str | None = None


@dataclass(slots=True)
class Body:
    """Collect what a walk over the parts finds."""

    segments: list[Segment] = field(default_factory=list)
    files: list[FoundFile] = field(default_factory=list)
    invitations: list[Invitation] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    protection: Protection = "none"
    shown_bytes: int = 0
    opened: int = 0
    """How many files were opened to see what is within."""

    def may_open(self) -> bool:
        """Count a file that is to be opened; a hostile mail has many."""
        self.opened += 1
        return self.opened <= MAX_OPENED

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
    def has_text(self) -> bool:
        """Tell whether the sender gave text, so that not all of it must be read from HTML."""
        return any(segment.text and segment.text.strip() for segment in self.segments)

    @property
    def text(self) -> str:
        """Return the whole body as text; raises HtmlTooDeep if it must be read from HTML that is."""
        texts = (
            segment.text if segment.text and segment.text.strip() else html_to_text(segment.html or "")
            for segment in self.segments
        )
        return "\n\n".join(text.strip("\n") for text in texts if text.strip())


def collect_body(message: Part) -> Body:
    """Sort all parts of a message; raises TooManyParts for what stands within signed data."""
    body = Body()
    _walk(message, body, 0)
    kind = message.get_content_type()
    if not body.segments and not message.children and kind.startswith("text/") and kind not in _READABLE:
        # Text of a kind that is usually a file for programs is shown if there is nothing else.
        _add_text(message, body)
    return body


def _walk(part: Part, body: Body, depth: int, *, is_form: bool = False) -> None:
    """Sort one part; `is_form` tells that it is one of several forms of a text."""
    kind = part.get_content_type()
    body.protection = stronger(body.protection, protection_of_part(part))
    if part.children:
        _walk_multipart(part.children, kind, body, depth)
    elif kind.startswith("multipart/"):
        body.note("broken_multipart")
        _add_text(part, body)
    elif _is_shown(part, kind, body, is_form=is_form):
        _add_html(part, body) if kind == "text/html" else _add_text(part, body)
    elif not (is_form and kind in _OTHER_FORMS and body.segments):
        _add_file(part, kind, body, depth)


def _walk_multipart(children: list[Part], kind: str, body: Body, depth: int) -> None:
    if kind == "multipart/alternative":
        _walk_alternative(children, body, depth)
        return
    for child in children:
        _walk(child, body, depth + 1)


def _walk_alternative(children: list[Part], body: Body, depth: int) -> None:
    """Merge the forms of one text: the first plain one and the richest HTML."""
    merged = Segment()
    for child in children:
        inner = Body(
            problems=body.problems,
            files=body.files,
            invitations=body.invitations,
            opened=body.opened,
            shown_bytes=body.shown_bytes,
            segments=[merged] if merged.text is not None or merged.html is not None else [],
        )
        start = len(inner.segments)
        _walk(child, inner, depth + 1, is_form=True)
        body.protection = stronger(body.protection, inner.protection)
        body.opened, body.shown_bytes = inner.opened, inner.shown_bytes
        inner.segments = inner.segments[start:]
        if not inner.segments:
            continue
        if (html := inner.html) is not None:
            merged.html = html
        elif not (merged.text or "").strip():
            merged.text = "\n\n".join(segment.text or "" for segment in inner.segments)
    if merged.text is not None or merged.html is not None:
        body.segments.append(merged)


def _is_shown(part: Part, kind: str, body: Body, *, is_form: bool) -> bool:
    """Tell whether a part is text to be read in place, and not a file."""
    if kind not in _READABLE or part.value("content-disposition").main == "attachment":
        return False
    is_ordinary = kind in {"text/plain", "text/html"}
    if not is_ordinary and is_form and body.segments:
        return False
    # A text may have a name and be the letter all the same, if it is the first one.
    return not given_name(part) or (is_ordinary and (is_form or not body.segments))


def _is_too_long(part: Part, body: Body) -> bool:
    """Count text that is shown; what is too much for a page is kept as a file."""
    body.shown_bytes += len(part.body)
    if body.shown_bytes <= MAX_SHOWN_BYTES:
        return False
    body.note("long_text")
    body.files.append(file_of(part))
    return True


def _add_html(part: Part, body: Body) -> None:
    if not _is_too_long(part, body):
        body.segments.append(Segment(html=part_text(part, body)))


def _add_text(part: Part, body: Body) -> None:
    data, is_sound = part.content(is_text=True)
    if not is_sound:
        body.note("transfer_encoding")
    charset = part.value("content-type").parameters.get("charset")
    data, files = take_files_out(data)
    for file in files:
        name = decode_text(file.name, charset)[0]
        body.files.append(FoundFile(name=name, declared="", content=file.content))
    if len(data) > SHOWN_TEXT_BYTES and not files:
        # The beginning is shown, the whole is a file.
        body.note("long_text")
        body.files.append(file_of(part))
    data = data[:SHOWN_TEXT_BYTES]
    text = _read_text(part, data, body)
    body.protection = stronger(body.protection, protection_of_text(text))
    if part.get_content_type() in {"text/enriched", "text/richtext"}:
        text = unescape(re.sub(r"<<", "&lt;", re.sub(r"<param>[^<]*</param>|<(?!<)/?[^<>]{1,60}>", "", text)))
    body.segments.append(Segment(text=text))


def _add_file(part: Part, kind: str, body: Body, depth: int) -> None:
    file = file_of(part)
    if kind in _TNEF or (file.name.lower() == "winmail.dat" and file.content[:4] == b"\x78\x9f\x3e\x22"):
        if not (body.may_open() and _add_tnef(file.content, body)):
            body.note("tnef")
            body.files.append(file)
        return
    body.files.append(file)
    if (kind in _CALENDARS or file.name.lower().endswith(".ics")) and body.may_open():
        # The same invitation is often attached once more as a file.
        found = [one for one in read_invitations(file.content) if one not in body.invitations]
        body.invitations.extend(found)
    if kind in {"application/pkcs7-mime", "application/x-pkcs7-mime"}:
        inner = signed_content(file.content) if body.may_open() else None
        if inner is not None:
            content, _problems = read_parts(inner)
            _walk(content, body, depth + 1)


def _add_tnef(content: bytes, body: Body) -> bool:
    """Add what a container holds, and tell whether that is all: of a damaged one the whole is kept as well."""
    try:
        message = read_tnef(content)
    except BadTnef:
        return False
    if all(not (segment.text or "").strip() and not segment.html for segment in body.segments):
        text, html = message.text.replace("\r\n", "\n").replace("\r", "\n"), message.html
        if text.strip() or html.strip():
            body.segments = [Segment(text=text or None, html=html or None)]
    body.files.extend(map(_tnef_file, message.files))
    return not message.is_damaged


def _tnef_file(file: TnefFile) -> FoundFile:
    is_message = file.message is not None
    name = file.name or (file.message.subject if file.message else "")
    return FoundFile(
        name=f"{name or 'message'}.eml" if is_message else name,
        declared="message/rfc822" if is_message else mime_type(file.content_type),
        content=as_mail(file.message) if file.message else file.content,
        content_id=clean_label(file.content_id).strip("<> "),
    )


def part_text(part: Message, body: Body) -> str:
    """Return the text of a part in whatever charset it really is."""
    own = part if isinstance(part, Part) else read_parts(part.as_bytes())[0]
    data, is_sound = own.content(is_text=True)
    if not is_sound:
        body.note("transfer_encoding")
    return _read_text(own, data, body)


def _read_text(part: Part, data: bytes, body: Body) -> str:
    parameters = part.value("content-type").parameters
    declared = parameters.get("charset")
    if not declared and part.get_content_type() == "text/html":
        declared = html_charset(data)
    text, is_as_declared = decode_text(data, declared)
    if not is_as_declared:
        body.note("charset")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if parameters.get("format", "").lower() == "flowed" and part.get_content_type() == "text/plain":
        text = unflow(text, joins_words=parameters.get("delsp", "").lower() == "yes")
    return text


def _as_html(text: str) -> str:
    return "<div>" + escape(text.strip("\n")).replace("\n", "<br>\n") + "</div>"

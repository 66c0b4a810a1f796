"""The parts of a mail, read as the world writes them: broken heads, wrong and missing boundaries included.

Attached messages are not opened: they are files like others and keep their bytes. Whoever wants to look into
one (a delivery report quotes the mail that it is about) gets it parsed when asking for its payload.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from email.policy import compat32
from itertools import count
from typing import Any

from okno.channels.email.heads import repair_start, split_head
from okno.channels.email.parameters import Value, mime_type, read_value
from okno.channels.email.transfer import decode_transfer, encoding_name
from okno.lib.html_text import without_unusable

MAX_PARTS = 500
MAX_MIME_DEPTH = 50

_MESSAGES = frozenset({"message/rfc822", "message/global", "message/news"})
_HAS_HEADERS = _MESSAGES | {"message/delivery-status", "message/global-delivery-status"}
_GUESSED_BOUNDARY = re.compile(
    rb"^--(?P<boundary>[^\r\n]{1,200}?)[ \t]*\r?\n(?=Content-[A-Za-z-]{1,40}[ \t]*:)",
    re.MULTILINE | re.IGNORECASE,
)
# Where no header announces parts, they are believed only if nothing but the usual sentence stands above them.
_UNANNOUNCED = re.compile(rb"\s*(?:This is a multi-?part message in MIME format\.?\s*)?--", re.IGNORECASE)
_LINE_REST = re.compile(rb"(--)?[ \t]*(?:\r\n|\r|\n|\Z)")
_MAX_QUOTED_BLOCKS = 100
_MAX_LOOKALIKES = 100_000


class TooManyParts(ValueError):
    """Say that a mail has more or deeper parts than any honest one."""


class Part(Message):
    """A part whose header values are read as they are written, and whose content as it came."""

    def __init__(self) -> None:
        """Make an empty part."""
        super().__init__(compat32)
        self.body = b""
        """The content of a part that has none within, in its transfer encoding."""
        self._values: dict[str, Value] = {}

    def raw(self, name: str) -> str | None:
        """Return the topmost value of a header with its 8-bit bytes as surrogates."""
        wanted = name.lower()
        return next((str(value) for key, value in self.raw_items() if key.lower() == wanted), None)

    def value(self, name: str) -> Value:
        """Return a header's value and parameters; empty if there is no such header."""
        if name not in self._values:
            self._values[name] = read_value(self.raw(name) or "")
        return self._values[name]

    def get_content_type(self) -> str:
        """Return the type; nonsense means the default, as the standard library has it."""
        return mime_type(self.raw("content-type")) or self.get_default_type()

    @property
    def is_message(self) -> bool:
        """Tell whether this is another message, attached."""
        return self.get_content_type() in _MESSAGES

    @property
    def children(self) -> list["Part"]:
        """Return the parts within; those of an attached message are its own affair."""
        return self._payload if isinstance(self._payload, list) else []

    def is_multipart(self) -> bool:
        """Tell whether there are parts within; a message within counts, as in the standard library."""
        return bool(self.children) or self.get_content_type() in _HAS_HEADERS

    def get_payload(self, i: Any = None, decode: Any = False) -> Any:
        """Return what the standard library would, and open an attached message for it only now."""
        if decode:
            return None if self.is_multipart() else self.content()[0]
        if not self.is_multipart():
            return self.body.decode("ascii", "surrogateescape")
        within = self.children or self._opened()
        return within if i is None else within[i]

    def _opened(self) -> list["Part"]:
        content, _is_sound = self.content()
        if self.get_content_type() in _MESSAGES:
            return [read_parts(content)[0]]
        blocks = re.split(rb"\r?\n[ \t]*\r?\n", content.strip())[:_MAX_QUOTED_BLOCKS]
        return [_headed(Part(), block)[0] for block in blocks if block.strip()]

    def content(self, *, is_text: bool = False) -> tuple[bytes, bool]:
        """Return the content without its transfer encoding, and whether that was as it should be."""
        encoding = encoding_name(self.raw("content-transfer-encoding") or "")
        return decode_transfer(self.body, encoding, is_text=is_text or self.is_message)

    _payload: Any


@dataclass(slots=True)
class _Reading:
    problems: list[str] = field(default_factory=list)
    counter: "count[int]" = field(default_factory=lambda: count(1))

    def note(self, problem: str) -> None:
        if problem not in self.problems:
            self.problems.append(problem)


def read_parts(raw: bytes) -> tuple[Part, list[str]]:
    """Return the parts of a mail and words for what had to be repaired; raises TooManyParts."""
    raw, problems = repair_start(raw)
    reading = _Reading(problems)
    return _read_part(raw, reading, 0, default_type="text/plain"), reading.problems


def _read_part(data: bytes, reading: _Reading, depth: int, *, default_type: str) -> Part:
    if next(reading.counter) > MAX_PARTS or depth > MAX_MIME_DEPTH:
        raise TooManyParts
    part = Part()
    part.set_default_type(default_type)
    part, body, is_sound = _headed(part, data)
    if not is_sound:
        reading.note("broken_headers")
    pieces = _pieces(part, body, reading, is_root=depth == 0)
    if not pieces:
        part.body = body
        return part
    inner_type = "message/rfc822" if part.get_content_type() == "multipart/digest" else "text/plain"
    for child in _nested(pieces, part, reading, depth, inner_type):
        part.attach(child)
    return part


def _headed(part: Part, data: bytes) -> tuple[Part, bytes, bool]:
    """Return a part with its headers, the body below them, and whether they were sound."""
    head = split_head(data)
    for name, value in head.fields:
        part.set_raw(name, value)
    return part, head.body, head.is_sound


@dataclass(frozen=True, slots=True)
class _Piece:
    data: bytes
    is_last: bool
    """The closing delimiter follows."""


def _pieces(part: Part, body: bytes, reading: _Reading, *, is_root: bool) -> list[_Piece]:
    """Return what stands between the boundaries, or nothing if the body is no multipart."""
    kind = part.get_content_type()
    boundary = part.value("content-type").parameters.get("boundary", "").rstrip()
    may_have_parts = kind.startswith("multipart/") or (boundary and not kind.startswith("message/"))
    if boundary and may_have_parts:
        pieces = _split(body, boundary.encode("utf-8", "surrogateescape"))
        if pieces:
            return pieces
    is_unannounced = is_root and part.raw("content-type") is None and _UNANNOUNCED.match(body)
    if not kind.startswith("multipart/") and not is_unannounced:
        return []
    encoding = encoding_name(part.raw("content-transfer-encoding") or "")
    if boundary and encoding in {"base64", "quoted-printable"}:
        # No multipart may be encoded as a whole, but some are.
        body, _is_sound = decode_transfer(body, encoding, is_text=True)
        if pieces := _split(body, boundary.encode("utf-8", "surrogateescape")):
            reading.note("transfer_encoding")
            return pieces
    found = _GUESSED_BOUNDARY.search(body)
    pieces = _split(body, found["boundary"]) if found else []
    if pieces:
        reading.note("boundary")
    return pieces


def _split(body: bytes, boundary: bytes) -> list[_Piece]:
    """Return the pieces in order; what stands before the first and behind a closing delimiter is left out."""
    pieces: list[_Piece] = []
    start: int | None = None
    for line_start, line_end, is_closing in _delimiters(body, b"--" + boundary):
        if start is not None:
            # The line break before a delimiter belongs to it.
            before = 2 if body[line_start - 2 : line_start] == b"\r\n" else 1
            pieces.append(_Piece(body[start : max(start, line_start - before)], is_closing))
            if len(pieces) > MAX_PARTS:
                raise TooManyParts
        start = None if is_closing else line_end
    if start is not None:
        pieces.append(_Piece(body[start:], is_last=False))
    return pieces


def _delimiters(body: bytes, delimiter: bytes) -> Iterator[tuple[int, int, bool]]:
    """Yield where each delimiter line begins, where the next line begins, and whether it closes."""
    position = 0
    for _ in range(_MAX_LOOKALIKES):
        if (position := body.find(delimiter, position)) < 0:
            return
        end = position + len(delimiter)
        rest = _LINE_REST.match(body, end)
        if rest is not None and (position == 0 or body[position - 1] in b"\r\n"):
            yield position, rest.end(), rest[1] is not None
            end = rest.end()
        position = end


def _nested(
    pieces: list[_Piece], parent: Part, reading: _Reading, depth: int, default_type: str
) -> list[Part]:
    """Return the parts; some mailers use the same boundary within as without, and close it twice."""
    own = parent.value("content-type").parameters.get("boundary")
    result: list[Part] = []
    open_parts: list[Part] = []
    for piece in pieces:
        part = _read_part(piece.data, reading, depth + 1, default_type=default_type)
        (open_parts[-1].attach if open_parts else result.append)(part)
        is_opening = part.get_content_type().startswith("multipart/") and not part.body.strip()
        if is_opening and not part.children and part.value("content-type").parameters.get("boundary") == own:
            open_parts.append(part)
        if piece.is_last and open_parts:
            open_parts.pop()
    return result


def clean_label(value: str | None) -> str:
    """Return a short value of a header that is only compared, as a content id."""
    return without_unusable((value or "").encode("utf-8", "surrogateescape").decode("utf-8", "replace"))[:500]

"""Header blocks taken apart line by line, whatever stands between the headers."""

import re
from dataclasses import dataclass

_HEADER_LINE = re.compile(rb"([!-9;-~]{1,100})[ \t]*:")
_KNOWN_NAMES = (
    rb"from|to|cc|bcc|subject|date|message-id|mime-version|content-[a-z-]+|received|return-path|reply-to|sender"
    rb"|in-reply-to|references|x-[a-z0-9-]+|list-[a-z-]+|dkim-signature|delivered-to|authentication-results"
)
_KNOWN_LINE = re.compile(rb"(?:" + _KNOWN_NAMES + rb")[ \t]*:", re.IGNORECASE)
_BLOCK_END = re.compile(rb"(?:\A|\r\n|\n|\r(?!\n))(?:\r\n|\n|\r(?!\n))")
_LINE = re.compile(rb"[^\n]*\n|[^\n]+")
_SEARCHED_BYTES = 4_000_000


@dataclass(frozen=True, slots=True)
class Head:
    """Hold the headers of a part as they are written, and what stands below them."""

    fields: list[tuple[str, str]]
    body: bytes
    is_sound: bool


def repair_start(raw: bytes) -> tuple[bytes, list[str]]:
    """Return a mail that begins with its first header, and words for what was wrong with its lines."""
    problems: list[str] = []
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raw = raw.decode("utf-16", "replace").encode("utf-8")
        problems.append("utf16")
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    if raw.startswith((b"From ", b">From ")):
        raw = raw.partition(b"\n")[2]
    if raw[:1] in {b"\r", b"\n", b" ", b"\t"}:
        stripped = raw.lstrip(b"\r\n\t ")
        raw = stripped if _KNOWN_LINE.match(stripped) else raw
    if b"\r\r\n" in raw[:2000]:
        raw = raw.replace(b"\r\r\n", b"\r\n")
    if b"\r" in raw[:2000] and b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    return raw, problems


def head_of(raw: bytes) -> bytes:
    """Return the header block alone."""
    end = _BLOCK_END.search(raw)
    return raw[: end.start()] if end else raw


def split_head(data: bytes) -> Head:
    """Return the headers of a part and its body; lines that are no headers are joined to the one above."""
    end = _BLOCK_END.search(data, 0, _SEARCHED_BYTES)
    head, body = (data[: end.start()], data[end.end() :]) if end else (data, b"")
    if b"\r" in head:
        # A lone CR breaks no line.
        head = re.sub(rb"\r(?!\n|\Z)", b" ", head)
    lines = _LINE.findall(head)
    last_known = max((number for number, line in enumerate(lines) if _KNOWN_LINE.match(line)), default=-1)
    is_sound = True
    fields: list[tuple[str, list[bytes]]] = []
    for number, line in enumerate(lines):
        found = None if line[:1] in b" \t" else _HEADER_LINE.match(line)
        if found is not None:
            fields.append((found[1].decode("ascii"), [line[found.end() :]]))
            is_sound &= line[found.end(1) : found.end(1) + 1] == b":"
        elif line[:1] in b" \t" and fields:
            fields[-1][1].append(line)
        elif number < last_known and not line.startswith(b"--"):
            # The headers go on below: a fold that lost its space, or rubbish.
            is_sound = False
            if fields and line.strip():
                fields[-1][1].append(b" " + line)
        else:
            # There was no empty line before the body.
            below = b"".join(lines[number:]) + (data[end.start() :] if end else b"")
            return Head(_texts(fields), below, is_sound=False)
    return Head(_texts(fields), body, is_sound)


def _texts(fields: list[tuple[str, list[bytes]]]) -> list[tuple[str, str]]:
    return [
        (name, b"".join(lines).replace(b"\0", b"").strip(b" \t\r\n").decode("ascii", "surrogateescape"))
        for name, lines in fields
    ]

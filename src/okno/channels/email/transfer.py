"""Content-Transfer-Encoding (RFC 2045, section 6) undone, as far as what came allows it."""

import base64
import binascii
import re

from okno.channels.email.uuencoded import decode_block

_SPACED_BREAK = re.compile(rb"=[ \t]+(?=\r|\n|\Z)")
_LONE_BREAK = re.compile(rb"=\r(?!\n)")
_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/]*={0,3}")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]+")
_CHUNK = re.compile(rb"[^=]+")
_JUDGED_BYTES = 8 * 1024
_SEARCHED_BYTES = 8 * 1024 * 1024
IDENTITIES = frozenset(
    {"", "7bit", "8bit", "binary", "7-bit", "8-bit", "none", "identity", "plain", "text/plain"}
)


def encoding_name(header: str) -> str:
    """Return the name of an encoding without comments, quotes and whatever else was added."""
    name = re.sub(r"\([^)]*\)", "", header.lower())
    name = re.split(r"[;,]", name)[0].strip(" \t\r\n\"'.")
    return {"quoted printable": "quoted-printable", "qp": "quoted-printable", "base-64": "base64"}.get(
        name, name
    )


def decode_transfer(data: bytes, encoding: str, *, is_text: bool) -> tuple[bytes, bool]:
    """Return the content and whether it was encoded as it should be."""
    if encoding == "base64":
        return _decode_base64(data, is_text=is_text)
    if encoding == "quoted-printable":
        return decode_quoted_printable(data), True
    if encoding in {"x-uuencode", "uuencode", "x-uue", "uue"}:
        block = decode_block(data)
        return (data, False) if block is None else (block, True)
    return data, encoding in IDENTITIES


def decode_quoted_printable(data: bytes) -> bytes:
    """Return the content; an equals sign that encodes nothing stands for itself."""
    data = _SPACED_BREAK.sub(b"=", data)
    # What the standard library would read otherwise: a break that is a lone CR, and two signs together.
    data = _LONE_BREAK.sub(b"", data)
    while b"==" in data:
        data = data.replace(b"==", b"=3D=")
    return binascii.a2b_qp(data)


def _decode_base64(data: bytes, *, is_text: bool) -> tuple[bytes, bool]:
    try:
        return base64.b64decode(data.translate(None, b"\r\n \t"), validate=True), True
    except (binascii.Error, ValueError):
        pass
    if is_text and not _looks_encoded(data):
        # Labelled so, but never encoded.
        return data, False
    encoded, rest = _without_trailer(data) if len(data) <= _SEARCHED_BYTES else (data, b"")
    clean = _NOT_BASE64.sub(b"", encoded)
    result = b"".join(_decode_chunk(chunk) for chunk in _CHUNK.findall(clean))
    if is_text and rest.strip():
        result += b"\n" + rest
    return result, False


def _without_trailer(data: bytes) -> tuple[bytes, bytes]:
    """Separate what a list or a scanner wrote below the encoded lines."""
    lines = data.splitlines(keepends=True)
    has_ended = False
    for number, line in enumerate(lines):
        stripped = line.strip()
        if not stripped:
            continue
        is_clean = _BASE64_LINE.fullmatch(stripped) is not None
        if not is_clean and number and (has_ended or b" " in stripped):
            return b"".join(lines[:number]), b"".join(lines[number:])
        has_ended = stripped.endswith(b"=")
    return data, b""


def _looks_encoded(data: bytes) -> bool:
    """Tell by the first lines whether they are base64, damaged at most, and not plain words."""
    lines = [stripped for line in data[:_JUDGED_BYTES].splitlines() if (stripped := line.strip())]
    encoded = sum(
        b" " not in line and len(_NOT_BASE64.sub(b"", line)) * 20 >= len(line) * 19 for line in lines
    )
    return encoded * 2 >= len(lines)


def _decode_chunk(chunk: bytes) -> bytes:
    whole = chunk[:-1] if len(chunk) % 4 == 1 else chunk
    return base64.b64decode(whole + b"=" * (-len(whole) % 4))

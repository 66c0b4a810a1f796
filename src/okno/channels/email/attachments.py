"""The files of a mail: names made harmless, types told from the content."""

import hashlib
import mimetypes
import posixpath
import re
import unicodedata
from email.message import Message

import puremagic

from okno.channels.base import ParsedAttachment
from okno.channels.email.body import part_bytes, raw_filename
from okno.channels.email.charsets import decode_words

MAX_NAME_LENGTH = 180
# A browser runs these; such a type is given only to content that is nothing better.
_ACTIVE = frozenset({"text/html", "application/xhtml+xml", "image/svg+xml", "text/xml", "application/xml"})
_OFFICE_SUFFIXES = (".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".epub", ".jar", ".apk")
_UNSAFE_NAME = re.compile(r'[\\/:*?"<>|]')
_SNIFFED_BYTES = 64 * 1024


def read_attachment(part: Message, *, shown_ids: frozenset[str]) -> ParsedAttachment:
    """Return one part as a file; it is inline if the HTML shows its content id."""
    content = part_bytes(part)
    declared = part.get_content_type()
    content_id = str(part.get("content-id", "")).strip().strip("<>").strip()[:500]
    name = safe_filename(decode_words(raw_filename(part) or ""))
    content_type = sniff_type(content, filename=name, declared=declared)
    return ParsedAttachment(
        filename=name or _default_name(content_type),
        content_type=content_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        is_inline=content_id in shown_ids,
        content_id=content_id,
        content=content,
    )


def safe_filename(name: str) -> str:
    """Return a name that is only a label: no folders, no invisible or reserved characters, not too long."""
    name = posixpath.basename(name.replace("\\", "/"))
    name = "".join(character for character in name if unicodedata.category(character)[0] != "C")
    name = " ".join(_UNSAFE_NAME.sub("_", name).split()).strip(". ")
    if len(name) <= MAX_NAME_LENGTH:
        return name
    stem, dot, suffix = name.rpartition(".")
    return (
        f"{stem[: MAX_NAME_LENGTH - len(suffix) - 1]}.{suffix}"
        if dot and len(suffix) < 10
        else name[:MAX_NAME_LENGTH]
    )


def sniff_type(content: bytes, *, filename: str, declared: str) -> str:
    """Return the content type told by the first bytes; the declared one only where the bytes tell nothing."""
    if declared == "message/rfc822":
        return declared
    try:
        found = (
            puremagic.from_string(content[:_SNIFFED_BYTES], mime=True, filename=filename or None)
            if content
            else ""
        )
    except (puremagic.PureError, ValueError):
        found = ""
    if (
        found == "application/zip"
        or found.startswith("application/vnd.")
        or filename.lower().endswith(_OFFICE_SUFFIXES)
    ):
        return _office_type(filename) if content.startswith(b"PK") else (found or "application/octet-stream")
    if found:
        return found
    if declared in _ACTIVE or declared.startswith(("image/", "video/", "audio/")):
        # Claims to be something whose first bytes are known, but is not.
        return "text/plain" if declared in _ACTIVE else "application/octet-stream"
    if declared == "application/octet-stream":
        guessed = mimetypes.guess_type(filename)[0] or declared
        return guessed if guessed.startswith("text/") and guessed not in _ACTIVE else declared
    return declared


def _office_type(filename: str) -> str:
    guessed = mimetypes.guess_type(filename)[0] or "application/zip"
    return guessed if guessed.startswith("application/") else "application/zip"


def _default_name(content_type: str) -> str:
    if content_type == "message/rfc822":
        return "message.eml"
    return "file" + (mimetypes.guess_extension(content_type) or ".bin")

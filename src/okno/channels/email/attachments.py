"""The files of a mail: names made harmless, types believed where the content does not say otherwise."""

import hashlib
import mimetypes
import posixpath
import re
import unicodedata
from dataclasses import dataclass, field
from urllib.parse import unquote

import puremagic

from okno.channels.base import ParsedAttachment
from okno.channels.email.parameters import mime_type
from okno.channels.email.parts import Part, clean_label
from okno.channels.email.words import decode_words, raw_text

MAX_NAME_LENGTH = 180
_SNIFFED_BYTES = 64 * 1024
# They say only that the sender did not know.
_GENERIC = frozenset(
    {
        "",
        "application/octet-stream",
        "application/octetstream",
        "application/binary",
        "application/unknown",
        "application/x-unknown",
        "application/x-download",
        "application/force-download",
        "application/download",
        "application/x-octet-stream",
        "application/attachment",
        "application/x-unknown-content-type",
        "binary/octet-stream",
        "file/octet-stream",
        "unknown/unknown",
    }
)
_OFFICE_SUFFIXES = (".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".epub", ".jar", ".apk")
_SHOWN = ("image/", "video/", "audio/")
_MARKUP = re.compile(rb"[\s\xef\xbb\xbf\xfe\xff\0]*<[!?a-zA-Z]")
_USUAL_NAMES = {
    "message/rfc822": "message.eml",
    "message/global": "message.eml",
    "message/partial": "part.eml",
    "message/delivery-status": "delivery-status.txt",
    "message/disposition-notification": "notification.txt",
    "message/feedback-report": "feedback-report.txt",
    "text/rfc822-headers": "headers.txt",
    "text/calendar": "invite.ics",
    "application/ics": "invite.ics",
    "text/vcard": "contact.vcf",
    "text/x-vcard": "contact.vcf",
    "text/directory": "contact.vcf",
    "application/ms-tnef": "winmail.dat",
    "application/pgp-signature": "signature.asc",
    "application/pgp-encrypted": "encryption.asc",
    "application/pgp-keys": "keys.asc",
    "application/pkcs7-signature": "smime.p7s",
    "application/x-pkcs7-signature": "smime.p7s",
    "application/pkcs7-mime": "smime.p7m",
    "application/x-pkcs7-mime": "smime.p7m",
    "image/jpeg": "picture.jpg",
    "image/jpg": "picture.jpg",
    "image/png": "picture.png",
    "image/gif": "picture.gif",
    "text/plain": "text.txt",
    "text/html": "page.html",
}


@dataclass(slots=True, kw_only=True)
class FoundFile:
    """Hold one file as it was found, before its name and type are judged."""

    name: str
    declared: str
    content: bytes = field(repr=False)
    content_id: str = ""
    location: str = ""


def given_name(part: Part) -> str:
    """Return the name that a part gives itself, RFC 2231 before the plain forms, or an empty text."""
    for header, parameter in (("content-disposition", "filename"), ("content-type", "name")):
        name = part.value(header).parameters.get(parameter, "")
        if name.strip():
            return name
    return ""


def file_of(part: Part) -> FoundFile:
    """Return a part as a file."""
    content, _is_sound = part.content()
    location = " ".join(raw_text(part.raw("content-location") or "").split())
    own_type = mime_type(part.raw("content-type"))
    return FoundFile(
        name=given_name(part) or (_title_of(part, content) if part.is_message else _end_of_path(location)),
        declared=own_type or (part.get_content_type() if part.is_message else ""),
        content=content,
        content_id=clean_label(part.raw("content-id")).strip().strip("<>").strip(),
        location=location,
    )


def _title_of(part: Part, content: bytes) -> str:
    """Return a name for an attached message: what it is about."""
    return _subject_of(content) or decode_words(part.raw("content-description") or "")


def _end_of_path(location: str) -> str:
    """Return the last word of an address if it looks like the name of a file."""
    path = re.sub(r"^[a-z][a-z0-9+.-]*://[^/]*", "", location, flags=re.IGNORECASE).partition("?")[0]
    name = unquote(path.rpartition("/")[2].rpartition(":")[2])
    return name if re.search(r"\w\.\w{1,5}$", name) else ""


def with_located_pictures(html: str | None, files: list[FoundFile]) -> str | None:
    """Return HTML whose pictures are named by content ids, where the mail names them by place (RFC 2557)."""
    for number, file in enumerate(files):
        if html is None or len(file.location) < 3 or file.location not in html:
            continue
        file.content_id = file.content_id or f"location-{number}"
        source = re.compile(rf"(src\s*=\s*[\"']?){re.escape(file.location)}(?=[\"'\s>])", re.IGNORECASE)
        # A content id may have what stands for groups in a replacement.
        named = f"cid:{file.content_id}".replace("\\", "\\\\")
        html = source.sub(rf"\g<1>{named}", html)
    return html


def _subject_of(content: bytes) -> str:
    found = re.search(rb"^subject:((?:.|\r?\n[ \t]){0,500})", content[:50_000], re.IGNORECASE | re.MULTILINE)
    head_end = re.search(rb"\r?\n\r?\n", content)
    if found is None or (head_end is not None and head_end.start() < found.start()):
        return ""
    subject = decode_words(found.group(1).decode("utf-8", "surrogateescape"))
    return (
        safe_filename(subject.replace("/", "_").replace("\\", "_"))[:100] + ".eml" if subject.strip() else ""
    )


def as_attachment(file: FoundFile, *, shown_ids: frozenset[str]) -> ParsedAttachment:
    """Return a file with its final name and type; it is inline if the HTML shows its content id."""
    name = safe_filename(file.name)
    content_type = sniff_type(
        file.content, filename=name, declared=file.declared or "application/octet-stream"
    )
    if not file.declared and not name:
        content_type = content_type if content_type not in _GENERIC else _plain_or_not(file.content)
    return ParsedAttachment(
        filename=name or default_name(content_type),
        content_type=content_type,
        size=len(file.content),
        sha256=hashlib.sha256(file.content).hexdigest(),
        is_inline=bool(file.content_id) and bool({file.content_id, unquote(file.content_id)} & shown_ids),
        content_id=file.content_id,
        content=file.content,
    )


def _plain_or_not(content: bytes) -> str:
    return "application/octet-stream" if b"\0" in content else "text/plain"


def safe_filename(name: str) -> str:
    """Return a name that is only a label: no folders, no invisible characters, not hidden, not too long."""
    name = posixpath.basename(name.replace("\\", "/").rstrip("/"))
    name = "".join(" " if character.isspace() else character for character in name)
    name = "".join(character for character in name if unicodedata.category(character)[0] != "C")
    name = name.lstrip(". ").rstrip(" ")
    if len(name) <= MAX_NAME_LENGTH:
        return name
    stem, dot, suffix = name.rpartition(".")
    return (
        f"{stem[: MAX_NAME_LENGTH - len(suffix) - 1]}.{suffix}"
        if dot and len(suffix) < 10
        else name[:MAX_NAME_LENGTH]
    )


def sniff_type(content: bytes, *, filename: str, declared: str) -> str:
    """Return the declared type if the first bytes do not contradict it, else what they tell.

    What a browser shows by itself must be what it claims: markup is never called a picture.
    """
    declared = declared.lower()
    if declared in _GENERIC:
        return _told_by_content(content, filename)
    if declared.startswith(_SHOWN) and _MARKUP.match(content[:200]):
        return declared if declared == "image/svg+xml" else "application/octet-stream"
    if declared.startswith("text/") and b"\0" in content[:_SNIFFED_BYTES]:
        found = _told_by_bytes(content)
        return found if found.startswith((*_SHOWN, "application/pdf", "application/zip")) else declared
    return declared


def _told_by_bytes(content: bytes, filename: str | None = None) -> str:
    try:
        return (
            puremagic.from_string(content[:_SNIFFED_BYTES], mime=True, filename=filename) if content else ""
        )
    except (puremagic.PureError, ValueError):
        return ""


def _told_by_content(content: bytes, filename: str) -> str:
    found = _told_by_bytes(content, filename or None)
    guessed = mimetypes.guess_type(filename)[0] or ""
    is_office = filename.lower().endswith(_OFFICE_SUFFIXES)
    if content.startswith(b"PK") and (is_office or found == "application/zip" or "vnd." in found):
        return guessed if guessed.startswith("application/") else "application/zip"
    if found.startswith(_SHOWN) and _MARKUP.match(content[:200]):
        found = "image/svg+xml" if b"<svg" in content[:1000] else "text/html"
    if found and not (found.startswith("text/") and guessed):
        return found
    if guessed.startswith(("text/", "application/")) and b"\0" not in content[:_SNIFFED_BYTES]:
        return guessed
    return guessed if guessed.startswith("application/") else "application/octet-stream"


def default_name(content_type: str) -> str:
    """Return a name for a file that has none."""
    known = _USUAL_NAMES.get(content_type)
    return known or "file" + (mimetypes.guess_extension(content_type) or ".bin")

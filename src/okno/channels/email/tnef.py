"""winmail.dat opened: Outlook's own container for a message (MS-OXTNEF)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage

from okno.channels.email.charsets import decode_text
from okno.channels.email.rtf import decompress_rtf, rtf_to_text
from okno.channels.email.rtf_html import html_within_rtf

_SIGNATURE = 0x223E9F78
_MAX_DEPTH = 5
_MAX_ATTRIBUTES = 5_000
_MAX_PROPERTIES = 5_000
_MAX_VALUES = 1_000

# Attributes, by the lower half of their tags.
_SUBJECT, _BODY, _MESSAGE_PROPERTIES, _CODEPAGE = 0x8004, 0x800C, 0x9003, 0x9007
_NEW_FILE, _FILE_NAME, _FILE_DATA, _FILE_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
# Properties (MS-OXPROPS).
_P_SUBJECT, _P_BODY, _P_RTF, _P_HTML = 0x0037, 0x1000, 0x1009, 0x1013
_P_CODEPAGE, _P_MESSAGE_CODEPAGE = 0x3FDE, 0x3FFD
_P_NAME, _P_DATA, _P_SHORT_NAME, _P_LONG_NAME = 0x3001, 0x3701, 0x3704, 0x3707
_P_TYPE, _P_CONTENT_ID = 0x370E, 0x3712
_FIXED_SIZES = {
    0x02: 4,
    0x03: 4,
    0x04: 4,
    0x05: 8,
    0x06: 8,
    0x07: 8,
    0x0A: 4,
    0x0B: 4,
    0x14: 8,
    0x40: 8,
    0x48: 16,
}
_OBJECT, _STRING, _UNICODE, _BINARY = 0x0D, 0x1E, 0x1F, 0x102
_MULTIPLE, _NAMED = 0x1000, 0x8000
_MESSAGE_INTERFACE = bytes.fromhex("0703020000000000c000000000000046")

Properties = dict[int, tuple[int, bytes]]
"""Kind and value by the number of the property."""


class BadTnef(ValueError):
    """Say that the bytes are no such container."""


@dataclass(slots=True)
class TnefFile:
    """Hold one file of the container."""

    name: str = ""
    content: bytes = b""
    content_type: str = ""
    content_id: str = ""
    message: "TnefMessage | None" = None


@dataclass(slots=True)
class TnefMessage:
    """Hold what a container says."""

    subject: str = ""
    text: str = ""
    html: str = ""
    files: list[TnefFile] = field(default_factory=list)
    is_damaged: bool = False


def read_tnef(data: bytes) -> TnefMessage:
    """Return what a container holds, all that can be read of it if it is damaged; raises BadTnef."""
    return _read(data, 0)


def _read(data: bytes, depth: int) -> TnefMessage:
    if len(data) < 6 or struct.unpack_from("<I", data)[0] != _SIGNATURE or depth > _MAX_DEPTH:
        raise BadTnef
    message = TnefMessage()
    codepage = ""
    raw_body = raw_subject = b""
    properties: Properties = {}
    for level, tag, value in _attributes(data, message):
        if level == 2:
            _add_to_file(message, tag, value, codepage=codepage, depth=depth)
        elif tag == _CODEPAGE and len(value) >= 4:
            codepage = _codepage(struct.unpack_from("<I", value)[0])
        elif tag == _BODY:
            raw_body = value
        elif tag == _SUBJECT:
            raw_subject = value
        elif tag == _MESSAGE_PROPERTIES:
            properties = _properties(value)
    _fill(message, properties, codepage)
    message.subject = message.subject or _string(raw_subject, codepage)
    message.text = message.text or _string(raw_body, codepage)
    return message


def _attributes(data: bytes, message: TnefMessage) -> Iterator[tuple[int, int, bytes]]:
    position = 6
    for _ in range(_MAX_ATTRIBUTES):
        if position + 9 > len(data):
            return
        level, tag, size = struct.unpack_from("<BII", data, position)
        if level not in {1, 2} or position + 9 + size > len(data):
            message.is_damaged = True
            if level not in {1, 2}:
                return
        yield level, tag & 0xFFFF, data[position + 9 : position + 9 + size]
        # A checksum follows; whether it is right changes nothing.
        position += 9 + size + 2


def _add_to_file(message: TnefMessage, tag: int, value: bytes, *, codepage: str, depth: int) -> None:
    if tag == _NEW_FILE or not message.files:
        message.files.append(TnefFile())
    file = message.files[-1]
    if tag == _FILE_NAME:
        file.name = file.name or _string(value, codepage)
    elif tag == _FILE_DATA:
        file.content = value
    elif tag == _FILE_PROPERTIES:
        properties = _properties(value)
        names = [_text(properties, number, codepage) for number in (_P_LONG_NAME, _P_NAME, _P_SHORT_NAME)]
        file.name = names[0] or file.name or next((name for name in names if name), "")
        file.content_type = _text(properties, _P_TYPE, codepage)
        file.content_id = _text(properties, _P_CONTENT_ID, codepage)
        _read_object(file, properties, depth)


def _read_object(file: TnefFile, properties: Properties, depth: int) -> None:
    kind, value = properties.get(_P_DATA, (0, b""))
    if kind != _OBJECT:
        file.content = file.content or value
        return
    file.content = file.content or value[16:]
    if value[:16] == _MESSAGE_INTERFACE:
        try:
            file.message = _read(value[16:], depth + 1)
        except BadTnef:
            return


def _fill(message: TnefMessage, properties: Properties, codepage: str) -> None:
    codepage = _own_codepage(properties, _P_MESSAGE_CODEPAGE) or codepage
    message.subject = _text(properties, _P_SUBJECT, codepage)
    message.text = _text(properties, _P_BODY, codepage)
    message.html = _text(properties, _P_HTML, _own_codepage(properties, _P_CODEPAGE) or codepage)
    compressed = properties.get(_P_RTF, (0, b""))[1]
    if not compressed or message.html:
        return
    rtf = decompress_rtf(compressed)
    message.html = html_within_rtf(rtf)
    if not message.html and not message.text.strip():
        message.text = rtf_to_text(rtf)


def _own_codepage(properties: Properties, number: int) -> str:
    value = properties.get(number, (0, b""))[1]
    return _codepage(struct.unpack_from("<I", value)[0]) if len(value) >= 4 else ""


def _properties(data: bytes) -> Properties:
    """Return the first value of each property, as far as they can be read."""
    found: Properties = {}
    try:
        (count,) = struct.unpack_from("<I", data)
        position = 4
        for _ in range(min(count, _MAX_PROPERTIES)):
            kind, number = struct.unpack_from("<HH", data, position)
            position = _after_name(data, position + 4) if number & _NAMED else position + 4
            value, position = _value(data, position, kind)
            if not number & _NAMED:
                found.setdefault(number, (kind & ~_MULTIPLE, value))
    except (struct.error, BadTnef):
        # What comes behind a damaged property has no place that could be known.
        pass
    return found


def _after_name(data: bytes, position: int) -> int:
    (is_text,) = struct.unpack_from("<I", data, position + 16)
    if not is_text:
        return position + 24
    (length,) = struct.unpack_from("<I", data, position + 20)
    return position + 24 + _padded(length)


def _value(data: bytes, position: int, kind: int) -> tuple[bytes, int]:
    base = kind & ~_MULTIPLE
    is_variable = base in {_OBJECT, _STRING, _UNICODE, _BINARY}
    if not is_variable and base not in _FIXED_SIZES:
        raise BadTnef
    count = 1
    if kind & _MULTIPLE or is_variable:
        (count,) = struct.unpack_from("<I", data, position)
        position += 4
    first = b""
    for index in range(min(count, _MAX_VALUES)):
        size = _FIXED_SIZES.get(base, 0)
        if is_variable:
            (size,) = struct.unpack_from("<I", data, position)
            position += 4
        if position + size > len(data):
            raise BadTnef
        first = data[position : position + size] if index == 0 else first
        position += _padded(size)
    return first, position


def _padded(size: int) -> int:
    return (size + 3) & ~3


def _text(properties: Properties, number: int, codepage: str) -> str:
    kind, value = properties.get(number, (0, b""))
    if kind == _UNICODE:
        return value.decode("utf-16-le", "replace").partition("\0")[0]
    return _string(value, codepage)


def _string(value: bytes, codepage: str) -> str:
    return decode_text(value.partition(b"\0")[0], codepage or None)[0]


def _codepage(number: int) -> str:
    special = {65001: "utf-8", 65000: "utf-7", 20127: "", 20866: "koi8-r", 21866: "koi8-u", 20932: "euc-jp"}
    special |= {28590 + n: f"iso-8859-{n}" for n in range(1, 16)}
    special |= {
        50220: "iso-2022-jp",
        50221: "iso-2022-jp",
        50222: "iso-2022-jp",
        51949: "euc-kr",
        54936: "gb18030",
    }
    special |= {10007: "mac-cyrillic", 10000: "macintosh", 0: ""}
    return special.get(number, f"cp{number}")


def as_mail(message: TnefMessage) -> bytes:
    """Return a message that stood within the container as a mail, so that any program can open it."""
    mail = EmailMessage()
    mail["Subject"] = " ".join(message.subject.split())[:500]
    mail.set_content(message.text)
    if message.html:
        mail.add_alternative(message.html, subtype="html")
    for file in message.files:
        content = as_mail(file.message) if file.message else file.content
        mail.add_attachment(
            content, maintype="application", subtype="octet-stream", filename=file.name or "file"
        )
    for number, part in enumerate(part for part in mail.walk() if part.is_multipart()):
        # The same container must give the same bytes whenever it is read.
        part.set_boundary(f"=_opened_{number}_{len(message.text)}_{len(message.files)}")
    return mail.as_bytes()

"""Signed and encrypted mail (S/MIME, OpenPGP): recognised, kept whole, nothing verified."""

from typing import Literal

from okno.channels.email.parts import Part

Protection = Literal["none", "signed", "encrypted"]

_PKCS7_TYPES = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_MULTIPARTS: dict[str, Protection] = {"multipart/signed": "signed", "multipart/encrypted": "encrypted"}
_SMIME_TYPES: dict[str, Protection] = {
    "signed-data": "signed",
    "enveloped-data": "encrypted",
    "authenveloped-data": "encrypted",
}
_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_ENVELOPED_DATA = bytes.fromhex("2a864886f70d010703")
_MAX_DEPTH = 12


def protection_of_part(part: Part) -> Protection:
    """Tell how one part is protected, or protects those within it."""
    kind = part.get_content_type()
    if kind not in _PKCS7_TYPES:
        return _MULTIPARTS.get(kind, "none")
    named = part.value("content-type").parameters.get("smime-type", "").lower()
    if named in _SMIME_TYPES:
        return _SMIME_TYPES[named]
    head = part.content()[0][:64]
    if _SIGNED_DATA in head:
        return "signed"
    return "encrypted" if _ENVELOPED_DATA in head or not named else "none"


def protection_of_text(text: str) -> Protection:
    """Tell whether text is armoured by OpenPGP itself."""
    if "-----BEGIN PGP MESSAGE-----" in text:
        return "encrypted"
    return "signed" if "-----BEGIN PGP SIGNED MESSAGE-----" in text else "none"


def stronger(first: Protection, second: Protection) -> Protection:
    """Return what both together mean."""
    order: tuple[Protection, ...] = ("none", "signed", "encrypted")
    return max(first, second, key=order.index)


def signed_content(data: bytes) -> bytes | None:
    """Return the mail part within opaque signed data (RFC 5652, section 5.2), or None."""
    try:
        info = _children(_whole(data))
        signed = _children(_children(info[1][1])[0][1])
        encapsulated = next(value for tag, value in signed[1:] if tag == 0x30)
        inner = _children(encapsulated)
        return _octets(*_children(inner[1][1])[0], depth=0)
    except (IndexError, StopIteration, ValueError):
        return None


def _whole(data: bytes) -> bytes:
    elements = _children(data)
    if elements[0][0] != 0x30:
        raise ValueError("not a sequence")
    return elements[0][1]


def _octets(tag: int, value: bytes, *, depth: int) -> bytes:
    if tag == 0x04:
        return value
    if tag == 0x24 and depth < _MAX_DEPTH:
        # In pieces, as programs write it that do not know the length beforehand.
        return b"".join(_octets(*piece, depth=depth + 1) for piece in _children(value))
    raise ValueError("not octets")


def _children(data: bytes) -> list[tuple[int, bytes]]:
    """Return tags and values of the elements that follow each other; lengths may be indefinite (BER)."""
    found: list[tuple[int, bytes]] = []
    position = 0
    while position < len(data):
        tag, value, position = _element(data, position, 0)
        if tag == 0 and not value:
            break
        found.append((tag, value))
    return found


def _element(data: bytes, position: int, depth: int) -> tuple[int, bytes, int]:
    tag, size = data[position], data[position + 1]
    position += 2
    if tag & 0x1F == 0x1F or depth > _MAX_DEPTH:
        raise ValueError("a tag that no signed mail has")
    if size == 0x80:
        start = position
        while data[position : position + 2] != b"\0\0":
            if position >= len(data):
                raise ValueError("it does not end")
            _tag, _value, position = _element(data, position, depth + 1)
        return tag, data[start:position], position + 2
    if size & 0x80:
        length = size & 0x7F
        size = int.from_bytes(data[position : position + length], "big")
        position += length
    # What is cut off is given as far as it came.
    return tag, data[position : position + size], position + size

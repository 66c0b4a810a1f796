"""Rich text of Outlook: its compression (MS-OXRTFCP) undone, and its words read."""

import struct

from striprtf.striprtf import rtf_to_text as strip_rtf

from okno.lib.html_text import without_unusable

_COMPRESSED, _PLAIN = 0x75465A4C, 0x414C454D
_MAX_BYTES = 1_000_000
_WINDOW = 4096
_DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript "
    b"\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    b"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)


def decompress_rtf(data: bytes) -> bytes:
    """Return the rich text within, as much of it as there is."""
    if len(data) < 16:
        return b""
    _size, raw_size, kind = struct.unpack_from("<III", data)
    if kind == _PLAIN:
        return data[16 : 16 + raw_size]
    return _decompress(data[16:], min(raw_size, _MAX_BYTES)) if kind == _COMPRESSED else b""


def _decompress(data: bytes, size: int) -> bytes:
    window = bytearray(_DICTIONARY.ljust(_WINDOW, b" "))
    write = len(_DICTIONARY)
    result = bytearray()
    position = 0
    while position < len(data) and len(result) < size:
        control = data[position]
        position += 1
        for bit in range(8):
            if position >= len(data):
                break
            if not control >> bit & 1:
                piece = data[position : position + 1]
                position += 1
            else:
                token = int.from_bytes(data[position : position + 2], "big")
                position += 2
                start, length = token >> 4, (token & 0xF) + 2
                if start == write:
                    return bytes(result[:size])
                piece = b""
                for offset in range(length):
                    # The copy may run into what it writes.
                    byte = window[(start + offset) % _WINDOW]
                    window[(write + offset) % _WINDOW] = byte
                    piece += bytes([byte])
            for byte in piece:
                window[write] = byte
                write = (write + 1) % _WINDOW
            result += piece
    return bytes(result[:size])


def rtf_to_text(data: bytes) -> str:
    """Return the words of rich text, or an empty text if it is none."""
    if not data.startswith(b"{\\rtf"):
        return ""
    try:
        words: str = strip_rtf(data.decode("ascii", "replace"), errors="replace")  # type: ignore[no-untyped-call]
        return without_unusable(words).strip()
    except (ValueError, LookupError, IndexError, TypeError):
        # The library trusts numbers in what it reads.
        return ""

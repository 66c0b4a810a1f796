"""The HTML that Outlook has hidden in rich text (MS-OXRTFEX)."""

import codecs
import re

_TOKEN = re.compile(
    rb"\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-z'])|([{}])|([^\\{}\r\n]+)", re.IGNORECASE
)
_IGNORED = frozenset(
    {
        b"fonttbl",
        b"colortbl",
        b"stylesheet",
        b"info",
        b"pict",
        b"generator",
        b"mhtmltag",
        b"listtable",
        b"xmlnstbl",
    }
)
_SIGNS = {b"par": "\r\n", b"line": "\r\n", b"tab": "\t", b"lquote": "‘", b"rquote": "’", b"ldblquote": "“"}
_SIGNS |= {b"rdblquote": "”", b"bullet": "•", b"endash": "–", b"emdash": "—"}
_CHARSETS = {
    0: "cp1252",
    77: "mac_roman",
    128: "cp932",
    129: "cp949",
    134: "gb18030",
    136: "cp950",
    161: "cp1253",
}
_CHARSETS |= {
    162: "cp1254",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
}
_MAX_GROUPS = 200


class _Reader:
    def __init__(self) -> None:
        self.result: list[str] = []
        self.pending = bytearray()
        self.codec = "cp1252"
        self.fonts: dict[int, str] = {}
        # Of each group: is it skipped, is it HTML, is it shown only as rich text, its charset.
        self.states: list[tuple[bool, bool, bool, str]] = [(False, False, False, "cp1252")]
        self.skipped = self.is_tag = self.is_rtf_only = False
        self.current_font = 0
        self.table_font: int | None = None
        self.is_table = False
        self.to_skip = 0
        self.unicode_skip = 1

    def flush(self) -> None:
        if self.pending:
            self.result.append(self.pending.decode(self.codec, "replace"))
            self.pending.clear()

    def text(self, value: str) -> None:
        self.flush()
        if not self.skipped and not self.is_rtf_only:
            self.result.append(value)

    def bytes(self, value: bytes) -> None:
        if self.to_skip:
            skipped = min(self.to_skip, len(value))
            self.to_skip -= skipped
            value = value[skipped:]
        if not self.skipped and not self.is_rtf_only:
            self.pending += value


def html_within_rtf(data: bytes) -> str:
    """Return the HTML, or an empty text if the rich text was not made from HTML."""
    if b"\\fromhtml" not in data[:2000]:
        return ""
    reader = _Reader()
    for word, number, quoted, sign, brace, plain in _TOKEN.findall(data):
        if brace:
            _brace(reader, brace)
        elif word:
            _word(reader, word.lower(), number)
        elif quoted:
            reader.bytes(bytes([int(quoted, 16)]))
        elif sign == b"~":
            reader.text("&nbsp;")
        elif sign in {b"{", b"}", b"\\"}:
            reader.bytes(sign)
        elif plain:
            reader.bytes(plain)
    reader.flush()
    return "".join(reader.result).strip()


def _brace(reader: _Reader, brace: bytes) -> None:
    reader.flush()
    if brace == b"{":
        if len(reader.states) < _MAX_GROUPS:
            reader.states.append((reader.skipped, reader.is_tag, reader.is_rtf_only, reader.codec))
    elif len(reader.states) > 1:
        reader.skipped, reader.is_tag, reader.is_rtf_only, reader.codec = reader.states.pop()


def _word(reader: _Reader, word: bytes, number: bytes) -> None:
    value = int(number) if number else None
    if word == b"htmlrtf":
        reader.flush()
        reader.is_rtf_only = value != 0
    elif word in _IGNORED:
        reader.flush()
        reader.skipped = True
        reader.is_table = word == b"fonttbl"
    elif word in _SIGNS:
        reader.text(_SIGNS[word])
    elif value is not None:
        _numbered(reader, word, value)


def _numbered(reader: _Reader, word: bytes, value: int) -> None:
    if word == b"f" and reader.skipped and reader.is_table:
        reader.table_font = value
    elif word == b"f":
        reader.flush()
        reader.codec = reader.fonts.get(value, reader.states[0][3])
    elif word == b"fcharset" and reader.table_font is not None:
        reader.fonts[reader.table_font] = _CHARSETS.get(value, reader.states[0][3])
    elif word == b"ansicpg":
        _set_codepage(reader, value)
    elif word == b"uc":
        reader.unicode_skip = max(0, min(value, 10))
    elif word == b"u":
        reader.text(chr(value & 0xFFFF) if not 0xD800 <= value & 0xFFFF < 0xE000 else "\ufffd")
        reader.to_skip = reader.unicode_skip


def _set_codepage(reader: _Reader, value: int) -> None:
    try:
        name = codecs.lookup("utf-8" if value == 65001 else f"cp{value}").name
    except LookupError:
        return
    reader.codec = name
    reader.states[0] = (*reader.states[0][:3], name)

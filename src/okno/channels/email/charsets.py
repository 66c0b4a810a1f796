"""Bytes to text whatever the sender claims: declared, mislabelled, unlabelled and unknown charsets."""

import base64
import binascii
import codecs
import re
from email.errors import HeaderParseError
from email.header import decode_header

from charset_normalizer import from_bytes

from okno.lib.html_text import without_unusable

# Labels that mean, in the world's mail, a wider charset than they say.
_WIDER = {
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "iso-8859-8-i": "iso-8859-8",
    "x-mac-cyrillic": "mac_cyrillic",
    "x-cp1251": "cp1251",
    "win-1251": "cp1251",
    "windows1251": "cp1251",
    "x-unknown": "",
    "unknown-8bit": "",
    "8bit": "",
    "binary": "",
    "default": "",
}
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_CYRILLIC = ("cp1251", "koi8_u", "cp866", "iso8859_5", "mac_cyrillic")
# One byte tells nothing in these, so they are believed first.
_NOT_BY_BYTES = ("utf-16", "utf-32", "utf-7", "iso2022", "hz")
_FREQUENT = frozenset("оеаинтсрвлкмдпуя")
_ENCODED_PAIR = re.compile(
    r"=\?([^?\s]+)\?([bBqQ])\?([^?]*)\?=[ \t\r\n]+=\?\1\?\2\?([^?]*)\?=", re.IGNORECASE
)


def decode_text(data: bytes, declared: str | None) -> tuple[str, bool]:
    """Return the text and whether the declared charset was right (or none was needed)."""
    text, is_as_declared = _decode(data, declared)
    return without_unusable(text), is_as_declared


def decode_html(data: bytes, declared: str | None = None) -> str:
    """Return HTML as text: by what the mail says, the byte order mark, the page's own words, or the bytes."""
    if declared is None and (meta := _META_CHARSET.search(data[:4096])):
        declared = meta.group(1).decode("ascii")
    return decode_text(data, declared)[0]


def _decode(data: bytes, declared: str | None) -> tuple[str, bool]:
    label = (declared or "").strip().strip("\"'").lower()
    codec = _codec(label)
    if codec is not None and codec.startswith(_NOT_BY_BYTES) and (text := _strict(data, codec)) is not None:
        return text, True
    if data.isascii():
        return data.decode("ascii"), codec is not None or not label
    text, is_as_declared = _decode_8bit(data, codec)
    return text, is_as_declared or not label


def _decode_8bit(data: bytes, codec: str | None) -> tuple[str, bool]:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace"), False
    if (text := _strict(data, "utf-8-sig")) is not None:
        # Text of another charset is almost never valid UTF-8 by chance.
        return text, codec == "utf-8"
    if codec == "utf-8":
        text = data.decode("utf-8", "replace")
        # A few bad bytes are damage, many are another charset.
        return (text if text.count("\ufffd") * 20 < len(text) else _guess(data)), False
    if codec is not None and not (codec == "cp1252" and _looks_cyrillic_mislabelled(data)):
        text = _strict(data, codec)
        if text is not None:
            return text, True
    return _guess(data), False


def _codec(label: str) -> str | None:
    label = _WIDER.get(label, label)
    if not label:
        return None
    try:
        info = codecs.lookup(label)
    except (LookupError, ValueError, UnicodeError):
        return None
    # rot13, zlib and the like are codecs too, but not charsets.
    is_charset: bool = getattr(info, "_is_text_encoding", True)
    return info.name if is_charset else None


def _strict(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, ValueError):
        return None


def _looks_cyrillic_mislabelled(data: bytes) -> bool:
    # Western text has few letters above 0x7F in a row; Russian text under a Western label is made of them.
    return bool(re.search(rb"[\x80-\xff]{4}", data)) and _cyrillic(data)[0] > 0.6


def _cyrillic(data: bytes) -> tuple[float, str]:
    """Return how Russian the best Cyrillic reading looks (0 to 1) and that reading."""
    best = (0.0, "")
    for codec in _CYRILLIC:
        text = data.decode(codec, "replace")
        foreign = [character for character in text if not character.isascii()]
        letters = sum(character in _FREQUENT for character in foreign)
        others = sum("а" <= character <= "я" or character in "ёіїєґ" for character in foreign) - letters
        jumps = len(re.findall(r"[а-яё][А-ЯЁ]", text))
        score = (letters + 0.4 * others - 2 * jumps) / max(1, len(foreign))
        if score > best[0]:
            best = (score, text)
    return best


def _guess(data: bytes) -> str:
    score, text = _cyrillic(data)
    if score > 0.45:
        return text
    match = from_bytes(data[:20_000]).best()
    if match is not None and (guessed := _strict(data, match.encoding)) is not None:
        return guessed
    return data.decode("cp1252", "replace")


def raw_text(value: str) -> str:
    """Return a header value whose 8-bit bytes the parser kept as surrogates, decoded as well as possible."""
    if value.isascii():
        return without_unusable(value)
    return decode_text(value.encode("utf-8", "surrogateescape"), None)[0]


def join_encoded_words(value: str) -> str:
    """Join neighbouring encoded words of one charset, because some mailers cut them inside a letter."""
    # Each pass joins pairs, so this is enough for a million words.
    for _ in range(20):
        joined = _ENCODED_PAIR.sub(_join_pair, value)
        if joined == value:
            break
        value = joined
    return value


def _join_pair(match: re.Match[str]) -> str:
    charset, encoding, first, second = match.groups()
    if encoding in "bB":
        try:
            both = _unpad(first) + _unpad(second)
        except (binascii.Error, ValueError):
            return match.group(0)
        return f"=?{charset}?{encoding}?{base64.b64encode(both).decode('ascii')}?="
    return f"=?{charset}?{encoding}?{first}{second}?="


def _unpad(part: str) -> bytes:
    part = part.strip().rstrip("=")
    return base64.b64decode(part + "=" * (-len(part) % 4))


def decode_words(value: str) -> str:
    """Return the text of an unstructured header: encoded words, cut letters, raw 8-bit bytes, folding."""
    value = raw_text(value)
    unfolded = re.sub(r"\r?\n(?=[ \t])|\r|\n", "", value)
    if "=?" not in unfolded:
        return " ".join(unfolded.split())
    try:
        parts = decode_header(unfolded)
    except (HeaderParseError, ValueError):
        return " ".join(unfolded.split())
    pieces = []
    for part, charset in parts:
        if isinstance(part, bytes):
            data = part if charset else part.decode("raw-unicode-escape").encode("utf-8")
            pieces.append(decode_text(data, charset or "utf-8")[0])
        else:
            pieces.append(part)
    return " ".join("".join(pieces).split())

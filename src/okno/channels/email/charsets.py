"""Bytes to text whatever the sender claims: declared, mislabelled, unlabelled and unknown charsets."""

import codecs
import re

import chardet

from okno.channels.email.cyrillic import CODECS as CYRILLIC_CODECS
from okno.channels.email.cyrillic import best_cyrillic, cyrillic_score
from okno.channels.email.east_asian import east_asian
from okno.lib.html_text import without_unusable

# Labels that Python does not know, or that mean, in the world's mail, a wider charset than they say.
_MEANT = {
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "ansi_x3.4-1968": "cp1252",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-6-i": "iso-8859-6",
    "utf8mb4": "utf-8",
    "utf-8-mac": "utf-8",
    "unicode": "utf-16",
    "ucs-2": "utf-16",
    "iso-10646-ucs-2": "utf-16",
    "unicode-1-1-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "unicode-2-0-utf-7": "utf-7",
    "csutf7": "utf-7",
    "x-utf-7": "utf-7",
    "x-utf-8": "utf-8",
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "cn-gb": "gb18030",
    "euc-cn": "gb18030",
    "hz-gb-2312": "hz",
    "x-hz": "hz",
    "big5": "cp950",
    "cn-big5": "cp950",
    "x-big5": "cp950",
    "big5-hkscs": "big5hkscs",
    "ks_c_5601": "cp949",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601-1989": "cp949",
    "ksc5601": "cp949",
    "ksc_5601": "cp949",
    "ks-c-5601": "cp949",
    "korean": "cp949",
    "euc-kr": "cp949",
    "euckr": "cp949",
    "uhc": "cp949",
    "x-euc-jp": "euc-jp",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "shiftjis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "ms_kanji": "cp932",
    "windows-31j": "cp932",
    "cswindows31j": "cp932",
    "iso-2022-jp": "iso2022_jp_ext",
    "csiso2022jp": "iso2022_jp_ext",
    "iso-2022-jp-ms": "iso2022_jp_ext",
    "cp50220": "iso2022_jp_ext",
    "cp50221": "iso2022_jp_ext",
    "cp50222": "iso2022_jp_ext",
    "macintosh": "mac_roman",
    "x-mac-ukrainian": "mac_cyrillic",
    "koi8": "koi8_r",
    "koi8-ru": "koi8_u",
    "koi": "koi8_r",
    "cp-866": "cp866",
    "ibm-866": "cp866",
    "dos-866": "cp866",
    "alt": "cp866",
    "x-windows-949": "cp949",
    "x-windows-874": "cp874",
}
# What means nothing: the writer did not know either.
_MEANINGLESS = frozenset(
    {
        "",
        "x-unknown",
        "unknown",
        "unknown-8bit",
        "8bit",
        "7bit",
        "binary",
        "default",
        "x-user-defined",
        "none",
    }
)
_WINDOWS = re.compile(r"(?:x-)?(?:cp|win|windows|ms|x-cp|cswindows)[-_ ]?(125\d|874|932|936|949|950|866)")
_ISO = re.compile(r"(?:x-)?(?:iso|latin)[-_ ]?8859[-_ ]?(\d{1,2})(?:-[ie])?")
# Codecs of Python that are no charsets of mail, or that read any bytes as something.
_FOREIGN = ("raw_unicode", "unicode_escape", "idna", "punycode", "undefined", "mbcs", "oem", "palmos")
# One byte tells nothing in these, so they are believed first.
_NOT_BY_BYTES = ("utf-16", "utf-32", "utf-7", "iso2022", "hz")
_CYRILLIC_NAMES = frozenset(codecs.lookup(codec).name for codec in CYRILLIC_CODECS)
_WESTERN = frozenset({"cp1252", "latin_1", "iso8859-1", "iso8859-15", "mac-roman", "cp850", "cp437"})
_MULTIBYTE = frozenset(
    {"gb18030", "cp949", "cp932", "cp950", "big5hkscs", "euc_jp", "johab", "gb2312", "gbk"}
)
_LATER_FORMS = {"cp950": "big5hkscs", "cp932": "shift_jis_2004", "euc_jp": "euc_jis_2004"}
_ESCAPES = re.compile(rb"\x1b\$[@B]|\x1b\$\([DC]|\x1b\$\)C|\x1b\(J")
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_XML_CHARSET = re.compile(rb"\s*<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.:-]{2,40})", re.IGNORECASE)
_HIGH = re.compile(rb"[\x80-\xff]")
_HIGH_RUN = re.compile(rb"[\x80-\xff]{3,}")
_JAPANESE_PART = re.compile(rb"\x1b(\$[@B]|\([BJI]|\$\([DQ])([^\x1b]*)")

# The detector knows charsets of mainframes and of DOS too, in which nobody writes mail.
_GUESSABLE = (
    "windows-125",
    "iso-8859-",
    "cp874",
    "cp932",
    "cp949",
    "gb18030",
    "big5",
    "euc-",
    "koi8",
    "utf-",
    "mac",
)

_CERTAIN_SCORE = 5.0
_BETTER_BY = 2.0
_CERTAIN_GUESS = 0.12
_GUESSED_BYTES = 20_000


def decode_text(data: bytes, declared: str | None) -> tuple[str, bool]:
    """Return the text and whether the declared charset was right (or none was needed)."""
    text, is_as_declared = _decode(data, declared)
    return without_unusable(text.removeprefix("\ufeff")), is_as_declared


def decode_html(data: bytes) -> str:
    """Return an HTML page as text: by the byte order mark, its own words, or the bytes."""
    return decode_text(data, html_charset(data))[0]


def html_charset(data: bytes) -> str | None:
    """Return the charset that an HTML page names itself, or None."""
    found = _META_CHARSET.search(data[:4096]) or _XML_CHARSET.match(data[:200])
    return found.group(1).decode("ascii") if found else None


def _decode(data: bytes, declared: str | None) -> tuple[str, bool]:
    label = re.sub(r"[\s\"'<>;]+", "", (declared or "").lower()).removeprefix("charset=")[:60]
    codec = _codec(label)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and b"\0" in data:
        return data.decode("utf-16", "replace"), codec is not None and codec.startswith("utf-16")
    if codec is not None and codec.startswith(_NOT_BY_BYTES):
        text = _stateful(data, codec)
        if text is not None:
            return text, True
        codec = None
    if _ESCAPES.search(data) and (escaped := _escaped(data)) is not None:
        return escaped, False
    if data.isascii():
        return data.decode("ascii"), codec is not None or label in _MEANINGLESS
    text, is_as_declared = _decode_8bit(data, codec)
    return text, is_as_declared or label in _MEANINGLESS


def _codec(label: str) -> str | None:
    if label in _MEANINGLESS:
        return None
    if found := _WINDOWS.fullmatch(label):
        label = f"cp{found.group(1)}"
    elif found := _ISO.fullmatch(label):
        label = f"iso-8859-{found.group(1)}"
    elif label.startswith("x-mac-"):
        label = "mac_" + label.removeprefix("x-mac-")
    label = _MEANT.get(label, _MEANT.get(label.replace("_", "-"), label))
    try:
        info = codecs.lookup(label)
    except (LookupError, ValueError, UnicodeError):
        return None
    # rot13, zlib and the like are codecs too, but not charsets.
    is_charset: bool = getattr(info, "_is_text_encoding", True)
    return info.name if is_charset and not info.name.replace("-", "_").startswith(_FOREIGN) else None


def _strict(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, ValueError):
        return None


def _stateful(data: bytes, codec: str) -> str | None:
    """Return text of a charset that shifts or has wide units, or None if it cannot be that."""
    if codec.startswith("iso2022_jp"):
        return _escaped(data)
    if codec in {"utf-16", "utf-32"} and b"\0" not in data:
        # Somebody has turned it into bytes on the way and left the label.
        return None
    if codec == "utf-16" and not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _strict(data, "utf-16-le" if data[1::2].count(0) >= data[::2].count(0) else "utf-16-be")
    return _strict(data, codec)


def _escaped(data: bytes) -> str | None:
    """Return text in ISO-2022-JP or -KR, with the letters that the industry added to them."""
    if b"\x1b$)C" in data:
        return _strict(data, "iso2022_kr")
    for codec in ("iso2022_jp_2", "iso2022_jp_ext"):
        if (text := _strict(data, codec)) is not None:
            return text
    if not data.isascii():
        return None
    head, *_ = data.partition(b"\x1b")
    parts = [head.decode("ascii")]
    for mark, content in _JAPANESE_PART.findall(data):
        parts.append(_japanese(content) if mark in {b"$B", b"$@"} else content.decode("ascii"))
    return "".join(parts)


def _japanese(content: bytes) -> str:
    """Return the text of JIS X 0208 codes, by way of Shift JIS, which knows the added rows."""
    shifted = bytearray()
    for first, second in zip(content[::2], content[1::2], strict=False):
        row = (first - 0x21) // 2 + 0x81
        row += 0x40 if row > 0x9F else 0
        cell = second + (0x1F if second < 0x60 else 0x20) if first & 1 else second + 0x7E
        shifted += bytes([row & 0xFF, cell & 0xFF])
    return shifted.decode("cp932", "replace")


def _decode_8bit(data: bytes, codec: str | None) -> tuple[str, bool]:
    if (text := _as_utf8(data, codec)) is not None:
        # Text of another charset is almost never valid UTF-8 by chance.
        return text, codec == "utf-8"
    if codec == "utf-8":
        text = data.decode("utf-8", "replace")
        # A few bad bytes are damage, many are another charset.
        letters = sum(character > "\x7f" for character in text)
        bad = text.count("\ufffd")
        return (text if bad * 4 <= letters - bad else _guess(data)), False
    return (_guess(data), False) if codec is None else _by_label(data, codec)


def _by_label(data: bytes, codec: str) -> tuple[str, bool]:
    if codec in _CYRILLIC_NAMES or codec.startswith("koi8"):
        return _cyrillic(data, codec)
    text = _strict(data, codec)
    if codec in _WESTERN:
        return _western(data, text)
    if text is None and codec in _LATER_FORMS:
        text = _strict(data, _LATER_FORMS[codec])
    if text is not None:
        return text, True
    text = data.decode(codec, "replace")
    foreign = sum(character > "\x7f" for character in text)
    return (text if text.count("\ufffd") * 10 <= foreign else _guess(data)), False


def _as_utf8(data: bytes, codec: str | None) -> str | None:
    text = _strict(data, "utf-8")
    if text is None:
        # The last letter may be cut off where somebody shortened the text.
        cut = next((length for length in range(1, min(4, len(data))) if data[-length] >= 0xC0), 0)
        text = _strict(data[:-cut], "utf-8") if cut else None
        if text is None or text.isascii():
            return None
    if codec in _MULTIBYTE and sum(character > "\x7f" for character in text) < 3:
        return None
    return text


def _western(data: bytes, text: str | None) -> tuple[str, bool]:
    # Western text has few letters above 0x7F in a row; other text under a Western label is made of them.
    high, in_runs = len(_HIGH.findall(data)), sum(map(len, _HIGH_RUN.findall(data)))
    if in_runs >= 6 and len(set(_HIGH.findall(data[:4000]))) >= 5:
        guessed = _guess_by_letters(data) if in_runs * 5 >= high * 3 else east_asian(data)
        if guessed is not None:
            return guessed, False
    return (data.decode("cp1252", "replace") if text is None else text), True


def _cyrillic(data: bytes, codec: str) -> tuple[str, bool]:
    text = data.decode(codec, "replace")
    score, best = best_cyrillic(data)
    has_other = score > _CERTAIN_SCORE and score > cyrillic_score(text[:4000]) + _BETTER_BY
    if has_other and len(_HIGH.findall(data)) >= 4 and codecs.lookup(best).name != codec:
        return data.decode(best, "replace"), False
    if codec == "koi8-r":
        # Ukrainian was often called so; it has letters where the Russian charset has lines for tables.
        ukrainian = data.decode("koi8_u")
        if cyrillic_score(ukrainian[:4000]) > cyrillic_score(text[:4000]):
            text = ukrainian
    return text, True


def _guess_by_letters(data: bytes) -> str | None:
    """Return text in Cyrillic or of East Asia if the bytes speak for it, else None."""
    score, codec = best_cyrillic(data)
    if score > _CERTAIN_SCORE + 1:
        return data.decode(codec, "replace")
    if (text := east_asian(data)) is not None:
        return text
    return data.decode(codec, "replace") if score > _CERTAIN_SCORE else None


def _guess(data: bytes) -> str:
    if (text := _guess_by_letters(data)) is not None:
        return text
    found = chardet.detect(data[:_GUESSED_BYTES])
    name, confidence = found["encoding"], found["confidence"] or 0.0
    is_usual = name is not None and name.lower().startswith(_GUESSABLE) and confidence >= _CERTAIN_GUESS
    if name and is_usual and (text := _strict(data, name)) is not None:
        return text
    return data.decode("cp1252", "replace")

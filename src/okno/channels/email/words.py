"""Header text: encoded words (RFC 2047) as the world writes them, raw 8-bit bytes, folding."""

import base64
import binascii
import re
from dataclasses import dataclass

from okno.channels.email.charsets import decode_text
from okno.lib.html_text import without_unusable

# A word may lack its end, hold spaces, be cut by folding, or stand within quotes or other letters. In Q a
# question mark before an encoded byte is not yet the end.
_WORD = re.compile(
    r"=\?\s*(?P<charset>[^?*\s]{1,60})(?:\*[^?\s]{0,20})?\s*\?"
    r"(?:(?P<b>[bB])\s*\?(?P<b_text>[^?]{0,20000})(?:\?=|\?$|$)"
    r"|(?P<q>[qQ])\s*\?(?P<q_text>(?:[^?=\n]++|=(?!\?)|\?(?!=(?![0-9A-F]{2})))*+)(?:\?=|\s*(?==\?)|\s*\??$))"
)
_FOLD = re.compile(r"(?<![ \t])[ \t]*+(?:\r?\n[ \t]+)+|[\r\n]+")
_QUOTED_BYTE = re.compile(rb"=([0-9A-Fa-f]{2})")
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/=]+")


@dataclass(slots=True)
class _Word:
    charset: str
    is_base64: bool
    payload: str


def raw_text(value: str) -> str:
    """Return a header value whose 8-bit bytes the parser kept as surrogates, decoded as well as possible."""
    if value.isascii() and "\x1b" not in value:
        return without_unusable(value)
    return decode_text(value.encode("utf-8", "surrogateescape"), None)[0]


def decode_words(value: str) -> str:
    """Return the text of an unstructured header on one line; a fold is one space, other spaces are kept."""
    unfolded = _FOLD.sub(" ", raw_text(value).strip())
    return re.sub(r"[\s\x00-\x1f]", " ", decode_inner_words(unfolded)).strip()


def decode_inner_words(text: str) -> str:
    """Return text with the encoded words in it decoded; what stands around them is left as it is."""
    if "=?" not in text:
        return text
    pieces: list[str] = []
    waiting: list[_Word] = []
    position = 0
    for found in _WORD.finditer(text):
        between = text[position : found.start()]
        if between.strip() or not waiting:
            pieces += [_decode_run(waiting), between]
            waiting = []
        position = found.end()
        is_base64 = found["b"] is not None
        waiting.append(_Word(found["charset"], is_base64, found["b_text"] if is_base64 else found["q_text"]))
    return without_unusable("".join([*pieces, _decode_run(waiting), text[position:]]))


def _decode_run(words: list[_Word]) -> str:
    """Return the text of neighbours; words of one charset belong together, as mailers cut them inside letters."""
    result = ""
    start = 0
    for end in range(1, len(words) + 1):
        if end == len(words) or words[end].charset.lower() != words[start].charset.lower():
            result += _decode_same_charset(words[start:end])
            start = end
    return result


def _decode_same_charset(words: list[_Word]) -> str:
    charset = words[0].charset
    if all(word.is_base64 for word in words) and len(words) > 1:
        payloads = [_NOT_BASE64.sub("", word.payload) for word in words]
        if any(len(payload) % 4 for payload in payloads[:-1]) and not any(
            "=" in word for word in payloads[:-1]
        ):
            # The encoded text itself was cut, not the words before they were encoded.
            text, is_as_declared = decode_text(_from_base64("".join(payloads)), charset)
            if is_as_declared:
                return text
    return decode_text(b"".join(_bytes_of(word) for word in words), charset)[0]


def _bytes_of(word: _Word) -> bytes:
    if word.is_base64:
        return _from_base64(_NOT_BASE64.sub("", word.payload))
    data = word.payload.replace("_", " ").encode("utf-8")
    return _QUOTED_BYTE.sub(lambda found: bytes([int(found[1], 16)]), data)


def _from_base64(payload: str) -> bytes:
    """Return the bytes of clean base64, whose padding may be missing or stand within."""
    data = b""
    for part in re.findall(r"[^=]+", payload):
        whole = part[:-1] if len(part) % 4 == 1 else part
        try:
            data += base64.b64decode(whole + "=" * (-len(whole) % 4))
        except (binascii.Error, ValueError):
            continue
    return data

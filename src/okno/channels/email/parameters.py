"""Values with parameters (Content-Type, Content-Disposition) by RFC 2045 and 2231, and as they are really written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import unquote_to_bytes

from okno.channels.email.charsets import decode_text
from okno.channels.email.words import decode_words, raw_text

_MAX_LENGTH = 20_000
_MAX_PARAMETERS = 500
_MAIN = re.compile(r"\s*[\"']?([^\s;,=\"']*)[\"']?")
_NEXT_NAME = re.compile(r"(?<!\s)\s++(?=[\w.-]{1,40}(?:\*\d{0,3}\*?)?=(?!\?)[^\s=]|\([^()]{0,200}\)\s*$)")
_CLOSED = re.compile(r'"\s*(?:;|$)')
_SECTION = re.compile(r"(?P<name>[^*]+)\*(?:(?P<number>\d{1,4})(?P<is_extended>\*)?)?")
_MIME_TYPE = re.compile(r"\s*([a-z0-9!#$&^_.+-]{1,100})\s*/\s*([a-z0-9!#$&^_.+-]{1,100})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Value:
    """Hold a header value taken apart; names are in lower case, values are decoded."""

    main: str
    parameters: dict[str, str] = field(default_factory=dict)


def read_value(header: str) -> Value:
    """Return a header value and its parameters; where one is given twice, RFC 2231 wins over the plain form."""
    header = re.sub(r"[\r\n\0]", " ", re.sub(r"\r?\n(?=[ \t])", "", header[:_MAX_LENGTH]))
    main = _MAIN.match(header)
    plain: dict[str, str] = {}
    sections: dict[str, dict[int, tuple[str, bool]]] = {}
    # Some forget the semicolon after the type.
    for name, text in islice(_pairs(header, main.end() if main else 0), _MAX_PARAMETERS):
        section = _SECTION.fullmatch(name)
        if section is None:
            plain.setdefault(name, text)
            continue
        number = int(section["number"] or 0)
        is_extended = section["number"] is None or section["is_extended"] is not None
        sections.setdefault(section["name"], {}).setdefault(number, (text, is_extended))
    values = {name: decode_words(text) for name, text in plain.items()}
    values |= {name: joined for name, parts in sections.items() if (joined := _join(parts))}
    return Value(main.group(1).lower() if main else "", values)


def _pairs(text: str, position: int) -> Iterator[tuple[str, str]]:
    """Yield names in lower case and values without their quotes, in linear time."""
    while (equals := text.find("=", position)) >= 0:
        name = text[position:equals].rpartition(";")[2].strip(' \t,"').lower()
        start = equals + 1 + len(text[equals + 1 :]) - len(text[equals + 1 :].lstrip())
        is_quoted = text.startswith('"', start)
        end = _end_of_quoted(text, start + 1) if is_quoted else _end_of_bare(text, start)
        value = text[start + is_quoted : end]
        position = end + is_quoted
        if name and not name.startswith("*"):
            # A backslash before a letter is a folder of Windows, not an escape.
            yield name, re.sub(r'\\(["\\])', r"\1", value) if is_quoted else value.strip().strip('"')


def _end_of_bare(text: str, start: int) -> int:
    """Return where a value without quotes ends; the next parameter may follow without a semicolon."""
    end = _find(text, ";", start)
    following = _NEXT_NAME.search(text, start, end)
    return following.start() if following else end


def _end_of_quoted(text: str, start: int) -> int:
    """Return where the closing quote stands; quotes within that are not escaped are passed over."""
    end = start
    while (end := text.find('"', end)) >= 0:
        escapes = len(text[start:end]) - len(text[start:end].rstrip("\\"))
        follows = text[end + 1 : end + 200].lstrip()
        if escapes % 2 == 0 and (not follows or follows[0] == ";" or re.match(r"[\w*-]+\s*=", follows)):
            return end
        end += 1
    closing = _CLOSED.search(text, start)
    return closing.start() if closing else _find(text, ";", start)


def _find(text: str, sought: str, start: int) -> int:
    found = text.find(sought, start)
    return len(text) if found < 0 else found


def _join(parts: dict[int, tuple[str, bool]]) -> str:
    """Return the text of RFC 2231 sections, in the order of their numbers, whatever the order of the header."""
    charset: str | None = None
    data = encoded = b""
    for number, position in enumerate(sorted(parts)):
        text, is_extended = parts[position]
        if is_extended and number == 0 and text.count("'") >= 2:
            charset, _language, text = text.split("'", 2)
        raw = text.encode("utf-8", "surrogateescape")
        if is_extended:
            # Some cut the sections within an encoded byte.
            encoded += raw
        else:
            data += unquote_to_bytes(encoded) + raw
            encoded = b""
    data += unquote_to_bytes(encoded)
    text = decode_text(data, charset or None)[0]
    # Some mailers put encoded words into the sections all the same.
    return decode_words(text) if "=?" in text else raw_text(text)


def mime_type(header: str | None) -> str:
    """Return the type in lower case, or an empty text if there is none that could be believed."""
    found = _MIME_TYPE.match(header or "")
    return f"{found[1]}/{found[2]}".lower() if found else ""

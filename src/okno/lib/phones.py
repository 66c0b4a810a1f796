"""The one reader and writer of phone numbers: stored as E.164, typed and shown as people are used to."""

from __future__ import annotations

import re
import unicodedata

RUSSIA = "7"
MAX_DIGITS = 15  # ITU-T E.164, 6.2.1, with the country code
EXTENSION_DIGITS = range(3, 7)

# What people write between digits; dashes come in many kinds.
_BETWEEN = re.compile(r"[\s().\-‐‑‒–—−/\u200b-\u200f\u202a-\u202e\u2066-\u2069]+")
_EXTENSION = re.compile(r"(?:[,;#]+|\b(?:ext|extension|x|доб|добавочный|вн)\b\.?)\s*\d*\s*$", re.IGNORECASE)
_SCHEME = re.compile(r"^(?:tel|callto|тел|phone|т|моб)\b[.:]?\s*", re.IGNORECASE)


class InvalidPhone(ValueError):
    """Say that a text is not a phone number that can be called."""


def normalise_phone(text: str, *, country: str = "") -> str:
    """Return a number in the one form that is stored and compared: `+79123456789`, or the digits of an inner number.

    `8 912 …` and `7 912 …` are Russian however they are written. `country` is the calling code at home: with it a
    number without any prefix is one from there. What is dialled after a connection (ext. 12) is left out.
    Raises InvalidPhone.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    text = _EXTENSION.sub("", _SCHEME.sub("", text))
    bare = _BETWEEN.sub("", text)
    is_international = bare.startswith(("+", "00"))
    digits = bare.removeprefix("+").removeprefix("00") if is_international else bare
    if not digits.isdecimal() or not digits.isascii():
        raise InvalidPhone("not a number")
    return _international(digits) if is_international else _national(digits, country)


def phone_beginning(text: str) -> str:
    """Return what a stored number begins with if somebody has typed so much of it; empty if that is no number."""
    bare = _BETWEEN.sub("", unicodedata.normalize("NFKC", text))
    digits = bare.removeprefix("+")
    if not digits.isdecimal() or not digits.isascii() or len(digits) > MAX_DIGITS:
        return ""
    if bare.startswith("+"):
        return f"+{digits}"
    if len(digits) in EXTENSION_DIGITS and digits[0] not in "78":
        return digits
    return f"+{RUSSIA}{digits[1:]}" if digits[0] == "8" else f"+{digits}"


def shown_phone(value: str) -> str:
    """Return a stored number as it is read out: `+7 912 345-67-89`, `+1 202 555-0142`; others as they are."""
    if len(value) == 12 and value.startswith(f"+{RUSSIA}"):
        return f"+7 {value[2:5]} {value[5:8]}-{value[8:10]}-{value[10:]}"
    if len(value) == 12 and value.startswith("+1"):
        return f"+1 {value[2:5]} {value[5:8]}-{value[8:]}"
    return value


def _international(digits: str) -> str:
    # No country's code begins with a zero.
    if not 7 <= len(digits) <= MAX_DIGITS or digits[0] == "0":
        raise InvalidPhone("not an international number")
    return f"+{digits}"


def _national(digits: str, country: str) -> str:
    if len(digits) in EXTENSION_DIGITS:
        return digits
    if len(digits) == 11 and digits[0] in "78":
        return f"+{RUSSIA}{digits[1:]}"
    if len(digits) == 10 and country == RUSSIA:
        return f"+{RUSSIA}{digits}"
    if digits[0] == "0" and country and country != RUSSIA:
        return _international(country + digits.lstrip("0"))
    if len(digits) < 11:
        raise InvalidPhone("without its country")
    return _international(digits)

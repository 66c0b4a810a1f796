"""Whether the two forms of one mail say the same: some senders show people one thing and programs another."""

import re
from html import unescape

_TAG = re.compile(r"<[^<>]*>")
_WORD = re.compile(r"[^\W\d_]{4,}")
# Below this a text is a stub ("This mail is best viewed as HTML") or too little to compare.
_FEWEST_WORDS = 20
_LEAST_SHARED = 0.25
_MAX_LENGTH = 200_000


def texts_differ(text: str, html: str) -> bool:
    """Tell whether plain text and HTML of one mail have hardly a word in common. Takes linear time."""
    plain = _words(text)
    shown = _words(unescape(_TAG.sub(" ", html[:_MAX_LENGTH])))
    fewer = min(len(plain), len(shown))
    return fewer >= _FEWEST_WORDS and len(plain & shown) < _LEAST_SHARED * fewer


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text[:_MAX_LENGTH].lower()))

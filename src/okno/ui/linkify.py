"""Addresses in plain text become links; everything else is escaped."""

from __future__ import annotations

import re
from html import escape

from django.utils.safestring import SafeString, mark_safe

# No quantifier may match what the next one could: text from outside must not cost more than its length.
_LINK = re.compile(r"https?://[^\s<>\"'`\\^{}|\x00-\x20]{1,2000}", re.IGNORECASE)
_AFTER_WORDS = ".,;:!?»”’…"
_PAIRS = {")": "(", "]": "["}


def linked(text: str) -> SafeString:
    """Return a text as HTML in which its web addresses are links that tell the other side nothing."""
    parts: list[str] = []
    done = 0
    for found in _LINK.finditer(text):
        address = _without_tail(found.group())
        parts.append(escape(text[done : found.start()]))
        shown = escape(address)
        parts.append(
            f'<a class="link" href="{shown}" target="_blank" rel="noopener noreferrer nofollow">{shown}</a>'
        )
        done = found.start() + len(address)
    parts.append(escape(text[done:]))
    return mark_safe("".join(parts))  # noqa: S308 - every part is escaped


def _without_tail(address: str) -> str:
    """Return an address without the signs that end the sentence around it."""
    while address:
        last = address[-1]
        is_unpaired = last in _PAIRS and address.count(last) > address.count(_PAIRS[last])
        if last not in _AFTER_WORDS and not is_unpaired:
            return address
        address = address[:-1]
    return address

"""Writes the words of the document, in which `code` stands between backticks."""

from __future__ import annotations

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def with_code(words: str) -> SafeString:
    """Return words as HTML, with what stands between backticks as code."""
    parts = str(words).split("`")
    pieces = [
        format_html('<code class="mono">{}</code>' if index % 2 else "{}", part)
        for index, part in enumerate(parts)
    ]
    return format_html_join("", "{}", ((piece,) for piece in pieces))

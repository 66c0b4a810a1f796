"""The own words of a whole mail, whose text and HTML say the same: what one form shows, the other takes over."""

from collections import Counter
from dataclasses import dataclass

from okno.channels.email.own_words.lines import Split
from okno.channels.email.own_words.markup import split_html
from okno.channels.email.own_words.plain import split_text
from okno.lib.html_text import html_to_text
from okno.lib.sanitize import sanitize_html


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnWords:
    """Hold the parts of a mail in both forms; the HTML is sanitised, and None where the mail has none."""

    reply_text: str
    signature: str | None
    quoted_text: str
    reply_html: str | None = None
    quoted_html: str | None = None
    """All that is folded: the signature, then what is quoted. None if the HTML is shown whole."""


def read_own_words(text: str, html: str | None, *, cleaned: str | None, is_text_derived: bool) -> OwnWords:
    """Tell the sender's own words apart; `cleaned` is the HTML once it is sanitised.

    `is_text_derived` says that the text was read from the HTML. Raises HtmlTooDeep.
    """
    plain = split_text(text)
    if html is None:
        return _read(plain)
    marked = split_html(html)
    if not marked.is_folded:
        return _read(plain, reply_html=cleaned)
    if is_text_derived:
        plain = _read_anew(plain, marked)
    else:
        plain = _with_signature(_with_quotation(plain, text, marked), marked)
    return _read(
        plain,
        reply_html=sanitize_html(marked.own),
        quoted_html=sanitize_html("\n".join(part for part in (marked.signature, marked.quoted) if part)),
    )


def _read(plain: Split, *, reply_html: str | None = None, quoted_html: str | None = None) -> OwnWords:
    return OwnWords(
        reply_text=plain.own.strip(),
        signature=plain.signature or None,
        quoted_text=plain.quoted,
        reply_html=reply_html,
        quoted_html=quoted_html,
    )


def _read_anew(plain: Split, marked: Split) -> Split:
    """Return the parts as text; what was found in the text already is the same for most mail, and costs nothing."""
    own = html_to_text(marked.own)
    return plain if plain.is_folded and plain.own.split() == own.split() else _as_text(marked)


def _as_text(marked: Split) -> Split:
    return Split(html_to_text(marked.own), html_to_text(marked.signature), html_to_text(marked.quoted))


def _with_quotation(plain: Split, text: str, marked: Split) -> Split:
    """Take over a quotation that only the HTML marks, if its own words are words of the text."""
    if plain.quoted or not marked.quoted:
        return plain
    found = _as_text(marked)
    is_same = not Counter(found.own.split()) - Counter(text.split())
    return found if is_same and found.own else plain


def _with_signature(plain: Split, marked: Split) -> Split:
    """Take over a signature that only the HTML marks, if the own words of the text end with it."""
    if plain.signature or not marked.signature:
        return plain
    wanted = html_to_text(marked.signature).split()
    lines = plain.own.rstrip().split("\n")
    begin = len(lines)
    found: list[str] = []
    while begin > 0 and len(found) < len(wanted):
        begin -= 1
        found = lines[begin].split() + found
    own = "\n".join(lines[:begin]).rstrip()
    if not wanted or not own or found != wanted:
        return plain
    return Split(own, "\n".join(lines[begin:]).strip(), plain.quoted)

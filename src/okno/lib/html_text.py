"""HTML to readable plain text, and the measure of how deep HTML nests."""

import re

from inscriptis import get_text
from inscriptis.css_profiles import STRICT_CSS_PROFILE
from inscriptis.html_properties import Display
from inscriptis.model.config import ParserConfig
from inscriptis.model.html_element import HtmlElement

MAX_DEPTH = 200
MAX_HTML_LENGTH = 8_000_000

_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]{0,40})")
_VOID_NAMES = "area base br col embed hr img input link meta param source track wbr"
_VOID = frozenset(_VOID_NAMES.split())
# Their end tags may be left out, so counting them would take an old flat page for a deep one.
_IMPLIED_NAMES = "p li dt dd tr td th thead tbody tfoot colgroup option optgroup"
_IMPLIED = frozenset(_IMPLIED_NAMES.split())
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*){2,}")
# What the profile leaves out begins and ends a line all the same; spans and divisions add no blanks of their own,
# for they stand within words and nest deeply.
_BLOCK_NAMES = (
    "caption center dd details dialog dir dl dt fieldset form hr legend menu search section summary"
)
_CSS = STRICT_CSS_PROFILE | {name: HtmlElement(display=Display.block) for name in _BLOCK_NAMES.split()}
_CONFIG = ParserConfig(css=_CSS, display_links=False, display_anchors=False)
_DOCUMENT_TAG = re.compile(r"<(?:/?(?:html|body)(?![\w:-])|!doctype|\?xml)[^<>]{0,5000}>", re.IGNORECASE)
_UNUSABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class HtmlTooDeep(ValueError):
    """Say that HTML nests deeper than any honest page, or is larger: parsers take minutes for it."""


def nesting_depth(html: str) -> int:
    """Return an upper estimate of how deep the elements nest, in linear time."""
    depth = deepest = 0
    for closing, spelled in _TAG.findall(html):
        name = spelled.lower()
        if name in _VOID or name in _IMPLIED:
            continue
        if closing:
            depth = max(0, depth - 1)
        else:
            depth += 1
            deepest = max(deepest, depth)
    return deepest


def refuse_too_deep(html: str) -> None:
    """Raise HtmlTooDeep for HTML that must not reach a tree-building parser."""
    if len(html) > MAX_HTML_LENGTH:
        raise HtmlTooDeep(f"{len(html)} characters")
    if (depth := nesting_depth(html)) >= MAX_DEPTH:
        raise HtmlTooDeep(f"{depth} levels")


def without_unusable(text: str) -> str:
    """Return text without the characters that XML, PostgreSQL or UTF-8 refuse."""
    return _UNUSABLE.sub("", text)


def as_one_document(html: str) -> str:
    """Return HTML in which nothing ends the document: parsers take no notice of what stands behind its end.

    Lists and scanners append their lines there, and a mail may have several parts of HTML.
    """
    return _DOCUMENT_TAG.sub("", html)


def html_to_text(html: str) -> str:
    """Return the text of HTML as a person would read it, or raise HtmlTooDeep."""
    refuse_too_deep(html)
    text = get_text(as_one_document(without_unusable(html)), _CONFIG)
    lines = "\n".join(line.rstrip() for line in text.replace("\xa0", " ").splitlines())
    return _BLANK_LINES.sub("\n\n", lines).strip()

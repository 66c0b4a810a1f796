"""The quoted part of HTML mail, found by the marks that mail programs leave."""

import re
from html import escape
from typing import Any

import lxml.etree
import lxml.html

from okno.channels.email.quoted import Split, split_text
from okno.lib.html_text import without_unusable

_CONTAINERS = (
    "//blockquote[@type='cite' or contains(@class, 'gmail_quote')]",
    "//div[contains(concat(' ', @class, ' '), ' gmail_quote ') or contains(@class, 'gmail_quote_container')]",
    "//div[contains(@class, 'yahoo_quoted') or contains(@class, 'protonmail_quote')]",
    "//div[contains(@class, 'moz-cite-prefix')]/following-sibling::blockquote[1]",
    "//div[@id='mail-quote' or contains(@class, 'js-helper') or contains(@class, 'ya-quote')]/blockquote",
)
_SEPARATORS = (
    "//*[@id='divRplyFwdMsg' or @id='appendonsend' or @id='x_divRplyFwdMsg' or @id='stopSpelling']",
    "//div[contains(@style, 'border-top:solid #') or contains(@style, 'border-top: 1pt solid')]",
)
_HEADER_BLOCK = re.compile(r"\s*(?:from|от|von|de)\s*:", re.IGNORECASE)
_ATTRIBUTION_LENGTH = 400


def split_html(html: str) -> Split:
    """Split HTML into the sender's own part and the quoted part; expects HTML that is not too deep."""
    tree = _parse(html)
    if tree is None:
        return Split(html, "")
    for path in _CONTAINERS:
        found = tree.xpath(path)
        if found:
            return _split_container(html, tree, found)
    for path in _SEPARATORS:
        for element in tree.xpath(path):
            if element.get("style") is None or _HEADER_BLOCK.match(element.text_content()):
                return _split_at(html, _index(tree, element))
    return Split(html, "")


def _parse(html: str) -> Any | None:
    html = re.sub(r"^\s*<\?xml[^>]*>", "", without_unusable(html))
    try:
        return lxml.html.document_fromstring(html) if html.strip() else None
    except (lxml.etree.LxmlError, ValueError):
        return None


def _split_container(html: str, tree: Any, found: list[Any]) -> Split:
    outer = [element for element in found if not any(other in found for other in element.iterancestors())]
    if len(outer) > 1:
        # Answers between quotations belong together.
        return Split(html, "")
    element = outer[0]
    quoted = lxml.html.tostring(element, encoding="unicode", with_tail=False)
    attribution = _attribution(element)
    if attribution is not None:
        quoted = lxml.html.tostring(attribution, encoding="unicode", with_tail=False) + quoted
        attribution.drop_tree()
    element.drop_tree()
    return _if_something_is_left(html, tree, quoted)


def _attribution(element: Any) -> Any | None:
    """Return the short block before a quotation that says who wrote it and when."""
    before = element.getprevious()
    while before is not None and isinstance(before.tag, str) and before.tag == "br":
        before = before.getprevious()
    if before is None or not isinstance(before.tag, str) or (before.tail and before.tail.strip()):
        return None
    text = " ".join(before.text_content().split())
    is_intro = (
        len(text) < _ATTRIBUTION_LENGTH and text.endswith(":") and split_text(f"x\n{text}\n> x").own == "x"
    )
    return before if is_intro else None


def _index(tree: Any, element: Any) -> int:
    return next(number for number, other in enumerate(tree.iter()) if other is element)


def _split_at(html: str, index: int) -> Split:
    own_tree, quoted_tree = _parse(html), _parse(html)
    if own_tree is None or quoted_tree is None:
        return Split(html, "")
    _drop_from(list(own_tree.iter())[index])
    _drop_before(list(quoted_tree.iter())[index])
    return _if_something_is_left(html, own_tree, _body(quoted_tree))


def _drop_from(element: Any) -> None:
    doomed = [element, *element.itersiblings()]
    for ancestor in element.iterancestors():
        if ancestor.tag in {"body", "html"}:
            break
        doomed.extend(ancestor.itersiblings())
        ancestor.tail = None
    for other in doomed:
        parent = other.getparent()
        if parent is not None:
            other.tail = None
            parent.remove(other)


def _drop_before(element: Any) -> None:
    current = element
    while (parent := current.getparent()) is not None and current.tag != "body":
        parent.text = None
        for other in list(current.itersiblings(preceding=True)):
            parent.remove(other)
        current = parent


def _body(tree: Any) -> str:
    body = tree.find("body")
    shown = tree if body is None else body
    return escape(shown.text or "") + "".join(
        lxml.html.tostring(child, encoding="unicode") for child in shown
    )


def _if_something_is_left(html: str, own_tree: Any, quoted: str) -> Split:
    body = own_tree.find("body")
    shown = own_tree if body is None else body
    if not shown.text_content().strip() and not shown.xpath(".//img"):
        return Split(html, "")
    return Split(_body(own_tree), quoted)

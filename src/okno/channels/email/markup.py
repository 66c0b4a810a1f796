"""The markup of texts that people write for mail: a little Markdown, and placeholders without any logic.

A text is read once, without the values; then each value is put in as text, escaped, at the place of its placeholder.
So nothing that a value holds can become markup, a link or another placeholder. Where there is nothing to say, nothing
is said: a paragraph whose placeholders are all empty is left out, with the line before it that ends in a colon. A
paragraph of links with placeholders as their addresses becomes buttons.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

PLACEHOLDER = re.compile(r"\{\s*([^\W\d_]\w{0,30})\s*\}")
LINKS = frozenset({"link", "solved", "problem"})
"""Placeholders whose values are addresses of ours; no other value ever becomes a link."""
LINK_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_RULES = ["emphasis", "link", "list", "blockquote", "newline", "escape", "heading", "hr"]
_SPACES = re.compile(r"\s+")
_EMPTY_QUOTES = re.compile(r"«\s*»|“\s*”|„\s*“|\"\s*\"|\(\s*\)")
_LOOSE_END = re.compile(r"\s*[:,;–—-]+\s*(?=\[#|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A value that is whole paragraphs; its HTML is safe, and its placeholder stands alone on a line."""

    html: str = ""
    text: str = ""

    def __bool__(self) -> bool:
        return bool(self.html or self.text)


Value = str | Block
Values = Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A text with its values, as HTML without a frame and as plain text."""

    html: str
    text: str


def placeholders_in(source: str) -> list[str]:
    """Return the names of the placeholders of a text, in order, each once."""
    return list(dict.fromkeys(PLACEHOLDER.findall(source)))


def render(source: str, values: Values) -> Rendered:
    """Return a text with its values; unknown placeholders say nothing."""
    parts = [_block(node, values) for node in _kept(_tree(source), values)]
    return Rendered(
        html="".join(part.html for part in parts), text="\n\n".join(part.text for part in parts if part.text)
    )


def render_line(source: str, values: Values) -> str:
    """Return a subject with its values as one line; what an empty value leaves dangling goes with it."""
    names = placeholders_in(source)
    line = PLACEHOLDER.sub(lambda match: _plain(values.get(match.group(1), "")), source)
    if any(not values.get(name) for name in names):
        line = _LOOSE_END.sub(" ", _EMPTY_QUOTES.sub("", line))
    return _SPACES.sub(" ", line).strip()


def links_in(source: str) -> Iterator[str]:
    """Yield the addresses of the links of a text."""
    for node in _tree(source).walk():
        if node.type == "link":
            yield str(node.attrs["href"])


def lonely(source: str, name: str) -> bool:
    """Tell whether a placeholder stands, and everywhere alone, in a paragraph of its own."""
    uses = [node for node in _tree(source).walk() if node.type == "text" and name in _names([node])]
    return bool(uses) and all(_sole_placeholder(paragraph) == name for paragraph in map(_paragraph, uses))


def is_fixed_address(href: str) -> bool:
    """Tell whether a link's address is a plain one that anybody may be sent to."""
    return not PLACEHOLDER.search(href) and urlsplit(href).scheme.lower() in LINK_SCHEMES


def placeholder_address(href: str) -> str:
    """Return the name of the placeholder that a link's address is, or nothing."""
    match = PLACEHOLDER.fullmatch(href)
    return match.group(1) if match else ""


def text_as_html(text: str) -> str:
    """Return plain text as simple HTML: paragraphs and line breaks."""
    return "".join(f"<p>{_broken(part)}</p>" for part in text.split("\n\n"))


def _parser() -> MarkdownIt:
    parser = MarkdownIt("zero", {"maxNesting": 20}).enable(_RULES)
    # Addresses are judged when the text is saved, and a placeholder has to stay what it is.
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    return parser


_PARSER = _parser()


@lru_cache(maxsize=512)
def _tree(source: str) -> SyntaxTreeNode:
    return SyntaxTreeNode(_PARSER.parse(source.replace("\r\n", "\n")))


def _kept(tree: SyntaxTreeNode, values: Values) -> list[SyntaxTreeNode]:
    kept: list[SyntaxTreeNode] = []
    for node in tree.children:
        names = _names(node.walk())
        if not names or any(values.get(name) for name in names):
            kept.append(node)
        elif kept and _announces(kept[-1]):
            kept.pop()
    return kept


def _names(nodes: Iterable[SyntaxTreeNode]) -> set[str]:
    found: set[str] = set()
    for node in nodes:
        if node.type == "text":
            found.update(PLACEHOLDER.findall(node.content))
        elif node.type == "link":
            found.update(PLACEHOLDER.findall(str(node.attrs["href"])))
    return found


def _announces(node: SyntaxTreeNode) -> bool:
    return node.type == "paragraph" and node.children[0].content.rstrip().endswith(":")


def _paragraph(node: SyntaxTreeNode) -> SyntaxTreeNode | None:
    while node.parent is not None and node.type != "paragraph":
        node = node.parent
    is_outermost = node.type == "paragraph" and node.parent is not None and node.parent.type == "root"
    return node if is_outermost else None


def _sole_placeholder(paragraph: SyntaxTreeNode | None) -> str:
    if paragraph is None or paragraph.type != "paragraph":
        return ""
    match = PLACEHOLDER.fullmatch(paragraph.children[0].content.strip())
    return match.group(1) if match else ""


def _block(node: SyntaxTreeNode, values: Values) -> Rendered:
    match node.type:
        case "paragraph":
            return _of_paragraph(node, values)
        case "heading":
            inner = _inline(node.children[0], values)
            return Rendered(html=f"<h2>{inner.html}</h2>", text=inner.text)
        case "bullet_list" | "ordered_list":
            return _of_list(node, values)
        case "blockquote":
            inner = _blocks(node, values)
            return Rendered(
                html=f'<div class="said">{inner.html}</div>', text=_indented(inner.text, first="    ")
            )
        case _:
            return Rendered(html="<hr>", text="* * *")


def _blocks(node: SyntaxTreeNode, values: Values) -> Rendered:
    parts = [_block(child, values) for child in node.children]
    return Rendered(html="".join(part.html for part in parts), text="\n\n".join(part.text for part in parts))


def _of_paragraph(node: SyntaxTreeNode, values: Values) -> Rendered:
    value = values.get(_sole_placeholder(node))
    if isinstance(value, Block):
        return Rendered(html=value.html or text_as_html(value.text), text=value.text)
    if links := _actions(node):
        return _buttons(links, values)
    inner = _inline(node.children[0], values)
    return Rendered(html=f"<p>{inner.html}</p>", text=inner.text)


def _of_list(node: SyntaxTreeNode, values: Values) -> Rendered:
    is_ordered = node.type == "ordered_list"
    items = [_blocks(item, values) for item in node.children]
    tag = "ol" if is_ordered else "ul"
    marks = [f"{number}. " if is_ordered else "- " for number in range(1, len(items) + 1)]
    return Rendered(
        html=f"<{tag}>{''.join(f'<li>{item.html}</li>' for item in items)}</{tag}>",
        text="\n".join(
            _indented(item.text, first=mark, rest=" " * len(mark))
            for mark, item in zip(marks, items, strict=True)
        ),
    )


def _indented(text: str, *, first: str, rest: str | None = None) -> str:
    return "\n".join(
        f"{first if number == 0 else rest if rest is not None else first}{line}".rstrip()
        for number, line in enumerate(text.split("\n"))
    )


def _inline(node: SyntaxTreeNode, values: Values) -> Rendered:
    parts = [_span(child, values) for child in node.children]
    return Rendered(html="".join(part.html for part in parts), text="".join(part.text for part in parts))


def _span(node: SyntaxTreeNode, values: Values) -> Rendered:
    match node.type:
        case "text":
            return _of_text(node.content, values)
        case "softbreak" | "hardbreak":
            return Rendered(html="<br>", text="\n")
        case "link":
            return _of_link(node, values)
        case _:
            inner = _inline(node, values)
            return Rendered(html=f"<{node.tag}>{inner.html}</{node.tag}>", text=inner.text)


def _of_text(content: str, values: Values) -> Rendered:
    html, text, end = "", "", 0
    for match in PLACEHOLDER.finditer(content):
        before, value = content[end : match.start()], _plain(values.get(match.group(1), ""))
        html += escape(before) + (_linked(value) if match.group(1) in LINKS else _broken(value))
        text += before + value
        end = match.end()
    return Rendered(html=html + escape(content[end:]), text=text + content[end:])


def _linked(url: str) -> str:
    return f'<a href="{escape(url)}">{escape(url)}</a>' if url else ""


def _of_link(node: SyntaxTreeNode, values: Values) -> Rendered:
    words, url = _inline(node, values), _address(node, values)
    if not url:
        return words
    is_same = words.text in (url, url.removeprefix("mailto:").removeprefix("tel:"))
    return Rendered(
        html=f'<a href="{escape(url)}">{words.html}</a>', text=url if is_same else f"{words.text}: {url}"
    )


def _address(link: SyntaxTreeNode, values: Values) -> str:
    href = str(link.attrs["href"])
    if (name := placeholder_address(href)) in LINKS:
        return _plain(values.get(name, ""))
    return href if is_fixed_address(href) else ""


def _actions(paragraph: SyntaxTreeNode) -> list[SyntaxTreeNode]:
    """Return the links of a paragraph that has nothing else, all to where only this mail leads."""
    nodes = [
        node
        for node in paragraph.children[0].children
        if node.type != "softbreak" and (node.type != "text" or node.content.strip())
    ]
    is_action = all(
        node.type == "link" and placeholder_address(str(node.attrs["href"])) in LINKS for node in nodes
    )
    return nodes if is_action else []


def _buttons(links: list[SyntaxTreeNode], values: Values) -> Rendered:
    """Draw a row of buttons as the table that Outlook needs; the first one is filled."""
    cells, lines = [], []
    for number, link in enumerate(links):
        words, url = _inline(link, values), _address(link, values)
        name = "button" if number == 0 else "button-line"
        cells.append(f'<td class="{name} stack"><a href="{escape(url)}">{words.html}</a></td>')
        lines.append(f"{words.text}:\n{url}")
    row = '<td class="gap stack">&nbsp;</td>'.join(cells)
    table = '<table role="presentation" class="actions" cellpadding="0" cellspacing="0" border="0">'
    return Rendered(html=f"{table}<tr>{row}</tr></table>", text="\n\n".join(lines))


def _plain(value: Value) -> str:
    return value.text if isinstance(value, Block) else value


def _broken(text: str) -> str:
    return escape(text).replace("\n", "<br>")

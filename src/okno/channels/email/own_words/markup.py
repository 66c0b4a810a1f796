"""HTML into the sender's own words, his signature and what he quoted: the lines that a person would see are judged."""

import copy
import re
from dataclasses import dataclass, field
from html import escape
from typing import Any

import lxml.etree
import lxml.html

from okno.channels.email.own_words.judging import judge
from okno.channels.email.own_words.lines import MAX_LINES, PICTURE, Line, Part, Split, as_judged
from okno.channels.email.own_words.marks import Marks, marks_within, starts_quotation
from okno.channels.email.own_words.plain import is_marked
from okno.lib.html_text import as_one_document, without_unusable

_BLOCK_NAMES = """
    address article aside blockquote body center dd details dir div dl dt fieldset figcaption figure footer
    form h1 h2 h3 h4 h5 h6 header hr li main menu nav ol p pre section table tbody tfoot thead title tr ul
"""
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_UNSEEN = frozenset({"head", "script", "style", "title", "template", "noscript"})
_SEEN_ALONE = frozenset({"img", "hr", "input", "video", "audio", "object", "iframe", "svg"})
_CELLS = frozenset({"td", "th"})
_NOT_READ = -1
_TINY = re.compile(r"0*[01](?:px)?")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


@dataclass(slots=True)
class _Piece:
    """One stretch of text, or one element that is seen by itself, and the line that it is on."""

    element: int
    kind: str
    """Whether it is the "text" or "tail" of the element, the element "self", or a "gap" between two cells."""
    text: str
    line: int


@dataclass(slots=True)
class _Reading:
    """Collects the lines of a document while its elements are walked."""

    pieces: list[_Piece] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    """The line on which each element begins, in the order of the document."""
    lines: list[Line] = field(default_factory=list)
    _texts: list[str] = field(default_factory=list)
    _marks: Marks | None = None
    _starts: bool = False

    def add(self, element: int, kind: str, text: str, marks: Marks, *, shown: str | None = None) -> None:
        seen = text if shown is None else shown
        if seen.strip() and self._marks is not None and self._is_other(marks):
            self.end_line()
        self.pieces.append(_Piece(element, kind, text, len(self.lines)))
        self._texts.append(seen)
        if seen.strip() and self._marks is None:
            self._marks = marks

    def _is_other(self, marks: Marks) -> bool:
        held = self._marks
        return held is not None and (held.is_quoted, held.is_signature) != (
            marks.is_quoted,
            marks.is_signature,
        )

    def start_quotation(self) -> None:
        self.end_line()
        self._starts = True

    def end_line(self, *, is_forced: bool = False) -> None:
        """End the line if anything is on it, or in any case."""
        text = " ".join(as_judged("".join(self._texts)).split())
        if not text and not is_forced:
            # Blanks between blocks are on no line of their own: they go with what follows.
            return
        marks = self._marks or Marks()
        self.lines.append(
            Line(
                text,
                is_quoted=marks.is_quoted or is_marked(text),
                is_indented=marks.is_indented,
                is_intro=marks.is_intro,
                is_signature=marks.is_signature,
                starts_quotation=self._starts and bool(text),
            )
        )
        if text:
            self._starts = False
        self._texts.clear()
        self._marks = None


def split_html(html: str) -> Split:
    """Split HTML into its three parts; expects HTML that is not too deep."""
    tree = _parse(html)
    if tree is None:
        return Split(html)
    reading = _read(tree)
    if len(reading.lines) > MAX_LINES:
        return Split(html)
    parts = judge(reading.lines)
    own_lines = [line for line, part in zip(reading.lines, parts, strict=True) if part is Part.OWN]
    if len(own_lines) == len(parts) or not any(line.text for line in own_lines):
        return Split(html)
    return Split(*(_shown(tree, reading, parts, part) for part in (Part.OWN, Part.SIGNATURE, Part.QUOTED)))


def _parse(html: str) -> Any | None:
    html = as_one_document(without_unusable(html))
    try:
        return lxml.html.document_fromstring(html) if html.strip() else None
    except (lxml.etree.LxmlError, ValueError):
        return None


def _read(tree: Any) -> _Reading:
    """Return the lines of a document, each piece of text on one of them."""
    reading = _Reading()
    numbers: dict[Any, int] = {element: number for number, element in enumerate(tree.iter())}
    reading.places = [_NOT_READ] * len(numbers)
    # Entered and left elements in the order of the text; no recursion, for mail may nest deeply.
    stack: list[tuple[Any, Marks, bool]] = [(tree, Marks(), False)]
    while stack:
        element, outer, is_left = stack.pop()
        number = numbers[element]
        if is_left:
            _leave(reading, element, number, outer)
            continue
        reading.places[number] = len(reading.lines)
        stack.append((element, outer, True))
        if not isinstance(element.tag, str) or element.tag in _UNSEEN:
            continue
        inner = _enter(reading, element, number, outer)
        stack.extend((child, inner, False) for child in reversed(element))
    reading.end_line(is_forced=True)
    return reading


def _enter(reading: _Reading, element: Any, number: int, outer: Marks) -> Marks:
    if element.tag in _BLOCKS:
        reading.end_line()
    if starts_quotation(element, outer):
        reading.start_quotation()
    inner = marks_within(element, outer)
    if element.tag == "hr":
        reading.add(number, "self", "", inner, shown="________")
    elif element.tag in _SEEN_ALONE:
        reading.add(number, "self", "", inner, shown=PICTURE if _is_seen(element) else "")
    elif element.tag in _CELLS:
        reading.add(number, "gap", "", inner, shown=" ")
    if element.text:
        _add_text(reading, number, "text", element.text, inner, is_drawn=element.tag == "pre")
    return inner


def _leave(reading: _Reading, element: Any, number: int, outer: Marks) -> None:
    if element.tag == "br":
        reading.end_line(is_forced=True)
    elif isinstance(element.tag, str) and element.tag in _BLOCKS:
        reading.end_line()
        if element.tag == "p":
            # A paragraph has space around it.
            reading.end_line(is_forced=True)
    parent = element.getparent()
    if element.tail and parent is not None:
        _add_text(reading, number, "tail", element.tail, outer, is_drawn=parent.tag == "pre")


def _add_text(reading: _Reading, number: int, kind: str, text: str, marks: Marks, *, is_drawn: bool) -> None:
    if not is_drawn or "\n" not in text:
        reading.add(number, kind, text, marks)
        return
    rows = text.split("\n")
    for place, row in enumerate(rows):
        is_last = place == len(rows) - 1
        reading.add(number, kind, row if is_last else f"{row}\n", marks)
        if not is_last:
            reading.end_line(is_forced=True)


def _is_seen(element: Any) -> bool:
    """Tell whether a person sees a picture: those that only report that a mail was opened are tiny."""
    if _HIDDEN.search(element.get("style") or ""):
        return False
    return not any(_TINY.fullmatch((element.get(side) or "").strip()) for side in ("width", "height"))


def _shown(tree: Any, reading: _Reading, parts: list[Part], wanted: Part) -> str:
    """Return the HTML of one part: the document without what belongs to the others."""
    if wanted not in parts:
        return ""
    result = copy.deepcopy(tree)
    elements = list(result.iter())
    texts: dict[tuple[int, str], str] = {}
    for piece in reading.pieces:
        if parts[piece.line] is wanted:
            texts[piece.element, piece.kind] = texts.get((piece.element, piece.kind), "") + piece.text
    is_kept = _kept(elements, reading, parts, wanted)
    for number, element in enumerate(elements):
        if reading.places[number] == _NOT_READ:
            continue
        if isinstance(element.tag, str) and element.tag not in _UNSEEN:
            element.text = texts.get((number, "text")) or None
        if number:
            element.tail = texts.get((number, "tail")) or None
    for number in range(len(elements) - 1, 0, -1):
        if not is_kept[number]:
            _drop(elements[number])
    return _inner_html(result)


def _inner_html(element: Any) -> str:
    return escape(element.text or "") + "".join(_outer_html(child) for child in element)


def _outer_html(element: Any) -> str:
    """Return the HTML of an element, of a document's body only what is in it; what its head says is not shown."""
    if element.tag in {"body", "head"}:
        inner = _inner_html(element) if element.tag == "body" else ""
        return inner + escape(element.tail or "")
    return str(lxml.html.tostring(element, encoding="unicode"))


def _kept(elements: list[Any], reading: _Reading, parts: list[Part], wanted: Part) -> list[bool]:
    """Tell of every element whether it has a place in a part; an empty one has it where it stands."""
    numbers = {element: number for number, element in enumerate(elements)}
    parents = [numbers.get(element.getparent(), 0) for element in elements]
    has_wanted, has_any = [False] * len(elements), [False] * len(elements)
    for piece in reading.pieces:
        if piece.text.strip() or piece.kind == "self":
            holder = parents[piece.element] if piece.kind == "tail" else piece.element
            has_any[holder] = True
            has_wanted[holder] = has_wanted[holder] or parts[piece.line] is wanted
    for number in range(len(elements) - 1, 0, -1):
        parent = parents[number]
        has_any[parent] = has_any[parent] or has_any[number]
        has_wanted[parent] = has_wanted[parent] or has_wanted[number]
    return [
        has_wanted[number] or place == _NOT_READ or (not has_any[number] and parts[place] is wanted)
        for number, place in enumerate(reading.places)
    ]


def _drop(element: Any) -> None:
    """Remove an element but not the text behind it."""
    parent, before, tail = element.getparent(), element.getprevious(), element.tail or ""
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    element.tail = None
    parent.remove(element)

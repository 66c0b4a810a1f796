"""Plain text into the sender's own words, his signature and what he quoted."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import groupby, islice

from okno.channels.email.own_words.header_blocks import is_bare_heading
from okno.channels.email.own_words.intros import Certainty, judge_intro
from okno.channels.email.own_words.judging import judge
from okno.channels.email.own_words.lines import MAX_LINES, Line, Part, Split, as_judged

_QUOTE_MARK = re.compile(r"[>＞]")
# «AK> text», as The Bat! and the networks before it quote.
_INITIALS_MARK = re.compile(r"([^\W\d_]{1,4})>+(?:\s|$)")
# What a web page showed in place of the quotation, when its text was copied into a mail.
_HIDDEN_QUOTATIONS = frozenset({"[quoted text hidden]", "[скрытый текст]", "[цитируемый текст скрыт]"})
_MIN_INITIALED_LINES = 2
_INTRO_INSIDE = re.compile(r"(?<=\S) {1,3}(?=(?:On|Am|Le|El) \S)")
_MAX_LINE_WITH_INTRO = 400
_MAX_CUTS = 3


def split_text(text: str) -> Split:
    """Split plain text into its three parts."""
    if text.count("\n") > MAX_LINES:
        return Split(text)
    raw = [piece for line in text.split("\n") for piece in _pieces(line)]
    parts = judge(read_lines(raw))
    if all(part is Part.OWN for part in parts):
        return Split(text)
    return Split(*(_joined(raw, parts, part) for part in (Part.OWN, Part.SIGNATURE, Part.QUOTED)))


def read_lines(raw: Sequence[str]) -> list[Line]:
    """Return lines of text as they are judged."""
    texts = [as_judged(line) for line in raw]
    initials = Counter(match[1] for text in texts if (match := _INITIALS_MARK.match(text)))
    lines = []
    for line, text in zip(raw, texts, strict=True):
        initialed = _INITIALS_MARK.match(text)
        is_initialed = initialed is not None and initials[initialed[1]] >= _MIN_INITIALED_LINES
        lines.append(Line(text, is_quoted=is_initialed or is_marked(text), is_delimiter=line == "-- "))
    return lines


def is_marked(text: str) -> bool:
    """Tell whether a line says of itself that it is quoted."""
    if not _QUOTE_MARK.match(text):
        return text.lower() in _HIDDEN_QUOTATIONS
    # A mailbox file gives a mark to each line with «From » at its beginning.
    return not text.startswith(">From ") and not is_bare_heading(text)


def _pieces(line: str) -> list[str]:
    """Return a line, cut before an introduction if a program left out the line's end."""
    if len(line) > _MAX_LINE_WITH_INTRO or not line.rstrip().endswith(":"):
        return [line]
    for cut in islice(_INTRO_INSIDE.finditer(line), _MAX_CUTS):
        has_words = any(letter.isalnum() for letter in line[: cut.start()])
        if has_words and judge_intro(line[cut.end() :].strip()) is Certainty.CERTAIN:
            return [line[: cut.start()], line[cut.end() :]]
    return [line]


def _joined(raw: Sequence[str], parts: Sequence[Part], wanted: Part) -> str:
    """Return the lines of a part; where another part stood between them, a blank line does."""
    runs = (
        "\n".join(line for line, _ in run).strip("\n").rstrip()
        for part, run in groupby(zip(raw, parts, strict=True), key=lambda pair: pair[1])
        if part is wanted
    )
    return "\n\n".join(run for run in runs if run.strip())

"""The lines that both forms of a mail are cut into, and the parts that they are given to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

PICTURE = "\ufffc"
"""Stands in a line of HTML for a picture that a person sees."""

MAX_LINES = 20_000
"""Longer mail is taken whole for the sender's own words: no person quotes so much."""


# Blanks that are no blanks, and the marks of direction that mail programs put around names.
_READ_AS = str.maketrans(
    {"\xa0": " ", "\u202f": " ", "\u3000": " "}
    | dict.fromkeys(
        "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff", ""
    )
)


def as_judged(text: str) -> str:
    """Return a line as it is judged: without outer blanks, and without what cannot be seen."""
    return text.translate(_READ_AS).strip()


class Part(Enum):
    """Name who a line belongs to."""

    OWN = "own"
    SIGNATURE = "signature"
    QUOTED = "quoted"


@dataclass(frozen=True, slots=True)
class Line:
    """Hold one line as it is judged: its text without outer blanks, and what the markup says of it."""

    text: str
    is_quoted: bool = False
    """Marked as quoted: by `>`, or by an element that only quotations have."""
    is_indented: bool = False
    """In an element that some programs quote with and others indent with."""
    is_intro: bool = False
    """In the place where a mail program says whom it quotes."""
    starts_quotation: bool = False
    """At a mark below which a mail program puts the mail that is answered."""
    is_signature: bool = False
    """In the place where a mail program puts the signature."""
    is_delimiter: bool = False
    """Exactly the delimiter of signatures (RFC 3676, section 4.3), with its trailing blank."""


@dataclass(frozen=True, slots=True)
class Split:
    """Hold the three parts of a text; the sender's own is all of it if the others are empty."""

    own: str
    signature: str = ""
    quoted: str = ""

    @property
    def is_folded(self) -> bool:
        """Tell whether anything was found that is not the sender's own."""
        return bool(self.signature or self.quoted)


def text_numbers(lines: Sequence[Line], begin: int, end: int) -> Iterator[int]:
    """Yield the numbers of the lines that are not blank, from `begin` until before `end`."""
    return (number for number in range(begin, end) if lines[number].text)


def next_text(lines: Sequence[Line], begin: int) -> int | None:
    """Return the number of the first line from `begin` on that is not blank."""
    return next(text_numbers(lines, begin, len(lines)), None)


def with_blank_lines(lines: Sequence[Line], parts: list[Part]) -> list[Part]:
    """Return the parts with every blank line given to a neighbour: to the own part only between own lines."""
    given = list(parts)
    before = Part.OWN
    waiting: list[int] = []
    for number, line in enumerate(lines):
        if not line.text:
            waiting.append(number)
            continue
        for blank in waiting:
            given[blank] = before if parts[number] is Part.OWN else parts[number]
        waiting, before = [], parts[number]
    for blank in waiting:
        given[blank] = before
    return given

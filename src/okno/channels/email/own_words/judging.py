"""The judgement: which lines are the sender's own, which his signature, and which he quoted."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from okno.channels.email.own_words.header_blocks import (
    end_of_header_block,
    end_of_notes_block,
    is_heading,
    label_kind,
    with_rule_above,
)
from okno.channels.email.own_words.intros import Certainty, end_of_intro, is_start_of_intro
from okno.channels.email.own_words.lines import (
    MAX_LINES,
    Line,
    Part,
    next_text,
    text_numbers,
    with_blank_lines,
)
from okno.channels.email.own_words.signature import signature_start

MAX_CANDIDATES = 300
"""So many lines are examined whether they introduce a quotation: hostile mail has nothing else."""

_WRAPPED_LINK = re.compile(r"[<(]?https?://\S{1,1000}")
_MAX_TORN = 100
_MIN_TORN_FROM = 60
_MAX_TORN_WORDS = 40
_TORN_REACH = 12


@dataclass(frozen=True, slots=True)
class _Quotation:
    begin: int
    end: int
    has_intro: bool
    is_marked: bool
    """Every quoted line says so itself: what follows the last is not quoted."""
    may_be_all: bool = False
    """Introduced as nobody introduces what he passes on: a mail of nothing else has no own words."""


def judge(lines: Sequence[Line]) -> list[Part]:
    """Give every line to one part; all to the sender's own if there is doubt."""
    own = [Part.OWN] * len(lines)
    if len(lines) > MAX_LINES:
        return own
    quotations = _find_quotations(lines)
    if quotations is None:
        return own
    parts = list(own)
    for number in _folded(lines, quotations):
        for index in range(quotations[number].begin, quotations[number].end):
            parts[index] = Part.QUOTED
    _sign(lines, parts)
    if all(part is not Part.OWN for line, part in zip(lines, parts, strict=True) if line.text):
        return parts if all(quotation.may_be_all for quotation in quotations) else own
    return with_blank_lines(lines, parts)


def _find_quotations(lines: Sequence[Line]) -> list[_Quotation] | None:
    """Return the quotations in their order, or None if the whole mail is one: forwarded, or answered below."""
    found: list[_Quotation] = []
    number = candidates = 0
    has_own = False
    while (begin := next_text(lines, number)) is not None and candidates <= MAX_CANDIDATES:
        line = lines[begin]
        if line.is_quoted:
            number = _end_of_marked(lines, begin)
            found.append(_Quotation(begin, number, has_intro=line.is_intro, is_marked=True))
            continue
        candidates += _may_introduce(line.text)
        quotation = _quotation_at(lines, begin)
        if quotation is None:
            has_own, number = True, begin + 1
            continue
        if not quotation.is_marked and not has_own:
            return None
        found.append(quotation)
        number = quotation.end
    return found


def _may_introduce(text: str) -> bool:
    return text.endswith((":", "：", ">"))


def _quotation_at(lines: Sequence[Line], begin: int) -> _Quotation | None:
    """Return the quotation whose introduction or head begins at a line, or None."""
    marker = _marker_at(lines, begin)
    if marker is None:
        return None
    above, after, certainty = marker
    body = next_text(lines, after)
    if body is not None and (lines[body].is_quoted or lines[body].is_indented):
        is_intro = end_of_intro(lines, begin)[1] is not Certainty.NONE
        return _Quotation(
            above, _end_of_marked(lines, body), has_intro=True, is_marked=True, may_be_all=is_intro
        )
    if lines[begin].is_indented:
        if certainty is not Certainty.CERTAIN:
            return None
        return _Quotation(above, _end_of_marked(lines, begin), has_intro=True, is_marked=True)
    if certainty is Certainty.IF_QUOTED_FOLLOWS and (body is None or not is_heading(lines[body].text)):
        return None
    # Nothing tells where what is quoted ends; if nothing stands above, the answer may stand below.
    return _Quotation(above, len(lines), has_intro=True, is_marked=False)


def _marker_at(lines: Sequence[Line], begin: int) -> tuple[int, int, Certainty] | None:
    """Return the first line of what introduces a quotation, the line after it, and how certain it is."""
    line = lines[begin]
    if line.starts_quotation:
        return with_rule_above(lines, begin), begin, Certainty.CERTAIN
    if is_heading(line.text):
        after = begin + 1
        below = next_text(lines, after)
        if below is not None:
            after = end_of_header_block(lines, below) or end_of_intro(lines, below)[0] or after
        return begin, max(after, begin + 1), Certainty.CERTAIN
    if (end := end_of_header_block(lines, begin)) or (end := end_of_notes_block(lines, begin)):
        return with_rule_above(lines, begin), end, Certainty.CERTAIN
    end, certainty = end_of_intro(lines, begin)
    if certainty is Certainty.NONE and line.is_intro and line.text.endswith((":", "：")):
        end, certainty = begin + 1, Certainty.IF_QUOTED_FOLLOWS
    return (_with_labels_above(lines, begin), end, certainty) if certainty is not Certainty.NONE else None


def _with_labels_above(lines: Sequence[Line], number: int) -> int:
    """Return where an introduction begins: with the start of its sentence, or a rule and «To: Subject:» (Yandex)."""
    if number and is_start_of_intro(lines[number - 1].text):
        return number - 1
    above = number
    while above > 0 and label_kind(lines[above - 1].text) in {"to", "subject", "other"}:
        above -= 1
    with_rule = with_rule_above(lines, above)
    return with_rule if with_rule < above or above == number else number


def _end_of_marked(lines: Sequence[Line], begin: int) -> int:
    """Return the number of the line after the last quoted one of a run; lines that wrapping tore off belong to it."""
    end = begin
    number = begin
    while number < len(lines):
        line = lines[number]
        if line.is_quoted or (line.is_indented and lines[begin].is_indented):
            end = number + 1
        elif line.text and not _is_torn_off(lines, number):
            break
        number += 1
    return end


def _is_torn_off(lines: Sequence[Line], number: int) -> bool:
    """Tell whether a line between two quoted ones is the torn off end of the one above."""
    if not _stands_between(lines, number):
        return False
    text = lines[number].text
    if _WRAPPED_LINK.fullmatch(text):
        return True
    joined = Line(f"{lines[number - 1].text} {text}")
    if len(text) < _MAX_TORN and end_of_intro([joined], 0)[1] is Certainty.CERTAIN:
        return True
    return _looks_torn_off(lines, number) and any(
        _stands_between(lines, other) and _looks_torn_off(lines, other)
        for other in range(max(0, number - _TORN_REACH), min(len(lines), number + _TORN_REACH))
        if other != number
    )


def _stands_between(lines: Sequence[Line], number: int) -> bool:
    """Tell whether a line has quoted ones directly above and below."""
    if not 0 < number < len(lines) - 1 or lines[number].is_quoted or not lines[number].text:
        return False
    return lines[number - 1].is_quoted and lines[number + 1].is_quoted


def _looks_torn_off(lines: Sequence[Line], number: int) -> bool:
    """Tell whether a line goes on in a long quoted sentence: one such line may be an answer, two are not."""
    text, above = lines[number].text, lines[number - 1].text
    is_long = len(above) >= _MIN_TORN_FROM and above[-1] not in ".!?:;"
    return is_long and len(text) <= _MAX_TORN_WORDS and text[:1].islower()


def _folded(lines: Sequence[Line], quotations: Sequence[_Quotation]) -> list[int]:
    """Return which quotations can be folded without tearing apart what belongs together."""
    is_taken = [False] * len(lines)
    for quotation in quotations:
        is_taken[quotation.begin : quotation.end] = [True] * (quotation.end - quotation.begin)
    outside = [number for number in text_numbers(lines, 0, len(lines)) if not is_taken[number]]
    if not quotations:
        return []
    after_last = [number for number in outside if number >= quotations[-1].end]
    is_only_signed = (
        bool(after_last)
        and signature_start(
            lines, after_last[0], after_last[-1] + 1, may_be_all=len(outside) > len(after_last)
        )
        == after_last[0]
    )
    last = len(quotations) - 1
    is_trailing = not after_last or is_only_signed
    inner = list(range(last if is_trailing else last + 1))
    folded = []
    if len(inner) == 1:
        quotation = quotations[inner[0]]
        is_leading = not any(number < quotation.begin for number in outside)
        if quotation.has_intro or is_leading:
            folded.append(inner[0])
    if is_trailing and _is_trailing_quotation(lines, quotations[last]):
        folded.append(last)
    return folded


def _is_trailing_quotation(lines: Sequence[Line], quotation: _Quotation) -> bool:
    """Tell whether what ends a mail is quoted rather than an example that the sender gives."""
    if quotation.has_intro or quotation.begin == 0:
        return True
    if not lines[quotation.begin - 1].text:
        above = next((line.text for line in reversed(lines[: quotation.begin]) if line.text), "")
        return not above.endswith(":") or quotation.end - quotation.begin > 1
    return not lines[quotation.begin - 1].text.endswith(":") and quotation.end - quotation.begin > 1


def _sign(lines: Sequence[Line], parts: list[Part]) -> None:
    """Find the signatures at the end of each stretch of own lines."""
    stretches = _stretches(lines, parts)
    for place, (begin, end) in enumerate(stretches):
        has_others = len(stretches) > 1 and any(other != place for other in range(len(stretches)))
        start = signature_start(lines, begin, end, may_be_all=has_others and place == len(stretches) - 1)
        for number in range(start, end):
            parts[number] = Part.SIGNATURE


def _stretches(lines: Sequence[Line], parts: Sequence[Part]) -> list[tuple[int, int]]:
    """Return the runs of own lines, from the first line with text to after the last."""
    found: list[tuple[int, int]] = []
    begin = last = None
    for number, (line, part) in enumerate(zip(lines, parts, strict=True)):
        if part is not Part.OWN:
            if begin is not None and last is not None:
                found.append((begin, last + 1))
            begin = last = None
        elif line.text:
            begin = number if begin is None else begin
            last = number
    if begin is not None and last is not None:
        found.append((begin, last + 1))
    return found

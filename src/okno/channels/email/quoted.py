"""What the sender wrote himself, apart from what he quoted; when in doubt, it is his own."""

import re
from dataclasses import dataclass

import quotequail

_MAX_LINES = 20_000
_MAX_LINE = 400
# The library's patterns take quadratic time on long lines, and ours some time each: hostile mail has many.
_MAX_LIBRARY_LINE = 2000
_MAX_INTRO_CANDIDATES = 300
_INTRO_LINES = 3

_DATE = r"(?:\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\d{1,2}:\d{2}|\d{1,2}\.? [^\W\d_]{3,12}\.?,? \d{4})"
_INTROS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"on\b.{4,300}\bwrote\s*:",
        r".{0,300}\bнаписал(?:\(а\)|а|и)?\s*:",
        rf".{{0,200}}(?:{_DATE}|@).{{0,200}}\bпиш(?:ет|у|ете)\s*:",
        rf".{{1,200}}\bпишет\b.{{0,100}}{_DATE}.{{0,60}}:",
        # Gmail: «пн, 3 нояб. 2025 г. в 10:11, Иван <ivan@example.org>:»
        r"(?:пн|вт|ср|чт|пт|сб|вс), \d{1,2} .{3,15} \d{4}\s*г\. в \d{1,2}:\d{2}, .{0,200}:",
        r"\d{1,2} .{3,12} \d{4}\s*г\.,? (?:в )?\d{1,2}:\d{2}.{0,200}(?:<[^<>]{3,200}>|@).{0,60}:",
        # Yandex: «03.11.2026, 10:11, "Иван" <ivan@example.org>:»
        r"\d{1,2}\.\d{1,2}\.\d{2,4},? (?:в )?\d{1,2}:\d{2},? .{0,200}(?:<[^<>]{3,200}>|\")\s*:",
        # Mail.ru: «Понедельник, 3 ноября 2025, 10:11 +03:00 от Иван <ivan@example.org>:»
        r"[^\W\d_]{5,12}, \d{1,2} .{3,12} \d{4}.{0,40} от .{1,200}:",
        r"le\b.{4,300}\ba écrit\s*:",
        r"am\b.{4,300}\bschrieb\b.{0,200}:",
        r"el\b.{4,300}\bescribió\s*:",
    )
]
_SEPARATORS = re.compile(
    r"[-_*\s]{0,4}[-_]{2,}\s*(?:original message|исходное сообщение|оригинальное сообщение|"
    r"ursprüngliche nachricht|message d'origine|mensaje original)\s*[-_]{2,}",
    re.IGNORECASE,
)
_FORWARDS = re.compile(
    r"[-_]{2,}\s*(?:forwarded message|пересылаемое сообщение|пересланное сообщение|"
    r"начало переадресованного сообщения)\s*[-_]{2,}|begin forwarded message:",
    re.IGNORECASE,
)
_FROM_LABEL = re.compile(r"\*?(?:from|от кого|от|von|de|van)\*?\s?:\*?\s*\S", re.IGNORECASE)
_OTHER_LABEL = re.compile(
    r"\*?(sent|date|to|cc|subject|отправлено|дата|кому|копия|тема|gesendet|datum|an|betreff|envoyé|à|objet)"
    r"\*?\s?:\*?",
    re.IGNORECASE,
)
_RULE = re.compile(r"[-_*=\s]{3,}")


@dataclass(frozen=True, slots=True)
class Split:
    """Hold the own and the quoted part; the quoted one is empty if none was found for certain."""

    own: str
    quoted: str


def split_text(text: str) -> Split:
    """Split plain text into the sender's own words and what he quoted."""
    lines = text.split("\n")
    if len(lines) > _MAX_LINES:
        return Split(text, "")
    start = _find_start(lines)
    if start is None:
        return _split_by_library(text)
    begin, end, is_rest_quoted = start
    if not is_rest_quoted:
        end = _end_of_marked(lines, end)
        if any(line.lstrip().startswith(">") for line in lines[end:]):
            # Answers stand between the quoted lines: they make sense only together.
            return Split(text, "")
    else:
        end = len(lines)
    own = _join(lines[:begin], lines[end:])
    return Split(own, "\n".join(lines[begin:end]).strip()) if own else Split(text, "")


def _join(before: list[str], after: list[str]) -> str:
    parts = ("\n".join(before).rstrip(), "\n".join(after).strip())
    return "\n\n".join(part for part in parts if part).strip("\n")


def _find_start(lines: list[str]) -> tuple[int, int, bool] | None:
    """Return first line, first line after the introduction, and whether all the rest is quoted."""
    candidates = 0
    for number, line in enumerate(lines):
        stripped = line.strip()
        if not stripped:
            continue
        candidates += stripped.endswith(":")
        if candidates > _MAX_INTRO_CANDIDATES:
            return None
        if len(stripped) < _MAX_LINE and (_SEPARATORS.fullmatch(stripped) or _FORWARDS.fullmatch(stripped)):
            return number, number + 1, True
        if _is_header_block(lines, number):
            return _with_rule_above(lines, number), number, True
        if stripped.startswith(">"):
            return number, number, False
        if (after := _end_of_intro(lines, number)) is not None:
            is_marked = _next_text(lines, after).startswith(">")
            return number, after, not is_marked
    return None


def _is_header_block(lines: list[str], number: int) -> bool:
    if not _FROM_LABEL.match(lines[number].strip()):
        return False
    labels = {
        match.group(1).lower()
        for line in lines[number + 1 : number + 9]
        if (match := _OTHER_LABEL.match(line.strip()))
    }
    return len(labels) >= 2


def _with_rule_above(lines: list[str], number: int) -> int:
    above = number - 1
    while above >= 0 and not lines[above].strip():
        above -= 1
    return above if above >= 0 and _RULE.fullmatch(lines[above]) else number


def _end_of_intro(lines: list[str], number: int) -> int | None:
    joined = ""
    for length in range(1, _INTRO_LINES + 1):
        if number + length > len(lines):
            return None
        line = lines[number + length - 1].strip()
        if not line or line.startswith(">"):
            return None
        joined = f"{joined} {line}".strip()
        if len(joined) > _MAX_LINE:
            return None
        if joined.endswith(":") and any(pattern.fullmatch(joined) for pattern in _INTROS):
            return number + length
    return None


def _next_text(lines: list[str], number: int) -> str:
    return next((line.strip() for line in lines[number:] if line.strip()), "")


def _end_of_marked(lines: list[str], number: int) -> int:
    end = number
    for index in range(number, len(lines)):
        if lines[index].lstrip().startswith(">"):
            end = index + 1
        elif lines[index].strip():
            break
    return end


def _split_by_library(text: str) -> Split:
    if max(map(len, text.split("\n"))) > _MAX_LIBRARY_LINE:
        return Split(text, "")
    parts = quotequail.quote(text, limit=_MAX_LINES + 1, quote_intro_line=True)
    own = parts[0][1].rstrip()
    if len(parts) < 2 or not own.strip():
        return Split(text, "")
    return Split(own, parts[1][1].strip())

"""Delivery reports that are only words: who was not reached, and why, from the text of the notice."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice, takewhile

from okno.channels.base import Bounce
from okno.channels.email import bounce_forms as forms
from okno.channels.email.bounce_address import all_addresses, clean_address, is_machine
from okno.channels.email.bounce_status import (
    EXPIRED,
    MAX_REASON,
    find_reply_code,
    find_status,
    is_generic,
    is_permanent,
    refine_status,
    status_from_words,
)
from okno.channels.email.dsn import MAX_RECIPIENTS, Action

_MAX_LENGTH = 200_000
_MAX_LINES = 1_000
_MAX_LINE = 1_000
_REASON_LINES = 15
# Further down no server says why; looking for words is what costs most.
_WORDY_LINES = 150

_CERTAIN, _ALONE, _STEP, _SPOKEN, _ANY = 5, 4, 3, 2, 1
_PIECES = re.compile(r"^[-=_*~#+\s|]{3,}$")
_FILLER = re.compile(
    r"^(?:(?:for|because of|due to) the following reasons?|because|reason|error message below|error|"
    r"technical details.{0,60}|message details|"
    r"diagnostic information for administrators|"
    r"generating server: .*|the (?:mail )?system|причина)\s*:?$",
    re.IGNORECASE,
)
_ANSWER = re.compile(r"^(?:<<<|>>>|received >>>|sent <<<|->|remote (?:host )?said:?)\s*", re.IGNORECASE)


@dataclass(slots=True)
class _Hit:
    line: int
    address: str
    certainty: int
    reason: str
    indent: int


@dataclass
class Notice:
    """Hold what a server wrote itself, and what it returned of the mail that it could not deliver."""

    lines: list[str] = field(default_factory=list)
    original: str = ""

    @cached_property
    def hits(self) -> list[_Hit]:
        """Return where the notice names anybody."""
        return _find_hits(self.lines)

    @cached_property
    def general_reason(self) -> str:
        """Return the words of the notice that say most."""
        return _general_reason(self.lines)

    @property
    def text(self) -> str:
        """Return the words of the notice."""
        return "\n".join(self.lines)


def split_notice(text: str) -> Notice:
    """Part a notice from the mail that follows in the same text."""
    lines = [line[:_MAX_LINE].rstrip() for line in text[:_MAX_LENGTH].splitlines()[:_MAX_LINES]]
    for number, line in enumerate(lines):
        stripped = line.strip()
        if any(pattern.search(stripped) for pattern in forms.ORIGINAL_BEGINS) or _is_header_start(
            lines, number
        ):
            return Notice(lines=lines[:number], original="\n".join(lines[number:]))
    return Notice(lines=lines)


def _is_header_start(lines: Sequence[str], number: int) -> bool:
    if not forms.HEADER_BEGINS.match(lines[number]):
        return False
    following = [line for line in lines[number + 1 : number + 12] if line[:1] not in {" ", "\t"}]
    return sum(bool(forms.HEADER_LINE.match(line)) for line in following[:3]) >= 2


def is_notice(notice: Notice) -> bool:
    """Tell whether the text speaks of a mail that was not delivered."""
    # Russian notices break their lines like English ones; a phrase may go over an end of line.
    return bool(forms.NOTICE.search(" ".join(notice.text[:20_000].split())))


def names_in_list(notice: Notice) -> bool:
    """Tell whether a notice names a recipient on a line of its own, or in a form that only servers use."""
    return any(_weight(hit.certainty) == _ALONE for hit in notice.hits)


def starts_as_notice(notice: Notice) -> bool:
    """Tell whether a text begins with its message, without the greeting and the story that people put before it."""
    first = " ".join(" ".join(notice.lines[:6]).split())[:300]
    return bool(forms.NOTICE.search(first))


def is_delayed(notice: Notice, subject: str) -> bool:
    """Tell whether the server says that it goes on trying."""
    return bool(forms.DELAYED.search(f"{subject}\n{notice.text[:4_000]}"))


def read_notice(
    notice: Notice, *, subject: str, foreign: frozenset[str], expected: Sequence[str] = ()
) -> tuple[Bounce, ...]:
    """Return a bounce for each recipient that a notice names.

    `foreign` are the addresses that the report itself went to or came from, believed only if there is no other;
    `expected` are those known in another way (a header, the returned mail), for notices that name nobody.
    """
    hits = _best_hits(notice.hits, foreign, frozenset(expected))
    said: dict[str, list[str]] = {}
    for hit, reason in zip(hits, _reasons(notice.lines, hits, notice.general_reason), strict=True):
        said.setdefault(_before_forwarding(notice, hit, expected), []).append(reason)
    if not said:
        said = {address: [notice.general_reason] for address in expected}
    action: Action = "delayed" if is_delayed(notice, subject) else "failed"
    return tuple(
        _bounce(notice, address, _most_telling(reasons), subject=subject, action=action)
        for address, reasons in islice(said.items(), MAX_RECIPIENTS)
    )


def _most_telling(reasons: Sequence[str]) -> str:
    """Return the reason with a code, of several that a notice gives for one recipient."""
    return next((reason for reason in reasons if find_reply_code(reason) or find_status(reason)), reasons[0])


def _before_forwarding(notice: Notice, hit: _Hit, expected: Sequence[str]) -> str:
    """Return the address that was written to, where a server names the one that it led to and how it got there."""
    near = "\n".join([hit.reason, *notice.lines[hit.line : hit.line + 3]])
    match = forms.EXPANDED.search(near)
    came_from = clean_address(match.group("address")) if match else ""
    return came_from if came_from in expected else hit.address


def unnamed_bounce(notice: Notice, *, subject: str) -> Bounce:
    """Return what a notice says that names no recipient."""
    action: Action = "delayed" if is_delayed(notice, subject) else "failed"
    return _bounce(notice, "", notice.general_reason, subject=subject, action=action)


def _bounce(notice: Notice, address: str, reason: str, *, subject: str, action: Action) -> Bounce:
    status = refine_status("", reason) or refine_status("", f"{subject}\n{notice.general_reason}")
    status = status or (EXPIRED if action == "delayed" else "5.0.0")
    if action == "delayed" and status.startswith("5"):
        status = f"4{status[1:]}"
    return Bounce(
        recipient=address,
        status=status,
        action=action,
        reason=" ".join(reason.split())[:MAX_REASON],
        permanent=is_permanent(status, action=action),
    )


def reason_for(notice: Notice, address: str) -> str:
    """Return what a notice says of one address, for reports whose fields say nothing."""
    hits = [hit for hit in notice.hits if hit.address == address]
    general = notice.general_reason
    return _reasons(notice.lines, hits[:1], general)[0] if hits else general


def named_recipients(notice: Notice, foreign: frozenset[str]) -> list[str]:
    """Return who a notice names, best guess first."""
    return list(dict.fromkeys(hit.address for hit in _best_hits(notice.hits, foreign, frozenset())))


def bare_names(notice: Notice) -> list[str]:
    """Return the recipients that a notice lists without their domain."""
    for number, line in enumerate(notice.lines):
        if forms.LIST_BEGINS.search(line):
            below = [line.strip() for line in notice.lines[number + 1 : number + 12] if line.strip()]
            names = [name.lower() for name in takewhile(forms.BARE_NAME.fullmatch, below)]
            if names:
                return names
    return []


def names_for_certain(notice: Notice) -> bool:
    """Tell whether a notice names a recipient in a form that only servers use."""
    return any(hit.certainty == _CERTAIN for hit in notice.hits)


def _find_hits(lines: Sequence[str]) -> list[_Hit]:
    hits: list[_Hit] = []
    for number, line in enumerate(lines):
        if "@" not in line:
            continue
        hit = _read_line(number, line)
        if hit is not None and not (hits and _continues(lines, hits[-1], hit)):
            hits.append(hit)
        if len(hits) >= 4 * MAX_RECIPIENTS:
            break
    return hits


def _continues(lines: Sequence[str], last: _Hit, hit: _Hit) -> bool:
    """Tell whether a line goes on with the reason of the recipient above it: deeper, with no gap between."""
    if last.certainty < _ALONE or hit.indent <= last.indent:
        return False
    return all(line.strip() for line in lines[last.line : hit.line])


def _read_line(number: int, line: str) -> _Hit | None:
    stripped = line.strip()
    indent = len(line) - len(line.lstrip())
    for patterns, certainty in (
        (forms.ALONE, _ALONE),
        (forms.NAMED, _CERTAIN),
        (forms.RECIPIENT_STEP, _STEP),
    ):
        for pattern in patterns:
            if (match := pattern.search(stripped)) and not _is_foreign(stripped, match, certainty):
                return _hit(number, match, certainty, indent)
    if forms.FOREIGN.search(stripped):
        return None
    for pattern in forms.SPOKEN:
        if match := pattern.search(stripped):
            return _hit(number, match, _SPOKEN, indent, whole=stripped)
    found = [address for address in all_addresses(stripped) if not is_machine(address)]
    return _Hit(number, found[0], _ANY, stripped, indent) if found else None


def _is_foreign(line: str, match: re.Match[str], certainty: int) -> bool:
    address = match.group("address")
    if is_machine(address):
        return True
    return certainty == _CERTAIN and bool(
        re.match(r"(?:from|sender|reply-to|contact)\b", line, re.IGNORECASE)
    )


def _hit(number: int, match: re.Match[str], certainty: int, indent: int, *, whole: str = "") -> _Hit | None:
    address = clean_address(match.group("address"))
    if not address or is_machine(address):
        return None
    reason = whole or (match.groupdict().get("reason") or "").strip(" \t:;,")
    return _Hit(number, address, certainty, reason, indent)


def _best_hits(hits: list[_Hit], foreign: frozenset[str], expected: frozenset[str]) -> list[_Hit]:
    """Return the hits of the greatest certainty."""
    candidates = [
        hit
        for hit in hits
        if hit.address not in foreign or hit.address in expected or hit.certainty == _CERTAIN
    ] or hits
    if not candidates:
        return []
    top = max(_weight(hit.certainty) for hit in candidates)
    chosen = [hit for hit in candidates if _weight(hit.certainty) == top]
    if top <= _SPOKEN and expected:
        # A mere mention weighs less than what is known from elsewhere.
        chosen = [hit for hit in candidates if hit.address in expected]
    if top == _ANY:
        chosen = chosen[:1]
    return chosen


def _weight(certainty: int) -> int:
    # "user@host" alone and "user@host: reason" stand in one list in the reports of several servers.
    return _ALONE if certainty == _CERTAIN else certainty


def _says_cause(text: str) -> bool:
    return bool(find_reply_code(text) or find_status(text) or status_from_words(text))


def _reasons(lines: Sequence[str], hits: Sequence[_Hit], general: str) -> list[str]:
    """Return the reason of each hit; addresses listed together share the one that follows the list."""
    found: list[str] = []
    for position, hit in enumerate(hits):
        end = hits[position + 1].line if position + 1 < len(hits) else len(lines)
        found.append(_gather(lines, hit, end))
    for position in range(len(found) - 2, -1, -1):
        if not found[position]:
            found[position] = found[position + 1]
    return [
        reason if _says_cause(reason) else "\n".join(filter(None, (reason, general)))[: 2 * MAX_REASON]
        for reason in found
    ]


def _gather(lines: Sequence[str], hit: _Hit, end: int) -> str:
    pieces = [hit.reason] if hit.reason else []
    for line in lines[hit.line + 1 : min(end, hit.line + 1 + _REASON_LINES)]:
        stripped = _ANSWER.sub("", line.strip())
        if not stripped or _PIECES.match(stripped):
            if pieces and _says_cause(" ".join(pieces)):
                break
            continue
        if not _FILLER.match(stripped):
            pieces.append(stripped)
    return " ".join(pieces)


def _general_reason(lines: Sequence[str]) -> str:
    """Return the line of a notice that says most: one with a code, else one whose words are known."""
    spoken = ""
    for number, line in enumerate(lines[:_WORDY_LINES]):
        stripped = _ANSWER.sub("", line.strip())
        if not stripped or _FILLER.match(stripped):
            continue
        status = find_status(stripped)
        if (status and not is_generic(status) and not status.startswith("2")) or find_reply_code(stripped):
            rest = lines[number + 1 : number + 3]
            return " ".join([stripped, *(line.strip() for line in rest if line[:1] in {" ", "\t"})])
        if not spoken and not forms.DELAYED.search(stripped) and status_from_words(stripped[:400]):
            spoken = stripped
    if spoken:
        return spoken
    # Words may be broken over lines.
    flat = " ".join(" ".join(lines[:60]).split())
    return flat[: 2 * MAX_REASON]

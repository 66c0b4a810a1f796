"""The line (or up to four) in which a mail program says whom it quotes: «On …, … wrote:» in the world's languages."""

import re
from collections.abc import Sequence
from enum import IntEnum

from okno.channels.email.own_words.lines import Line

MAX_INTRO_LINES = 4
MAX_INTRO_LENGTH = 400


class Certainty(IntEnum):
    """Say how far words look like those of a mail program."""

    NONE = 0
    IF_QUOTED_FOLLOWS = 1
    """A person may have written them: they introduce a quotation only if one follows that is marked."""
    CERTAIN = 2


# Stems that are whole words in their languages; an ending in brackets, as in «написал(а)», may follow any of them.
_VERB_WORDS = """
    wrote writes replied said says |
    написал написала написали написало пишет пишут писал писала писали сообщил сообщила |
    написав написала пише писав | напісаў напісала | написа |
    schrieb schrieben geschrieben schreibt | écrit ecrit écrivait | escribió escribio escrito |
    scritto scrisse scrive | escreveu escreve | schreef geschreven schrijft |
    napisał napisała pisze napisal napisala napísal napísala napsal napsala píše |
    yazdı yazdi yazmış | skrev skriver | kirjoitti kirjoittaa | írta irta | scris | napisao |
    έγραψε | menulis | rašė rakstīja kirjutas | пишува напиша
"""
_VERBS = frozenset(_VERB_WORDS.replace("|", " ").split())
_UNSPACED_VERBS = (
    "写道",
    "寫道",
    "来信",
    "のメッセージ",
    "のメール",
    "書きました",
    "작성",
    "đã viết",
    "เขียน",
    "כתב",
    "كتب",
)
_VERB = re.compile(
    rf"(?<!\w)(?:{'|'.join(sorted(_VERBS, key=len, reverse=True))})(?!\w)(?:\(\w{{1,3}}\))?|"
    rf"{'|'.join(_UNSPACED_VERBS)}",
    re.IGNORECASE,
)
_ENDING = re.compile(r"\(\w{1,3}\)$")
_ADDRESS = re.compile(r"[^\s<>()\[\]\"':;,@]{1,80}@[^\s<>()\[\]\"':;,@]{1,80}")
_TIME = re.compile(
    r"(?<![\d.])\d{1,2}\s?[:h]\s?\d{2}(?!\d)|(?<![\d.])\d{1,2}\.\d{2}(?![\d.])|\d{1,2}\s?(?:[ap]\.?m|uhr|시|時|时|点)",
    re.IGNORECASE,
)

_MONTH = r"[^\W\d_]{3,12}[.׳']?"
_DAY = r"\d{1,2}(?:\.|st|nd|rd|th|º|er)?"
_LINK = r"\s{0,2}(?:de |del |of |d['’])?"
_DATE = (
    r"(?:"
    r"\d{1,4}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{1,4}(?!\d)"
    rf"|{_DAY}[\s-]{_LINK}{_MONTH},?[\s-]{_LINK}\d{{2,4}}(?!\d|[:.]\d)"
    rf"|{_MONTH}[\s-]{_DAY},?\s?{_LINK}\d{{4}}"
    r"|(?:\d,\s)?\d{1,2}\s(?:thg|tháng)\s\d{1,2},?\s\d{4}"
    r"|\d{4}\s?[年년]\s?\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일]"
    rf"|\d{{4}}\.\s{_MONTH}\s{_DAY}"
    rf"|{_DAY}\s{_LINK}{_MONTH},?\s(?:[^\W\d_]{{1,5}}\.?\s)?\d{{1,2}}[:.]\d{{2}}"
    rf"|{_MONTH}\s{_DAY},?\s(?:[^\W\d_]{{1,5}}\.?\s)?\d{{1,2}}[:.]\d{{2}}"
    r")"
)
_ANY_DATE = re.compile(rf"(?<!\w){_DATE}")
# «On Mon, », «W dniu pon., », «Il giorno », «søn. », and the Chinese «在» without a blank.
_DATED_START = re.compile(
    r"(?:(?:[^\W\d_]|['’]){1,14}[.,،׳']{0,2}\s{1,2}\(?){0,4}(?:[在于於(]\s?)?"
    rf"(?:\d{{1,2}}[:.]\d{{2}}(?::\d{{2}})?(?:\s?[ap]m)?,?\s)?{_DATE}",
    re.IGNORECASE,
)
_AUXILIARIES = frozenset(
    ["a", "ha", "hat", "het", "volgende", "heeft", "je", "ezt", "şunu", "şunları", "va", "und"]
)
_START = re.compile(
    r"(?:on|am|le|el|em|op|il|den|på|dnia|w dniu|dne|at|il giorno)(?:\s[^\W\d_]{3,12}\.?,)?", re.IGNORECASE
)
_ENDS_BY_NAME = re.compile(r"(?:@[^\s<>]{1,80}[>)\]]{1,2}|[>\])»”]|\"\s?|\S@\S{1,80})\s?$")
_DATE_AND_ADDRESS = re.compile(r"\d{4}[-/]\d{1,2}[-/]\d{1,2}\b[^@]{1,100}<[^<>@\s]{1,80}@[^<>@\s]{1,80}>")

_UNENDED = re.compile(r"20\d\d-\d\d-\d\d \d{1,2}:\d\d GMT[+-]\d\d|posted by \S", re.IGNORECASE)
_GMT_DATE_AND_NAME = re.compile(r"20\d\d-\d\d-\d\d \d{1,2}:\d\d GMT[+-]\d\d:?\d\d [^.!?]{1,80}")

_NAME_WORDS = 6
_MAX_NAMED_LENGTH = 160
_MAX_UNKNOWN_LENGTH = 200
_ENDS_BY_ADDRESS = re.compile(r"[<(\[][^\s<>()]{1,80}@[^\s<>()]{1,80}[>)\]].{0,30}$")
_WRITTEN = frozenset({"wrote", "schrieb", "skrev", "書きました", "写道", "寫道"})
_NAME_AND_ADDRESS = re.compile(
    r"(?P<name>[^:<>()\[\]@]{0,80}?)\s?[<(\[]{1,2}(?:mailto:)?[^\s<>()\[\]]{1,80}@[^\s<>()\[\]]{1,80}[>)\]]{1,2}"
    r"(?P<rest>.{1,80})"
)
_QUOTING = re.compile(
    r"(?:quoting|quoted from|in message|in reply to|in article|цитирую|цитата|в ответ на|zitat von|"
    r"citando|en réponse à|"
    r"citerar|citerer|cytowanie)\s\S.{1,200}",
    re.IGNORECASE,
)
_POSTED_BY = re.compile(r"posted by \S.{0,60} on \d{1,2}/\d{1,2}/\d{4}", re.IGNORECASE)
# Whoever tells of himself or of his reader is a person, not a program.
_PERSONAL = re.compile(
    r"(?<!\w)(?:i|we|me|us|my|our|your|he|she|they|him|her|the|and|я|мы|мне|нам|мой|наш|наша|ваш|ваша|"
    r"ваши|он|она|они|"
    r"ему|ей|и|что|как|ich|wir|mir|uns|unser|ihr|der|die|das|je|nous|yo|nosotros|io|noi|eu|nós|ik|wij|ja|my)(?!\w)",
    re.IGNORECASE,
)


def end_of_intro(lines: Sequence[Line], number: int) -> tuple[int, Certainty]:
    """Return the number of the line after an introduction that begins at `number`, and how certain it is."""
    joined = ""
    found = (number, Certainty.NONE)
    for end in range(number, min(number + MAX_INTRO_LINES, len(lines))):
        line = lines[end]
        if not line.text and _goes_on_below(lines, end, joined):
            continue
        joined = f"{joined} {line.text}".strip()
        if not line.text or line.is_quoted or len(joined) > MAX_INTRO_LENGTH:
            break
        if not _may_end(line.text):
            continue
        if (
            end > number
            and judge_intro(line.text) is Certainty.CERTAIN
            and _DATED_START.match(_bare(line.text))
        ):
            # It has a date of its own: the lines above are not part of it.
            break
        certainty = _judge_dated(_bare(joined))
        if certainty is not Certainty.CERTAIN and end <= number + 1:
            certainty = max(certainty, _judge_named(_bare(joined)))
        if end == number:
            certainty = max(certainty, _judge_unknown(_bare(joined)))
        if certainty > found[1]:
            found = (end + 1, certainty)
        if certainty is Certainty.CERTAIN:
            break
    return found


def _goes_on_below(lines: Sequence[Line], blank: int, joined: str) -> bool:
    """Tell whether only the address follows behind a blank line, as some programs leave it."""
    below = lines[blank + 1] if blank + 1 < len(lines) else None
    return below is not None and below.text.startswith("<") and _DATED_START.match(_bare(joined)) is not None


def judge_intro(text: str) -> Certainty:
    """Say how far a text on one line looks like an introduction."""
    if len(text) > MAX_INTRO_LENGTH or not _may_end(text):
        return Certainty.NONE
    return max(_judge_dated(_bare(text)), _judge_named(_bare(text)))


def is_start_of_intro(text: str) -> bool:
    """Tell whether a line holds only what stands before the date of an introduction."""
    return len(text) < 30 and _START.fullmatch(_bare(text)) is not None


def _bare(text: str) -> str:
    return text.lstrip("-–—_*=#|> \t").rstrip("-–—_*= \t")


def _may_end(text: str) -> bool:
    end = text[-60:].rstrip("-–—_*= \t")
    return end.endswith((":", "：", ">")) or _ends_by_verb(end) or _UNENDED.match(text) is not None


def _ends_by_verb(text: str) -> bool:
    """Tell whether the last word is one of those verbs; asked of every line of a mail, so no pattern is tried."""
    words = text[-40:].split()
    last = words[-1].lower() if words else ""
    if last.endswith(")"):
        last = _ENDING.sub("", last)
    return last in _VERBS or text.endswith(_UNSPACED_VERBS)


def _judge_dated(text: str) -> Certainty:
    """Judge «On (date) (name) wrote:», «(date), (name) <(address)>:» and the like."""
    start = _DATED_START.match(text)
    rest = "" if start is None else text[start.end() :]
    if start is None or _is_prose(rest.rstrip(" :：")):
        return Certainty.NONE
    if not text.endswith((":", "：")):
        is_certain = _is_certain_without_colon(text, rest)
        return Certainty.CERTAIN if is_certain else Certainty.NONE
    if _is_certain_with_colon(text, rest):
        return Certainty.CERTAIN
    is_likely = _VERB.search(rest) is not None or len(rest.split()) <= 2 * _NAME_WORDS
    return Certainty.IF_QUOTED_FOLLOWS if is_likely else Certainty.NONE


def _is_certain_without_colon(text: str, rest: str) -> bool:
    if _DATE_AND_ADDRESS.fullmatch(text) or _GMT_DATE_AND_NAME.fullmatch(text):
        return True
    if not _ends_by_verb(rest):
        return False
    is_timed = _TIME.search(text) is not None and not _PERSONAL.search(rest)
    return is_timed or _ADDRESS.search(rest) is not None


def _is_certain_with_colon(text: str, rest: str) -> bool:
    body = rest.rstrip(" :：")
    verb = _VERB.search(rest)
    if _ADDRESS.search(rest) and (verb or _ENDS_BY_NAME.search(body)):
        return True
    has_time = _TIME.search(text) is not None
    if verb is None:
        return has_time and body.endswith(('"', "»", "”"))
    is_short = len(rest.split()) <= _NAME_WORDS + (6 if has_time else 3)
    return is_short and _has_name_beside(rest, verb) and not _PERSONAL.search(rest)


def _has_name_beside(rest: str, verb: re.Match[str]) -> bool:
    """Tell whether the verb has a name beside it, so that no sentence is taken for an introduction."""
    after = rest[verb.end() :].strip(" :：*,.")
    before = rest[: verb.start()].replace("пользователь", "").strip(" ,").split()
    while before and before[-1] in _AUXILIARIES:
        before.pop()
    word = after.split()[0] if after else (before or ["?"])[-1]
    if not word[:1].islower() or word in {"you", "вы"} or "(" in verb.group() or "пользователь" in rest:
        return True
    # A user's name in small letters, between a comma and the verb.
    return not after and rest[: verb.start()].rpartition(",")[2].split()[:1] == [word]


def _is_prose(text: str) -> bool:
    """Tell whether a text has sentences: names have no such ends, and programs write few words."""
    return bool(re.search(r"[^\W\d_]{4,}[.!?] [^\W\d_]", text)) or len(text.split()) > 40


def _judge_named(text: str) -> Certainty:
    """Judge «(name) <(address)> wrote:», «(name) wrote on (date):», «(name) wrote:» and the like."""
    if _POSTED_BY.fullmatch(text):
        return Certainty.CERTAIN
    has_colon = text.endswith((":", "："))
    if has_colon and _QUOTING.fullmatch(text):
        return Certainty.CERTAIN if _ADDRESS.search(text) else Certainty.IF_QUOTED_FOLLOWS
    if addressed := _NAME_AND_ADDRESS.fullmatch(text):
        rest = addressed["rest"]
        is_dated = has_colon and _ANY_DATE.search(rest) is not None and _TIME.search(rest) is not None
        is_written = is_dated or (_VERB.search(rest) is not None and (has_colon or _ends_by_verb(rest)))
        is_certain = is_written and _is_name(addressed["name"]) and not _PERSONAL.search(rest)
        return Certainty.CERTAIN if is_certain else Certainty.NONE
    verb = _VERB.search(text)
    if verb is None or not has_colon or len(text) > _MAX_NAMED_LENGTH:
        return Certainty.NONE
    return _judge_name_and_verb(
        text[: verb.start()].strip(" ,"), verb.group(), text[verb.end() :].strip(" :：")
    )


def _judge_name_and_verb(name: str, verb: str, rest: str) -> Certainty:
    if not name or not _is_name(name):
        return Certainty.NONE
    if rest:
        is_dated = _ANY_DATE.search(rest) and _TIME.search(rest) and len(rest.split()) <= 10
        return Certainty.CERTAIN if is_dated else Certainty.NONE
    if " via " in name:
        return Certainty.CERTAIN
    # «Программа пишет:» is a person's sentence; programs write two names, or a form that no person uses.
    is_likely = " " in name or "(" in verb or verb.lower() in _WRITTEN
    return Certainty.IF_QUOTED_FOLLOWS if is_likely else Certainty.NONE


def _judge_unknown(text: str) -> Certainty:
    """Judge a line in a language that is not known: with a date, an address at its end, and a colon."""
    is_like_one = (
        text.endswith((":", "："))
        and len(text) <= _MAX_UNKNOWN_LENGTH
        and _ENDS_BY_ADDRESS.search(text) is not None
        and _ANY_DATE.search(text) is not None
    )
    return Certainty.IF_QUOTED_FOLLOWS if is_like_one else Certainty.NONE


def _is_name(text: str) -> bool:
    words = text.replace('"', " ").split()
    if len(words) > _NAME_WORDS or _PERSONAL.search(text) or re.search(r"[!?;]|[^\W\d_]{3,}\.\s", text):
        return False
    return not words or not words[0][:1].islower() or "@" in text or len(words) == 1 or " via " in text

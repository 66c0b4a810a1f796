"""Where a sender's signature begins: behind a delimiter, or with a closing above the lines of a visiting card."""

import re
from collections.abc import Sequence

from okno.channels.email.own_words.footers import (
    begins_disclaimer,
    begins_list_footer,
    is_advertised,
    is_sent_from,
)
from okno.channels.email.own_words.lines import PICTURE, Line, text_numbers

_MAX_SIGNATURE_LINES = 60
_MAX_LOOSE_LINES = 15
_MAX_RULED_LINES = 12
_MAX_CARD_LINES = 10
_MAX_CARD_LINE = 100
_MAX_NAME_WORDS = 3
_SENTENCE_WORDS = 6
_MAX_NAME = 40
_MAX_NAME_LINES = 3
_MAX_PASSES = 6

_DELIMITER = re.compile(r"(?:--|—|–|—\s?—|\*--|ᐧ)")
_RULE = re.compile(r"(?:[-_=*~+#—–]\s?){2,100}")
_RULE_OR_DASH = re.compile(r"-|(?:[-_=*~+#—–]\s?){2,100}")
_NAME = r"[^\W\d_][\w.'’-]{0,30}"
_DELIMITER_AND_NAME = re.compile(rf"(?:--|—)\s?(?:{_NAME}\s?){{1,4}}[,.]?")
_DASHED_NAME = re.compile(rf"[-–—](?P<blank>\s?)(?P<name>(?:{_NAME}\s?){{1,3}})[,.!]?")
_LIST_ITEM = re.compile(r"(?:[-–—*•]|\d{1,3}[.)])\s?\S|\+\s\S")

_CLOSING_WORDS = """
    regards | best regards | kind regards | warm regards | kindest regards | warmest regards |
    with regards | many regards |
    with best regards | with kind regards | best | all the best | best wishes | with best wishes | cheers | thanks |
    many thanks | thank you | thanks a lot | thanks in advance | thanks and regards |
    thanks & regards | thanks again |
    sincerely | yours sincerely | sincerely yours | yours | yours truly | yours faithfully |
    respectfully | cordially |
    take care | bye | br | rgds | kr |
    с уважением | с наилучшими пожеланиями | с наилучшими | с лучшими пожеланиями | всего доброго | всего хорошего |
    всего наилучшего | спасибо | благодарю | заранее спасибо | спасибо и хорошего дня |
    хорошего дня | до связи | с глубоким уважением |
    с искренним уважением | искренне ваш | искренне ваша | с приветом | с благодарностью | заранее благодарю |
    з повагою | дякую | з найкращими побажаннями | з повагою та найкращими побажаннями | с уважение |
    mit freundlichen grüßen | mit freundlichen grüssen | mit freundlichem gruß |
    mit freundlichem gruss | freundliche grüße |
    freundliche grüsse | viele grüße | viele grüsse | beste grüße | beste grüsse | liebe grüße |
    schöne grüße | mfg | vg | lg |
    mit besten grüßen | herzliche grüße | vielen dank | danke | gruß | grüße | mit vielen grüßen |
    cordialement | bien cordialement | très cordialement | sincèrement | bien à vous | cdlt |
    salutations | meilleures salutations |
    merci | merci d'avance | sincères salutations | amicalement |
    saludos | un saludo | atentamente | saludos cordiales | cordialmente | gracias |
    un cordial saludo | muchas gracias |
    cordiali saluti | distinti saluti | saluti | un saluto | grazie | cordialmente | buona giornata |
    atenciosamente | com os melhores cumprimentos | cumprimentos | obrigado | obrigada | abraços | att |
    met vriendelijke groet | met vriendelijke groeten | vriendelijke groet | groeten | groet | mvg |
    alvast bedankt | bedankt |
    z poważaniem | pozdrawiam | pozdrowienia | z wyrazami szacunku | dziękuję | serdecznie pozdrawiam |
    saygılarımla | iyi çalışmalar | teşekkürler | saygılar | med vänlig hälsning |
    med vänliga hälsningar | vänliga hälsningar |
    mvh | hälsningar | tack | venlig hilsen | med venlig hilsen | vennlig hilsen |
    med vennlig hilsen | hilsen | tak | takk |
    ystävällisin terveisin | terveisin | terv | kiitos | s pozdravem | s přátelským pozdravem |
    děkuji | s úctou | s pozdravom |
    üdvözlettel | üdv | köszönettel | tisztelettel | cu stimă | cu respect | s poštovanjem |
    lijep pozdrav | lep pozdrav |
    με εκτίμηση | lugupidamisega | ar cieņu | pagarbiai | よろしくお願いします | 此致 | 敬礼 | 祝好 | 谢谢
"""
_CLOSINGS = {" ".join(words.split()) for words in _CLOSING_WORDS.split("|") if words.strip()}
_ANY_CLOSING = "|".join(sorted(map(re.escape, _CLOSINGS), key=len, reverse=True))
_CLOSING = re.compile(
    rf"(?:{_ANY_CLOSING})"
    rf"(?:\s?[,.!–—-]{{0,3}}(?:\s{{1,2}}(?:{_NAME}\s?){{1,4}})?)?[,.!;\s]{{0,4}}",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"(?:many |vielen |muchas |alvast )?(?:thank|спасибо|заранее|благодар|дякую|dank|merci|graci|grazie|"
    r"obrigad|bedankt|"
    r"dzięk|teşekkür|tack|tak|kiitos|děkuj|谢谢|хорошего|всего)",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"[\w.+-]{1,60}@[\w-]{1,60}\.\w|(?:https?://|www\.)\S|(?<![\w.])(?:\+\d|\(?\d{3})[\d\s().-]{6,20}\d(?!\w)|"
    r"(?<!\w)(?:tel|phone|mob|mobile|cell|fax|office|direct|ph|тел|моб|факс|телефон|сот|раб|доб|вн|skype|"
    r"telegram|whatsapp|"
    r"viber|icq|e-?mail|сайт|адрес|tél|telefon|móvil|teléfono|telefono|telefoon|telefone|handy|mobil|puh|"
    r"tlf)\.?\s?[:#+(\d]|"
    r"(?<!\w)(?:ооо|оао|зао|пао|нао|ао|ип|тов|фгбу|фгуп|мбоу|гбоу|gmbh|inc|ltd|llc|llp|corp|s\.a\.|"
    r"s\.r\.l|b\.v|a/s|oy|sp\. z o)(?![\w])|"
    r"(?<!\w)(?:manager|director|engineer|developer|president|officer|consultant|assistant|analyst|"
    r"specialist|administrator|"
    r"coordinator|secretary|accountant|founder|head of|department|team lead|ceo|cto|cfo|coo|"
    r"менеджер|директор|инженер|специалист|бухгалтер|руководитель|начальник|администратор|секретарь|консультант|"
    r"отдел|департамент|юрист|программист|аналитик|логист|заместитель|помощник|"
    r"geschäftsführer|leiter|abteilung|directeur|responsable|gerente|direttore|directeur)(?!\w)",
    re.IGNORECASE,
)


def signature_start(lines: Sequence[Line], begin: int, end: int, *, may_be_all: bool) -> int:
    """Return the number of the first line of the signature at the end of a stretch of own lines, or `end`.

    Something of the stretch is left unless `may_be_all`, or unless it is nothing but what a telephone appends.
    """
    start = end
    for _ in range(_MAX_PASSES):
        found = _one_pass(lines, begin, start, may_be_all=may_be_all)
        if found == start:
            break
        start = found
    return start


def _one_pass(lines: Sequence[Line], begin: int, end: int, *, may_be_all: bool) -> int:
    numbers = list(text_numbers(lines, max(begin, end - 4 * _MAX_SIGNATURE_LINES), end))[
        -_MAX_SIGNATURE_LINES:
    ]
    first = next(text_numbers(lines, begin, end), end)
    may_begin = [number for number in numbers if may_be_all or number > first]
    quoted = [number for number in may_begin if lines[number].is_quoted]
    if quoted:
        may_begin = [number for number in may_begin if number > quoted[-1]]
    for search in (_marked, _delimited, _closed, _dashed):
        found = search(lines, may_begin, end)
        if found is not None:
            return found
    found = _appended(lines, [number for number in numbers if not quoted or number > quoted[-1]])
    # What a telephone appends may be all that there is: its owner has written nothing.
    is_allowed = found is not None and (found != first or may_be_all or is_sent_from(lines[found].text))
    return found if found is not None and is_allowed else end


def _marked(lines: Sequence[Line], numbers: Sequence[int], end: int) -> int | None:
    """Return where the markup says that the signature begins, if nothing else follows it."""
    start = None
    for number in reversed(numbers):
        if not lines[number].is_signature:
            break
        start = number
    return start


def _delimited(lines: Sequence[Line], numbers: Sequence[int], end: int) -> int | None:
    is_only = sum(_is_drawn(lines[number].text) for number in numbers) == 1
    for place, number in enumerate(numbers):
        line = lines[number]
        rest = [lines[other].text for other in numbers[place + 1 :]]
        if line.is_delimiter:
            return number
        if _DELIMITER.fullmatch(line.text) and _is_loose_signature(rest, is_only=is_only):
            return number
        if _RULE_OR_DASH.fullmatch(line.text) and _is_ruled_off(
            rest, is_dashed=is_only and line.text[0] in "-—_"
        ):
            return number
        if (
            _DELIMITER_AND_NAME.fullmatch(line.text)
            and len(rest) < _MAX_CARD_LINES
            and _is_card(rest, needs_contact=bool(rest))
        ):
            return number
    return None


def _is_loose_signature(rest: Sequence[str], *, is_only: bool) -> bool:
    """Tell whether what follows a delimiter may be a signature: short, without a question or a first sentence."""
    if any(_begins_legal_words(text) for text in rest):
        return True
    if len(rest) > _MAX_LOOSE_LINES or any(text.endswith("?") for text in rest):
        return False
    if not is_only and not any(_CONTACT.search(text) for text in rest):
        # Several lines of the kind part paragraphs.
        return False
    return not rest or not _is_sentence(rest[0])


def _is_ruled_off(rest: Sequence[str], *, is_dashed: bool) -> bool:
    """Tell whether what follows a drawn rule is a signature, for people draw them between their paragraphs too."""
    if not rest:
        return True
    if _begins_legal_words(rest[0]) or is_sent_from(rest[0]) or is_advertised(rest[0]):
        return True
    if any(_is_sentence(text) for text in rest):
        return False
    if len(rest) <= _MAX_RULED_LINES and _is_card(rest, needs_contact=True):
        return True
    return is_dashed and len(rest) <= _MAX_NAME_LINES and all(_is_name(text) for text in rest)


def _is_drawn(text: str) -> bool:
    return _DELIMITER.fullmatch(text) is not None or _RULE.fullmatch(text) is not None


def _is_sentence(text: str) -> bool:
    return len(text.split()) >= _SENTENCE_WORDS and text.endswith((".", "!", "?", "…"))


def _is_name(text: str) -> bool:
    is_short = len(text) <= _MAX_NAME and len(text.split()) <= _MAX_NAME_WORDS + 1
    return is_short and text[:1].isupper() and text[-1] not in ".!?:;," and not _CLOSING.fullmatch(text)


def _is_card(texts: Sequence[str], *, needs_contact: bool) -> bool:
    """Tell whether lines are those of a visiting card."""
    if len(texts) > _MAX_CARD_LINES or any(
        len(text) > _MAX_CARD_LINE or text.endswith("?") for text in texts
    ):
        return False
    return not needs_contact or any(_CONTACT.search(text) for text in texts)


def _closed(lines: Sequence[Line], numbers: Sequence[int], end: int) -> int | None:
    """Return where a visiting card begins below a closing; a closing with only a name is the sender's own."""
    for place in range(max(0, len(numbers) - _MAX_CARD_LINES - 3), len(numbers)):
        text = lines[numbers[place]].text
        if len(text) > 80 or not _CLOSING.fullmatch(text):
            continue
        begin = _begin_of_card(lines, numbers, place)
        rest = [lines[other].text for other in numbers[max(begin, place + 1) :]]
        if rest and _is_card(rest, needs_contact=True) and not any(_LIST_ITEM.match(line) for line in rest):
            # «Thanks, +1 555 123 4567» may be the answer to the question for a number; a card begins with a name.
            is_number = begin > place and len(rest) == 1 and _CONTACT.match(rest[0]) is not None
            return None if is_number else numbers[begin]
    return None


def _begin_of_card(lines: Sequence[Line], numbers: Sequence[int], place: int) -> int:
    """Return the place where the card begins: thanks, and a name set apart from the card, are written by hand."""
    if place + 2 < len(numbers):
        name, below = numbers[place + 1], numbers[place + 2]
        is_set_apart = name == numbers[place] + 1 and below > name + 1
        if (
            is_set_apart
            and len(lines[name].text.split()) <= _MAX_NAME_WORDS
            and not _CONTACT.search(lines[name].text)
        ):
            return place + 2
    is_thanks = _THANKS.match(lines[numbers[place]].text) is not None
    return place + 1 if is_thanks and place + 1 < len(numbers) else place


def _dashed(lines: Sequence[Line], numbers: Sequence[int], end: int) -> int | None:
    """Return where the last line is «-Name», if it is not the last item of a list."""
    if not numbers:
        return None
    number = numbers[-1]
    match = _DASHED_NAME.fullmatch(lines[number].text) if len(lines[number].text) <= 60 else None
    if match is None or any(not word[:1].isupper() for word in match["name"].split()):
        return None
    above = next((other for other in range(number - 1, -1, -1) if lines[other].text), None)
    if above is None or _LIST_ITEM.match(lines[above].text) or lines[above].text.endswith(":"):
        return None
    return number if above < number - 1 or not match["blank"] else None


def _appended(lines: Sequence[Line], numbers: Sequence[int]) -> int | None:
    """Return where the lines begin that programs, companies and lists append."""
    for place in range(len(numbers) - 1, max(-1, len(numbers) - 6), -1):
        text = lines[numbers[place]].text
        rest = [lines[other].text for other in numbers[place + 1 :]]
        if (is_sent_from(text) and _begins_anew(lines, numbers[place])) or is_advertised(text):
            return numbers[place] if all(_is_appendix(other) for other in rest) else None
    for place in range(len(numbers)):
        number = numbers[place]
        begins = number == 0 or not lines[number - 1].text or _RULE.fullmatch(lines[number - 1].text)
        is_asking = any(lines[other].text.endswith("?") for other in numbers[place:])
        if begins and not is_asking and _begins_legal_words(lines[number].text):
            return number
    return None


def _begins_legal_words(text: str) -> bool:
    return begins_disclaimer(text) or begins_list_footer(text)


def _begins_anew(lines: Sequence[Line], number: int) -> bool:
    """Tell whether a line is not the end of a sentence that was wrapped."""
    return number == 0 or not lines[number - 1].text or not lines[number].text[:1].islower()


def _is_appendix(text: str) -> bool:
    return (
        text == PICTURE
        or is_sent_from(text)
        or is_advertised(text)
        or _RULE.fullmatch(text) is not None
        or (len(text) <= _MAX_CARD_LINE and _CONTACT.search(text) is not None)
    )

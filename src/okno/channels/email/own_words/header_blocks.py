"""The head of an older mail below an answer: «From: … Sent: … To: … Subject: …», and the rules above it."""

import re
from collections.abc import Sequence

from okno.channels.email.own_words.lines import Line

_MAX_BLOCK_LINES = 16
_MAX_WRAPPED_LINES = 3
_MAX_LABEL_LINE = 2000

_LABELS_BY_KIND = {
    "from": """
        from | от | от кого | отправитель | von | absender | de | expéditeur | da | mittente | van |
        afzender | od | nadawca | odesílatel | odosielateľ | kimden | gönderen | lähettäjä | fra |
        afsender | från | avsändare | avsender | feladó | від | від кого | 差出人 | 发件人 | 寄件者 | 寄件人 | 發件人 |
        보낸 사람 | 보낸사람 | de la | από | šalje | saatja | no | nuo | من | từ | dari | remetente |
        remitente
    """,
    "sent": """
        sent | отправлено | gesendet | envoyé | enviado | enviado el | enviado em | enviada em |
        enviada el | enviada | inviato | verzonden | wysłano | wysłane | odesláno | odoslané |
        gönderildi | gönderilme tarihi | gönderme tarihi | lähetetty | sendt | skickat | elküldve |
        küldve | надіслано | відправлено | 送信日時 | 发送时间 | 傳送時間 | 發送時間 | 寄件日期 |
        보낸 날짜 | 보낸날짜 | trimis |
        στάλθηκε | αποστολή | poslano | poslato | saadetud | nosūtīts | išsiųsta | изпратено |
        تم الإرسال | đã gửi | dikirim
    """,
    "date": """
        date | message du | дата | datum | data | fecha | dato | päivä | päiväys | tarih | dátum | 日期 | 日付 | 日時 |
        날짜 | ημερομηνία | kuupäev | le
    """,
    "to": """
        to | кому | получатель | an | à | a | para | aan | do | komu | kime | alıcı | vastaanottaja |
        til | till | címzett | 宛先 | 收件人 | 收件者 | 받는 사람 | 받는사람 | către | προς | prima | za | adressaat |
        kam | до | إلى | tới | empfänger | ontvanger | modtager | mottagare | odbiorca | příjemce |
        kepada | destinatario | destinatário | destinataire
    """,
    "subject": """
        subject | тема | betreff | objet | sujet | asunto | assunto | oggetto | onderwerp | temat |
        předmět | predmet | konu | aihe | emne | ämne | tárgy | 件名 | 主题 | 主題 | 主旨 | 제목 | subiect |
        θέμα | teema | tēma | tema | относно | الموضوع | chủ đề | subjek
    """,
    "other": """
        cc | bcc | копия | копія | скрытая копия | kopie | kopia | kopija | kopi | kopio | cópia |
        copia | másolatot kap | reply-to | ответить | importance | важность | priority | приоритет |
        wichtigkeit | priorität | attachments | вложения | anlagen | pièces jointes | bijlagen |
        allegati | adjuntos | anexos | 抄送 | 副本 | organization | sender | resent-from | when | where |
        cc/bcc | message-id | sent by |
        please respond to | mailed-by | phone | sensitivity | organisation | cci | kópia | bilgi | categories |
        категории
    """,
}
_KINDS = {
    label.strip(): kind
    for kind, labels in _LABELS_BY_KIND.items()
    for label in labels.split("|")
    if label.strip()
}
_LABEL = re.compile(
    r"[>*_\s|]{0,6}([^\W\d_][^:：*|\n]{0,28}?)[\s|]{0,2}[*_]{0,2}\s?[:：][*_|]{0,2}(.{0,2000})"
)
_LABEL_INSIDE = re.compile(r"(?:^|(?<=[\s*]))\*{0,2}([^\W\d_]{1,14})\s?\*{0,2}:\*{0,2}(?=\s)")
_RULE = re.compile(r"[-_*=~—–\s]{3,}")

_HEADINGS = """
    original message | original appointment | original-message | reply message | message reply |
    reply separator | forwarded message | forwarded by .{1,80} | forwarded mail | forwarded letter |
    исходное сообщение | оригинальное сообщение | первоначальное сообщение |
    пересылаемое сообщение | пересланное сообщение | перенаправленное сообщение |
    переадресованное сообщение | исходное письмо | пересылаемое письмо | переадресовано .{1,80} |
    вихідне повідомлення | оригінальне повідомлення | переслане повідомлення |
    початкове повідомлення | ursprüngliche nachricht | original-nachricht | originalnachricht |
    original nachricht | antwort nachricht | weitergeleitete nachricht | ursprüngliche mail |
    weitergeleitet von .{1,80} | message d['’]origine | message original | message transféré |
    mensaje original | mensaje reenviado | messaggio originale | messaggio inoltrato |
    mensagem original | mensagem encaminhada | oorspronkelijk bericht | origineel bericht |
    doorgestuurd bericht | oprindelig meddelelse | originalmeddelande | ursprungligt meddelande |
    videresendt meddelelse | vidarebefordrat meddelande | opprinnelig melding |
    videresendt melding | original melding | alkuperäinen viesti | välitetty viesti |
    původní zpráva | přeposlaná zpráva | pôvodná správa | wiadomość oryginalna |
    oryginalna wiadomość | treść przekazanej wiadomości | przekazana wiadomość | eredeti üzenet |
    továbbított üzenet | orijinal ileti | orijinal mesaj | özgün ileti | iletilen mesaj |
    mesaj original | mesajul original | αρχικό μήνυμα | originalna poruka | izvorna poruka |
    izvirno sporočilo | оригинално съобщение | 原始邮件 | 原始郵件 | 原始信件 | 转发邮件信息 |
    转发的邮件 | 元のメッセージ |
    転送メッセージ | 원본 메일 | 원본 메시지 | 전달된 메시지 | tin nhắn gốc | pesan asli
"""
_ANY_HEADING = "|".join(" ".join(words.split()) for words in _HEADINGS.split("|") if words.strip())
_HEADING = re.compile(rf"[-_*=> ]{{2,40}}(?:{_ANY_HEADING})[-_*= :]{{2,40}}", re.IGNORECASE)
_FORWARDED = re.compile(
    r"(?:begin forwarded message|начало (?:переадресованного|пересылаемого) сообщения|"
    r"anfang der weitergeleiteten nachricht|"
    r"début du message (?:réexpédié|transféré)|inicio del mensaje reenviado|inizio messaggio inoltrato|"
    r"início da mensagem reencaminhada|begin doorgestuurd bericht|początek przekazywanej wiadomości)\s?[:：]?",
    re.IGNORECASE,
)
# «>>> Anna <(address)> 11/3/2026 10:11 AM >>>»: it looks quoted, but what is quoted follows without marks.
_GROUPWISE = re.compile(r">>> ?[^>\s].{0,120}\d{1,2}:\d{2}.{0,30} ?>>>", re.IGNORECASE)
# «Anna ---03.11.2026 10:11:12---Hello», as iNotes has it.
_INOTES = re.compile(r".{1,80}\s?---\d{1,4}[./-]\d{1,2}[./-]\d{1,4} \d{1,2}:\d{2}.{0,12}---.{0,80}")
# What help desks put above the mail that they send; all that follows is theirs.
_ABOVE_THIS_LINE = re.compile(
    r"[^\w]{0,20}(?:(?:please )?(?:type your |enter your |write your )?(?:reply|respond)\b.{0,40}\babove this line\b|"
    r"(?:пожалуйста, )?(?:введите |пишите |напишите )?(?:ваш )?отве\w{1,8} (?:выше|над) этой (?:линии|"
    r"строки|чертой|линией|строкой)|"
    r"bitte (?:antworten|schreiben) sie (?:oberhalb|über) dieser (?:linie|zeile)|"
    r"(?:veuillez )?répond\w{1,4} au-dessus de cette ligne|"
    r"(?:por favor,? )?respond\w{1,4} (?:por encima|arriba) de esta línea).{0,60}",
    re.IGNORECASE,
)
_NOTES_LABELS = {
    "to": "to",
    "кому": "to",
    "an": "to",
    "cc": "cc",
    "копия": "cc",
    "kopie": "cc",
    "subject": "subject",
    "тема": "subject",
    "thema": "subject",
    "betreff": "subject",
}
_DATE_ALONE = re.compile(
    r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4},?\s\d{1,2}:\d{2}(?::\d{2})?(?:\s?[ap]m)?(?:\s\w{1,5})?", re.IGNORECASE
)


def is_heading(text: str) -> bool:
    """Tell whether a line is a rule with «Original Message» or the like in it, or a help desk's mark."""
    if len(text) > 200:
        return False
    return bool(
        _GROUPWISE.fullmatch(text)
        or _INOTES.fullmatch(text)
        or _HEADING.fullmatch(text)
        or _FORWARDED.fullmatch(text)
        or _ABOVE_THIS_LINE.fullmatch(text)
    )


def is_forward_heading(text: str) -> bool:
    """Tell whether a line says that a forwarded mail follows."""
    lowered = text.lower()
    words = (
        "forward",
        "перес",
        "переадрес",
        "перенаправ",
        "weitergeleitet",
        "transf",
        "reenviado",
        "inoltrato",
    )
    return is_heading(text) and any(word in lowered for word in words)


def is_bare_heading(text: str) -> bool:
    """Tell whether a line that begins like a quoted one is the heading of an unmarked quotation."""
    return len(text) < 200 and _GROUPWISE.fullmatch(text) is not None


def is_rule(text: str) -> bool:
    """Tell whether a line is drawn."""
    return len(text) < 200 and _RULE.fullmatch(text) is not None


def label_kind(text: str) -> str | None:
    """Return what a header line tells, as "from", or None if it is not one that mail programs write."""
    return _read_label(text)[0]


def _read_label(text: str) -> tuple[str | None, str, bool]:
    """Return the kind of a header line or None, its value, and whether it has a label of any kind."""
    match = _LABEL.fullmatch(text) if len(text) < _MAX_LABEL_LINE else None
    if match is None:
        return None, "", False
    return _KINDS.get(" ".join(match[1].lower().split())), match[2].strip(" *_|"), True


def end_of_header_block(lines: Sequence[Line], number: int) -> int | None:
    """Return the number of the line after the head of a mail that begins at `number`, or None if none does."""
    if label_kind(lines[number].text) not in {"from", "sent", "date", "to", "subject"} or not _begins_anew(
        lines, number
    ):
        return None
    kinds: dict[str, str] = {}
    end, wrapped = number, 0
    if _is_head(_read_labels_in(lines[number].text), has_rule=False):
        return number + 1
    for index in range(number, min(number + _MAX_BLOCK_LINES, len(lines))):
        text = lines[index].text
        kind, value, has_label = _read_label(text)
        if kind in kinds and kind != "other":
            break
        if kind is not None:
            kinds[kind] = value
            end, wrapped = index + 1, 0
        elif not text:
            if not _goes_on_after(lines, index):
                break
        elif wrapped == _MAX_WRAPPED_LINES or (has_label and len(kinds) < 3):
            break
        else:
            wrapped += 1
            if len(kinds) == 1 and not next(iter(kinds.values())):
                kinds[next(iter(kinds))] = text
    return end if _is_head(kinds, has_rule=_has_rule_above(lines, number)) else None


def _read_labels_in(text: str) -> dict[str, str]:
    """Return the header lines that a program has put on one line."""
    if len(text) > _MAX_LABEL_LINE:
        return {}
    found = [(match, _KINDS.get(match[1].lower())) for match in _LABEL_INSIDE.finditer(text)]
    known = [(match, kind) for match, kind in found if kind is not None]
    if not known:
        return {}
    ends = [match.start() for match, _ in known[1:]] + [len(text)]
    return {kind: text[match.end() : end].strip() for (match, kind), end in zip(known, ends, strict=True)}


def _begins_anew(lines: Sequence[Line], number: int) -> bool:
    """Tell whether no form with fields of other names goes on here."""
    before = lines[number - 1].text if number else ""
    return not before or is_rule(before) or not _read_label(before)[2] or is_heading(before)


def _goes_on_after(lines: Sequence[Line], number: int) -> bool:
    return number + 1 < len(lines) and label_kind(lines[number + 1].text) is not None


def _has_rule_above(lines: Sequence[Line], number: int) -> bool:
    above = number - 1
    while above >= 0 and not lines[above].text:
        above -= 1
    return above >= 0 and (is_rule(lines[above].text) or lines[above].starts_quotation)


def _is_head(kinds: dict[str, str], *, has_rule: bool) -> bool:
    if "from" not in kinds:
        return False
    others = {"sent", "date", "to", "subject"} & set(kinds)
    is_dated = any(any(letter.isdigit() for letter in kinds.get(kind, "")) for kind in ("sent", "date"))
    has_address = any("@" in kinds.get(kind, "") for kind in ("from", "to"))
    if has_rule and others and (has_address or is_dated):
        return True
    # «From: Moscow, To: Paris, Date: 3 November» is a journey.
    return len(others) >= 2 and (has_address or "sent" in kinds or ("subject" in kinds and is_dated))


def end_of_notes_block(lines: Sequence[Line], number: int) -> int | None:
    """Return the number of the line after the head that Lotus Notes writes: its labels stand alone on their lines."""
    if not any(_DATE_ALONE.fullmatch(line.text) for line in lines[number : number + 2]):
        return None
    found: set[str] = set()
    end, is_alone = number, False
    for index in range(number, min(number + 2 * _MAX_BLOCK_LINES, len(lines))):
        text = lines[index].text
        if kind := _NOTES_LABELS.get(text.lower().rstrip(":")) or label_kind(text):
            found.add(kind)
            end = index + 1
            is_alone = ":" not in text
    if not {"to", "subject"} <= found:
        return None
    return end + 1 if is_alone else end


def with_rule_above(lines: Sequence[Line], number: int) -> int:
    """Return the number of the first line of what is drawn above a head or an introduction."""
    above = number
    while above > 0 and (not lines[above - 1].text or is_rule(lines[above - 1].text)):
        above -= 1
    while above < number and not lines[above].text:
        above += 1
    return above

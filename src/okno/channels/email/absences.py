"""How automatic answers are titled by the programs and providers of the world."""

import re

# Only what programs write by themselves, and only at the start: people write of offices and vacations too, and
# answer to automatic answers ("Re: Automatic reply: …").
_TITLES = (
    # English
    r"auto(?:matic|mated|matically)?[- ]?(?:reply|response|answer|responder|respond)\b(?=\s*(?:$|[:;\-–—\[(]|"
    r"from|to|re\b|by))|"
    r"auto\s*:|autoreply\b|autoresponder\b|\[auto(?:-?reply)?\]|this is an automat(?:ed|ic) (?:reply|response)|"
    r"out[- ]of[- ](?:the[- ])?office\b(?=\s*(?:$|[:;\-–—\[(.!]|auto|re(?:ply|sponse)|message|noti|until|from|"
    r"till))|ooo\s*:|"
    r"vacation (?:reply|response|message|notice|notification|auto)|on vacation\s*(?:$|[:\-–—(])|away (?:message|"
    r"notice)\b|"
    r"away from (?:my |the )?(?:mail|e-?mail|desk|office)|(?:i am|i'm|i will be) (?:currently |"
    r"now )?(?:out of (?:the )?"
    r"office|away from|on (?:vacation|annual leave|holiday|leave|maternity))|absence (?:notice|notification)|"
    r"thank you for (?:your e-?mail|contacting us)\s*[-–:]?\s*auto|delivery confirmation - auto|"
    # Russian, Ukrainian, Belarusian, Bulgarian
    r"авто[- ]?ответ(?:чик)?\b|автоматическ\w+ (?:ответ|уведомлени|сообщени)\w*(?=\s*(?:$|[:;.\-–—\[(]|от|об|о))|"
    r"меня нет на (?:месте|работе|рабочем)|нет на (?:рабочем )?месте|вне офиса|отсутствую (?:в офисе|на)|"
    r"(?:я )?(?:нахожусь )?в отпуске\s*(?=$|[:;.!\-–—(]|с \d|до \d|по \d|до конца)|отпуск\s*(?=$|[:\-–—(]|с \d|"
    r"до \d)|"
    r"(?:уведомление|сообщение) об отсутствии|отсутствие на рабочем|"
    r"автоматична відповідь|автовідповідь|у відпустці|поза офісом|аўтаматычны адказ|автоматичен отговор|"
    # German, Dutch, Nordic
    r"abwesenheits(?:notiz|benachrichtigung|assistent|meldung|info)|abwesenheit\s*(?=$|[:\-–—(])|"
    r"automatische[rs]? (?:antwort|rückantwort|e-?mail-?antwort|abwesenheit|beantwoording)|nicht im (?:büro|"
    r"haus)\s*(?=$|[:\-–—(])|"
    r"automatisch antwoord|afwezig(?:heid\w*)?\s*(?=$|[:\-–—(])|niet aanwezig|autosvar|automatiskt? svar|"
    r"frånvaro\w*\s*(?=$|[:\-(])|"
    r"ikke til stede|automaattinen vastaus|poissaolo|sjálfvirkt svar|"
    # Romance
    r"r[ée]ponse automatique|absence du bureau|absent\(?e?\)? du bureau|(?:message|notification|"
    r"r[ée]ponse) d.absence|"
    r"en cong[ée]s?\s*(?=$|[:\-–—(])|"
    r"respuesta (?:autom[áa]tica|de ausencia)|fuera de (?:la )?oficina|contestaci[óo]n autom|resposta autom[áa]tica|"
    r"fora do escrit[óo]rio|aus[êe]ncia (?:do escrit|tempor)|ausente do escrit|risposta automatica|"
    r"fuori (?:sede|ufficio)\s*"
    r"(?=$|[:\-–—(])|assenza dall.ufficio|r[ăa]spuns automat|resposta autom[àa]tica|"
    # Central Europe, Turkish, Greek, Hebrew, Arabic
    r"automatyczna odpowied[źz]|odpowied[źz] automatyczna|autoodpowied[źz]|poza biurem|nieobecno[śs][ćc]|"
    r"automatick[áa] odpov[ěe][ďd]|mimo kancel[áa][řr]|automatikus v[áa]lasz|nem vagyok az irod|samodejni odgovor|"
    r"automatski odgovor|automaatvastus|autom[āa]tiskā atbilde|automatinis atsakymas|"
    r"otomatik (?:yan[ıi]t|cevap)|αυτόματη απάντηση|תשובה אוטומטית|رد تلقائي|phản hồi tự động|trả lời tự động|"
    r"balasan otomatis|"
    # East Asia
    r"自動(?:応答|返信|回覆|回复|配信)|不在(?:通知|のお知らせ|連絡)|【?自動返信|自动(?:回复|答复|回覆)|외출 중|"
    r"자동 ?(?:회신|응답)|부재중"
)
_ABSENCE = re.compile(r"^[\s\"'*<\[(【]{0,4}(?:" + _TITLES + ")", re.IGNORECASE)
# RFC 7489, section 7.2.1.1.
_AGGREGATE = re.compile(r"^\s*\[?\w{0,20}\]?\s*report domain\s*:", re.IGNORECASE)


def is_absence_subject(subject: str) -> bool:
    """Tell whether a subject is that of an automatic answer, as programs write them."""
    return bool(_ABSENCE.match(subject[:300]))


def is_machine_subject(subject: str) -> bool:
    """Tell whether only programs write such a subject: an automatic answer, or a summary about DMARC."""
    return is_absence_subject(subject) or bool(_AGGREGATE.match(subject[:300]))

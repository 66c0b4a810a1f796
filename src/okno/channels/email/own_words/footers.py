"""What programs, companies and lists append to a mail: «Sent from my iPhone», antivirus notices, disclaimers.

Strict on purpose: a sentence that a person wrote must never be taken for one of these.
"""

import re

_MAX_FOOTER = 160
_MAX_JUDGED = 700

# Telephones, and programs that name themselves.
_DEVICE = r"""(?:
    i-?(?:phon\w{1,3}|pad|pod) | android | samsung | galaxy | huawei | xiaomi | redmi | honor | nokia |
    lumia | htc | sony | xperia | motorola | pixel | black\s?berry | outlook | yahoo | gmail | mail\.ru |
    mailbox | mailspring |
    airmail | proton\s?mail | proton | aol | hotmail | superhuman | blue\s?mail | k-9 | zoho | fastmail |
    tutanota | gmx | web\.de |
    t-online | rambler | рамблер\w* | windows | mail\s(?:for|für|pour|para|per|voor|til|för|dla) |
    thunderbird |
    mobile | handheld | tablet | smart\s?phone | phone | cell\s?phone |
    мобильн\w+(?:\s(?:яндекс|почт|устройств|телефон|приложени)\S*)* | телефон\w* | смартфон\w* | планшет\w* |
    айфон\w* |
    айпад\w* | яндекс\S{0,2}\s?почт\w* | почты?\s(?:mail|для|рамблер|яндекс)\S* | устройства |
    handy | mobiltelefon | mobilgerät | smartphone | móvil | celular | téléphone | telefono | telefoon |
    telefon\w*
)"""
_SENT_FROM = re.compile(
    rf"""[\[(<*_~\s]{{0,4}}(?:
    (?:sent|posted|composed)\s(?:from|via|with|using)\b.{{0,40}}\b{_DEVICE}.{{0,60}} |
    (?:sent|written|typed|dictated)\s(?:by|on|from|with)\s(?:my\s|a\s)?{_DEVICE} |
    sent\sfrom\s(?:my|a|an)(?:\s[^\s.!?]{{1,20}}){{1,3}} | sent\s(?:with|using)\s(?-i:[A-Z])\w{{2,15}} |
    from\smy\s{_DEVICE}.{{0,12}} | [^\W\d_]{{2,20}}\sfrom\smobile | via\smobile |
    (?:get|download)\s(?:outlook|bluemail)\sfor\s.{{1,60}} |

    (?:отправлено|послано|написано|надіслано|адпраўлена|изпратено|послато)\s
        (?:с|со|из|з|із|от|через|при\sпомощи|с\sпомощью|са|од)\b.{{0,30}}\b{_DEVICE}.{{0,40}} |
    (?:скачать|получить|загрузить|установить)\soutlook\sдля\s.{{1,60}} | с\sтелефона |

    von\s.{{0,40}}\b{_DEVICE}.{{0,30}}\s(?:gesendet|geschrieben|verfasst) |
    gesendet\s(?:von|mit|über)\s.{{0,40}}{_DEVICE}.{{0,30}} |
    diese\s(?:nachricht|e-?mail)\swurde\s.{{1,90}}\s(?:gesendet|verfasst) |
    (?:outlook|bluemail)\sfür\s.{{1,20}}\s(?:beziehen|herunterladen|abrufen) |

    (?:envoyé|écrit)\s(?:de|depuis|à\spartir\sd|avec|par|via)\b.{{0,30}}\b{_DEVICE}.{{0,40}} |
    provenance\s:\s.{{0,20}}{_DEVICE}.{{0,30}} | (?:télécharger|obtenir|obtenez)\soutlook\spour\s.{{1,40}} |
    (?:enviado|escrito)\s(?:desde|do|via|de|con|pelo|por|a\spartir\sdo|
        a\stravés\sde)\b.{{0,30}}\b{_DEVICE}.{{0,40}} |
    (?:obtener|obtenga|descargar|obter|baixar)\s(?:o\s)?outlook\s(?:para|for)\s.{{1,40}} |
    (?:inviato|scritto)\s(?:da|dal|con|tramite)\b.{{0,30}}\b{_DEVICE}.{{0,40}} |
    (?:ottieni|scarica)\soutlook\sper\s.{{1,40}} |
    (?:verzonden|verstuurd|gestuurd)\s(?:vanaf|met|via|vanuit|van)\b.{{0,30}}\b{_DEVICE}.{{0,40}} |
    outlook\svoor\s.{{1,20}}\sdownloaden |
    (?:download|hämta|hent|få)\soutlook\s(?:voor|för|til|for)\s.{{1,40}} |
    (?:wysłane|wysłano|wysłana)\s(?:z|ze|za\spomocą)\b.{{0,30}}\b{_DEVICE}.{{0,40}} |
    pobierz\s(?:aplikację\s)?outlook\sdla\s.{{1,40}} |
    (?:skickat|skickades)\s(?:från|med|via)\b.{{0,30}}\b{_DEVICE}.{{0,40}} | från\smin\s{_DEVICE}.{{0,12}} |
    sendt\s(?:fra|via|med)\b.{{0,30}}\b{_DEVICE}.{{0,40}} | lähetetty\s.{{0,20}}{_DEVICE}.{{0,30}} |
    (?:odesláno|odoslané)\sz\b.{{0,20}}{_DEVICE}.{{0,20}} | {_DEVICE}\w{{0,3}}['’]?\w{{0,8}}\sgönderildi |
    (?:küldve|elküldve)\s.{{0,30}}{_DEVICE}.{{0,30}} | trimis\sde\spe\s.{{0,20}}{_DEVICE}.{{0,20}} |
    στάλθηκε\sαπό\s.{{0,20}}{_DEVICE}.{{0,20}} | poslano\s(?:s|sa|z|iz)\b.{{0,20}}{_DEVICE}.{{0,20}} |
    (?:saadetud\sminu|nosūtīts\sno\smana|išsiųsta\siš)\s.{{0,20}}{_DEVICE}.{{0,20}} |
    dikirim\sdari\s.{{0,20}}{_DEVICE}.{{0,20}} | được\sgửi\stừ\s.{{0,20}}{_DEVICE}.{{0,20}} |
    (?:ส่งจาก|נשלח\sמ|أرسلت\sمن).{{0,20}}{_DEVICE}.{{0,20}} |
    (?:i-?(?:phone|pad)|android|outlook).{{0,20}}(?:から送信|發送|发送|傳送) | (?:发自|發自).{{1,40}} |
    (?:来自|從|从|寄自).{{0,15}}(?:iphone|ipad|android|手机|手機|邮箱|郵箱).{{0,20}} | 나의\s.{{1,20}}에서\s보냄
    )[\])>*_~.!\s]{{0,6}}""",
    re.IGNORECASE | re.VERBOSE,
)
_ADVERTISED = re.compile(
    r"""[\[(<*_~\s]{0,4}(?:
    (?:virus[-\s]free|без\sвирусов|без\sвірусів|virenfrei|garanti\ssans\svirus|sans\svirus|
        libre\sde\svirus|privo\sdi\svirus|livre\sde\svírus|sem\svírus|virusvrij|
        wolny\sod\swirusów)\.?\s?(?:(?:www|http|<|\[|avast).{0,90})? |
    this\s(?:e-?mail|message)\s(?:has\sbeen|was|is)\s(?:checked|scanned|certified)\s.{0,90} |
    diese\se-?mail\swurde\s.{0,40}(?:viren|avast|geprüft).{0,60} |
    (?:это|данное)\s(?:электронное\s)?(?:письмо|сообщение)\s(?:было\s)?провер\w+\s.{0,40}вирус.{0,60} |
    l'absence\sde\svirus\sdans\sce\s.{0,100} |
    no\svirus\s(?:was\s)?found\sin\sthis\s.{0,40} | checked\sby\savg.{0,60} |
    (?:mail\s)?scanned\sby\s(?:avast|avg|clam|mailscanner|eset|kaspersky|norton|mcafee).{0,60} |
    do\syou\syahoo.{0,20}
    )[\])>*_~\s]{0,6}""",
    re.IGNORECASE | re.VERBOSE,
)
_LIST_FOOTER = re.compile(
    r"""
    you\s(?:received|are\sreceiving|have\sreceived)\sthis\s(?:message|e-?mail|mail)\sbecause\b |
    to\sunsubscribe\b.{0,80}(?:https?:|@|click|send\s|visit|reply) | unsubscribe:\s?(?:https?:|<|\S+@) |
    reply\sto\sthis\s(?:e-?mail|message)\sdirectly |
    mute\sthe\sthread\b | view\s(?:it|this\s\w+)\son\s(?:github|gitlab)\b |
    вы\sполучили\sэто\s(?:письмо|сообщение),?\s(?:потому|так\sкак|поскольку) |
    (?:чтобы\sотписаться|для\sотмены\sподписки|отписаться)\b.{0,80}(?:https?:|@|ссылк|нажмите|перейдите)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_DISCLAIMER = re.compile(
    r"""[\s*_\[(]{0,6}(?:
    (?:confidentiality|legal|privacy)\s(?:notice|note|disclaimer|warning)\b | disclaimer\s?[:.!-] |
    confidentiality\s?: |
    (?:notice|warning|important|note)\s?(?:notice)?\s?:\s?(?:this|the)\s(?:e-?mail|message|information|
        contents?)\b
        .{0,300}?(?:confidential|privileged) |
    (?:please\snote:?\s)?(?:this|(?:the|any)?\s?(?:information|contents?)\s(?:contained\s)?(?:in|of)\sthis)\s
        (?:e-?mail|electronic|message|communication|transmission|mail)\b.{0,300}?
        (?:confidential|privileged|intended\s(?:only|solely|exclusively)|(?:intended|named)\s(?:recipient|
        addressee)) |
    (?:please\s)?consider\sthe\senvironment\sbefore\b |
    (?:внимание[!:.]?\s)?(?:это|данное|настоящее)\s(?:электронное\s)?(?:сообщение|письмо)\b.{0,300}?
        (?:конфиденциальн|(?:только|исключительно)\s(?:для\s)?(?:адресат|указанн|лиц)) |
    (?:уведомление|заявление)\sо\sконфиденциальности\b | отказ\sот\sответственности\s?[:.] |
    информация,\sсодержащаяся\sв\s(?:данном|этом|настоящем)\s(?:электронном\s)?(?:сообщении|письме)\b |
    (?:прежде\sчем|перед\sтем,?\sкак)\s(?:рас)?печат\w*\s.{0,80}(?:природ|экологи|окружающ|подумайте) |
    diese\s(?:e-?mail|nachricht)\b.{0,300}?(?:vertraulich|ausschließlich) |
    ce\s(?:message|courriel|mail)\b.{0,300}?(?:confidentiel|exclusif|exclusivement) |
    este\s(?:mensaje|correo|e-?mail)\b.{0,300}?(?:confidencial|exclusiv) |
    esta\smensagem\b.{0,300}?confidencia |
    (?:questo\smessaggio|questa\se-?mail|le\sinformazioni\scontenute)\b.{0,300}?(?:riservat|confidenzial|
        esclusiv) |
    (?:dit\sbericht|deze\se-?mail|de\sinformatie\sin\sdit)\b.{0,300}?(?:vertrouwelijk|uitsluitend) |
    (?:ta|niniejsza)\s(?:wiadomość|korespondencja)\b.{0,300}?(?:poufn|wyłącznie)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_MARKDOWN_LINK = re.compile(r"\[([^\[\]]{1,100})\]\([^()\s]{1,100}\)")


def is_sent_from(text: str) -> bool:
    """Tell whether a line is what a mail program or a telephone appends about itself."""
    if not 0 < len(text) <= _MAX_FOOTER or text.endswith("?"):
        return False
    return _SENT_FROM.fullmatch(_MARKDOWN_LINK.sub(r"\1", text)) is not None


def is_advertised(text: str) -> bool:
    """Tell whether a line is a notice of an antivirus or a mail service."""
    return 0 < len(text) <= _MAX_FOOTER and not text.endswith("?") and _ADVERTISED.fullmatch(text) is not None


def begins_list_footer(text: str) -> bool:
    """Tell whether a line is what mailing lists and notifying services append."""
    return _LIST_FOOTER.match(text[:_MAX_JUDGED]) is not None


def begins_disclaimer(text: str) -> bool:
    """Tell whether a line is the beginning of what lawyers let companies append."""
    return _DISCLAIMER.match(text[:_MAX_JUDGED]) is not None

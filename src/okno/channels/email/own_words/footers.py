"""What programs, companies and lists append to a mail: «Sent from my iPhone», antivirus notices, disclaimers."""

import re

_MAX_FOOTER = 160

_DEVICES = (
    r"(?:i-?(?:phone|pad|pod)|android|samsung|galaxy|huawei|xiaomi|redmi|honor|nokia|lumia|htc|sony|"
    r"xperia|motorola|pixel|"
    r"black ?berry|windows|outlook|yahoo|gmail|mail(?:\.ru|box|spring)?|proton ?mail|aol|hotmail|airmail|"
    r"spark|superhuman|"
    r"bluemail|blue mail|k-9|mobile|phone|handheld|tablet|smart ?phone|cell|nine|newton|zoho|fastmail|"
    r"tutanota|tuta|hey|"
    r"телефон\w*|мобил\w*|смартфон\w*|планшет\w*|айфон\w*|айпад\w*|почт\w*|handy|mobiltelefon|mobilger\w*|"
    r"móvil|celular|"
    r"portable|telefon\w*|telefoon|mobiel|gmx|web\.de|t-online|orange|rambler|рамблер\w*|яндекс\w*|"
    r"yandex\w*|устройств\w*)"
)
# Each is a whole line, perhaps with words like «, please excuse the typos» behind the device.
_SENT_FROM = re.compile(
    r"[\[(<*_~\s]{0,4}(?:"
    rf"(?:sent|posted|written|composed|dictated|typed) (?:from|via|with|by|using|on)\b.{{0,40}}{_DEVICES}.{{0,90}}|"
    r"sent from (?:my|a|an) .{1,40}|sent (?:using|with) .{1,30}|"
    r"from my .{1,20}|[^\W\d_]{2,20} from mobile|via mobile|get (?:outlook|bluemail) for .{1,60}|"
    r"download outlook for .{1,40}|"
    rf"(?:отправлено|послано|написано|надіслано|надіслана|адпраўлена|изпратено|послато) (?:с|со|из|з|із|"
    rf"от|через|при помощи|с помощью|са|од)\b"
    rf".{{0,40}}{_DEVICES}.{{0,90}}|"
    r"(?:скачать|получить|загрузить|установить) (?:outlook|mail|почту) для .{1,60}|"
    r"с телефона|"
    rf"(?:von|gesendet|diese nachricht wurde|"
    rf"diese e-?mail wurde)\b.{{0,60}}{_DEVICES}.{{0,40}}(?:gesendet|geschrieben|verfasst)?|"
    r"(?:outlook|bluemail) für .{1,30} (?:beziehen|herunterladen|abrufen)|"
    r"(?:envoyé|écrit|provenance) (?:de|depuis|à partir d|avec|par|via|de mon|: )\b.{1,80}|"
    r"(?:télécharger|obtenir|obtenez) outlook pour .{1,40}|"
    r"(?:enviado|escrito) (?:desde|do|via|de|con|pelo|a partir do|a través de)\b.{1,80}|"
    r"(?:obtener|obtenga|descargar|obter|baixar) (?:o )?outlook (?:para|for) .{1,40}|"
    r"(?:inviato|scritto) (?:da|dal|con|tramite)\b.{1,80}|(?:ottieni|scarica) outlook per .{1,40}|"
    r"(?:verzonden|verstuurd|gestuurd) (?:vanaf|met|via|vanuit|van)\b.{1,80}|"
    r"(?:outlook voor .{1,20} downloaden|download outlook voor .{1,40})|"
    r"(?:wysłane|wysłano|wysłana) (?:z|ze|za pomocą)\b.{1,80}|pobierz (?:aplikację )?outlook dla .{1,40}|"
    r"(?:skickat|skickades) (?:från|med|via)\b.{1,80}|hämta outlook för .{1,40}|från min .{1,20}|"
    r"sendt (?:fra|via|med)\b.{1,80}|(?:hent|få) outlook (?:til|for) .{1,40}|"
    rf"lähetetty\b.{{1,60}}|odesláno z\b.{{1,60}}|odoslané z\b.{{1,60}}|{_DEVICES}\w{{0,3}}['’]?\w{{0,8}} gönderildi|"
    r"(?:küldve|elküldve) .{1,60}|trimis de pe .{1,60}|στάλθηκε από .{1,60}|poslano (?:s|sa|z|iz)\b.{1,60}|"
    r"(?:saadetud minu|nosūtīts no mana|išsiųsta iš) .{1,40}|dikirim dari .{1,40}|được gửi từ .{1,60}|ส่งจาก.{1,40}|"
    r"נשלח מ.{1,40}|أرسلت من .{1,40}|"
    r"(?:i-?(?:phone|pad)|android|outlook).{0,20}(?:から送信|發送|发送|傳送)|"
    r"(?:发自|發自|来自|從|从|寄自).{1,40}|나의 .{1,20}에서 보냄"
    r")[\])>*_~.!\s]{0,6}",
    re.IGNORECASE,
)
_ADVERTISED = re.compile(
    r"[\[(<*_~\s]{0,4}(?:"
    r"virus[- ]free\b.{0,80}|без вирусов\b.{0,80}|virenfrei\b.{0,80}|garanti sans virus\b.{0,80}|sans virus\b.{0,60}|"
    r"libre de virus\b.{0,80}|privo di virus\b.{0,80}|livre de vírus\b.{0,80}|sem vírus\b.{0,60}|virusvrij\b.{0,80}|"
    r"wolny od wirusów\b.{0,80}|без вірусів\b.{0,80}|"
    r"(?:this|diese) (?:e-?mail|message)\b.{0,60}(?:checked|scanned|viren|virus|certified).{0,80}|"
    r"(?:это|данное) (?:письмо|сообщение|электронное письмо)\b.{0,60}(?:провер|вирус).{0,80}|"
    r"(?:l'absence de virus dans ce|este (?:correo|mensaje|email) .{0,40}virus|questa e-?mail .{0,40}virus).{0,100}|"
    r"no virus found in this .{0,40}|checked by avg.{0,60}|scanned by .{1,60}|"
    r"(?:do you yahoo|yahoo! mail|express yourself).{0,60}"
    r")[\])>*_~\s]{0,6}",
    re.IGNORECASE,
)
_LIST_FOOTER = re.compile(
    r"(?:you received this (?:message|e-?mail|mail) because|you are receiving this (?:message|e-?mail|"
    r"mail)? ?because|"
    r"to unsubscribe (?:from|send|,|click|and)|unsubscribe:|reply to this (?:e-?mail|message) directly|"
    r"view (?:it|this|the) .{0,30}on (?:github|gitlab|the web)|mute the thread|"
    r"вы получили это (?:письмо|сообщение),? (?:потому|так как|поскольку)|чтобы отписаться|"
    r"для отмены подписки|отписаться:|"
    r".{1,60}\bmailing list$|.{1,60}\bmailing list\b.{0,30}@).{0,400}",
    re.IGNORECASE,
)
_DISCLAIMER = re.compile(
    r"[\s*_\[(]{0,6}(?:"
    r"(?:confidentiality|legal|privacy|important|disclaimer|confidential)\s?(?:notice|note|disclaimer|"
    r"warning)?\s?[:.\-–—!]|"
    r"(?:notice|warning)\s?:\s?(?:this|the)\b.{0,200}(?:confidential|intended|privileged)|"
    r"(?:please )?(?:note:? )?(?:this|the information (?:contained )?in this|the contents? of this|"
    r"information in this)\s"
    r"(?:e-?mail|electronic|message|communication|transmission|mail).{0,300}?(?:confidential|privileged|"
    r"intended (?:only |solely )?for|"
    r"private|proprietary|disclos)|"
    r"(?:please )?consider the environment before|before printing, think|"
    r"(?:внимание[!:.]? )?(?:это|данное|настоящее|эта|данная) (?:электронное )?(?:сообщение|письмо|"
    r"информация|переписка|email).{0,300}?"
    r"(?:конфиденциальн|предназначен|может содержать)|"
    r"(?:уведомление о конфиденциальности|отказ от ответственности|заявление о конфиденциальности)|"
    r"информация, содержащаяся в (?:данном|этом|настоящем)|"
    r"(?:прежде чем|перед тем,? как) (?:распечат|печат)\w* .{0,60}(?:письмо|сообщение)|"
    r"diese (?:e-?mail|nachricht).{0,300}?(?:vertraulich|bestimmt)|"
    r"ce (?:message|courriel|mail).{0,300}?(?:confidentiel|destin)|"
    r"este (?:mensaje|correo|e-?mail).{0,300}?(?:confidencial|destinad|dirigid)|esta mensagem.{0,300}?confidencia|"
    r"(?:questo messaggio|questa e-?mail|le informazioni contenute).{0,300}?(?:riservat|confidenzial|destinat)|"
    r"(?:dit bericht|deze e-?mail|de informatie in dit).{0,300}?(?:vertrouwelijk|bestemd|bedoeld)|"
    r"(?:ta|niniejsza) (?:wiadomość|korespondencja).{0,300}?(?:poufn|przeznaczon)"
    r")",
    re.IGNORECASE,
)
_MARKDOWN_LINK = re.compile(r"\[([^\[\]]{1,100})\]\([^()\s]{1,100}\)")
_MAX_JUDGED = 700


def is_sent_from(text: str) -> bool:
    """Tell whether a line is what a mail program or a telephone appends about itself."""
    if not 0 < len(text) <= _MAX_FOOTER:
        return False
    return _SENT_FROM.fullmatch(_MARKDOWN_LINK.sub(r"\1", text)) is not None


def is_advertised(text: str) -> bool:
    """Tell whether a line is a notice of an antivirus or a mail service."""
    return 0 < len(text) <= 2 * _MAX_FOOTER and _ADVERTISED.fullmatch(text) is not None


def begins_list_footer(text: str) -> bool:
    """Tell whether a line is what mailing lists and notifying services append."""
    return _LIST_FOOTER.match(text[:_MAX_JUDGED]) is not None


def begins_disclaimer(text: str) -> bool:
    """Tell whether a line is the beginning of what lawyers let companies append."""
    return _DISCLAIMER.match(text[:_MAX_JUDGED]) is not None

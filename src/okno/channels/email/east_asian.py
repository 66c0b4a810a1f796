"""Tell unlabelled text of East Asia by its most frequent characters."""

import re

_KANA = frozenset(map(chr, range(0x3041, 0x30FB))) | {"ー", "。", "、"}
_HANGUL = frozenset(
    "이다는을의가에고하지로한사기서시대어인나자도리라그정일해수부보전은를게아니있것스여주들오습요세안녕합동장구"
    "제상과원만성면신거되원비조공마연유경교무국우소금문영실방감말학중내물생타터려들메파프린작않트드코드때문모든까"
)
_SIMPLE = frozenset(
    "的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可里后小么心多天"
    "而能好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长您请帮忙谢打邮件"
    "测试世界工作电话问题回复关订单，。！？、：“”"
)
_TRADITIONAL = frozenset(
    "的一是不了在人有我他這中大來上國個到說們為子和你地出道也時年得就那要下以生會自著去之過家學對可裡後小麼心多天"
    "而能好都然沒日於起還發成事只作當想看文無開手十用主行方又如前所本見經頭面公同三已老從動兩長您請幫忙謝打郵件"
    "測試世界工作電話問題回覆關訂單，。！？、："
)
_CANDIDATES = (
    ("cp932", _KANA),
    ("euc_jp", _KANA),
    ("euc_kr", _HANGUL),
    ("gb18030", _SIMPLE),
    ("big5", _TRADITIONAL),
)
_WIDE = re.compile("[\u3000-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff5e]")
_MIN_SHARE = 0.2


def east_asian(data: bytes) -> str | None:
    """Return the reading with the most of the frequent characters of its language, or None."""
    best: tuple[float, str] = (_MIN_SHARE, "")
    for codec, frequent in _CANDIDATES:
        try:
            text = data.decode(codec)
        except UnicodeError:
            continue
        foreign = [character for character in text if character > "\x7f"]
        # All that is not Western must be of the language, and much of it frequent.
        if len(_WIDE.findall(text)) >= len(foreign) * 0.95:
            share = sum(character in frequent for character in foreign) / max(1, len(foreign))
            best = max(best, (share, text))
    return best[1] or None

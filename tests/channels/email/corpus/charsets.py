"""Charsets: in bodies and headers, by every encoding, labelled rightly, wrongly and not at all."""

import base64
import quopri
from collections.abc import Iterator
from email.header import Header

from tests.channels.email.corpus.case import Case, Expected, mail

RUSSIAN = "Добрый день! Не работает принтер на третьем этаже, помогите, пожалуйста."
UKRAINIAN = "Привіт! Не працює принтер, допоможіть, будь ласка. Її ім'я — Оленка."
JAPANESE = "こんにちは。プリンターが動きません。"
CHINESE = "您好，打印机不能工作，请帮忙。"
TAIWANESE = "您好，印表機不能工作，請幫忙。"
KOREAN = "안녕하세요. 프린터가 작동하지 않습니다."
GERMAN = "Guten Tag, der Drucker läuft nicht. Schöne Grüße aus Köln"
POLISH = "Dzień dobry, drukarka nie działa, proszę o pomoc. Łódź"
CZECH = "Dobrý den, tiskárna nefunguje, prosím o pomoc. Žluťoučký kůň"
TURKISH = "Merhaba, yazıcı çalışmıyor, lütfen yardım edin. İyi günler"
GREEK = "Καλημέρα, ο εκτυπωτής δεν λειτουργεί."
HEBREW = "שלום, המדפסת לא עובדת"
ARABIC = "مرحبا، الطابعة لا تعمل"
THAI = "สวัสดีครับ เครื่องพิมพ์ไม่ทำงาน"
LATVIAN = "Labdien, printeris nestrādā, lūdzu palīdziet"

# Label as it is written, codec of Python, text.
LABELLED = [
    ("utf-8", "utf-8", RUSSIAN + JAPANESE + GERMAN),
    ("UTF8", "utf-8", RUSSIAN),
    ("koi8-r", "koi8-r", RUSSIAN),
    ("KOI8-R", "koi8-r", RUSSIAN),
    ("koi8-u", "koi8-u", UKRAINIAN.replace("—", "-")),
    ("koi8-r", "koi8-u", UKRAINIAN.replace("—", "-")),
    ("windows-1251", "cp1251", RUSSIAN),
    ("Windows-1251", "cp1251", UKRAINIAN),
    ("cp1251", "cp1251", RUSSIAN),
    ("cp-1251", "cp1251", RUSSIAN),
    ("win-1251", "cp1251", RUSSIAN),
    ("cp866", "cp866", RUSSIAN),
    ("ibm866", "cp866", RUSSIAN),
    ("x-mac-cyrillic", "mac_cyrillic", RUSSIAN),
    ("iso-8859-5", "iso8859_5", RUSSIAN),
    ("iso-2022-jp", "iso2022_jp", JAPANESE),
    ("shift_jis", "cp932", JAPANESE),
    ("Windows-31J", "cp932", JAPANESE + "①"),
    ("euc-jp", "euc_jp", JAPANESE),
    ("gb2312", "gb18030", CHINESE + "镕"),
    ("gbk", "gb18030", CHINESE),
    ("gb18030", "gb18030", CHINESE),
    ("hz-gb-2312", "hz", "您好，打印机"),
    ("big5", "big5", TAIWANESE),
    ("big5", "big5hkscs", TAIWANESE + "\u5572\u55ae\u5649"),
    ("euc-kr", "euc_kr", KOREAN),
    ("ks_c_5601-1987", "cp949", KOREAN + "똠"),
    ("iso-2022-kr", "iso2022_kr", KOREAN),
    ("utf-7", "utf-7", RUSSIAN),
    ("unicode-1-1-utf-7", "utf-7", GERMAN),
    ("utf-16", "utf-16", RUSSIAN),
    ("utf-16le", "utf-16-le", RUSSIAN),
    ("utf-16be", "utf-16-be", RUSSIAN),
    ("iso-8859-1", "latin-1", GERMAN),
    ("iso-8859-1", "cp1252", "“" + GERMAN + "” – 5 €"),
    ("us-ascii", "cp1252", GERMAN),
    ("windows-1252", "cp1252", "“" + GERMAN + "”"),
    ("iso-8859-15", "iso8859_15", GERMAN + " 5 €"),
    ("macintosh", "mac_roman", GERMAN),
    ("iso-8859-2", "iso8859_2", POLISH),
    ("windows-1250", "cp1250", CZECH),
    ("iso-8859-9", "iso8859_9", TURKISH),
    ("windows-1254", "cp1254", TURKISH),
    ("iso-8859-7", "iso8859_7", GREEK),
    ("windows-1253", "cp1253", GREEK),
    ("windows-1255", "cp1255", HEBREW),
    ("iso-8859-8-i", "iso8859_8", HEBREW),
    ("windows-1256", "cp1256", ARABIC),
    ("tis-620", "cp874", THAI),
    ("iso-8859-13", "iso8859_13", LATVIAN),
    ("windows-1257", "cp1257", LATVIAN),
]
ENCODINGS = {
    "8bit": lambda data: data,
    "base64": base64.encodebytes,
    "quoted-printable": lambda data: quopri.encodestring(data).replace(b"\n", b"\r\n"),
}
CYRILLIC = ["utf-8", "koi8-r", "windows-1251", "cp866", "iso-8859-5", "mac-cyrillic"]
WRONG_LABELS = [
    "",
    "us-ascii",
    "iso-8859-1",
    "windows-1252",
    "x-unknown",
    "default",
    "utf-8",
    "koi8-r",
    "windows-1251",
]


def cases() -> Iterator[Case]:
    """Yield the cases."""
    yield from _bodies()
    yield from _mislabelled()
    yield from _headers()


def _bodies() -> Iterator[Case]:
    for label, codec, text in LABELLED:
        data = text.encode(codec)
        for encoding, encode in ENCODINGS.items():
            if encoding == "8bit" and "utf-16" in codec.replace("_", "-"):
                continue
            raw = mail(
                encode(data),
                f"Content-Type: text/plain; charset={label}",
                f"Content-Transfer-Encoding: {encoding}",
            )
            yield Case(f"body in {label} by {encoding}", raw, Expected(text=text))


def _mislabelled() -> Iterator[Case]:
    for codec in CYRILLIC:
        for label in WRONG_LABELS:
            # The two differ in capital letters only: nobody could tell without knowing the language.
            if label == codec or (codec, label) == ("mac-cyrillic", "windows-1251"):
                continue
            charset = f"; charset={label}" if label else ""
            raw = mail(
                RUSSIAN.encode(codec), f"Content-Type: text/plain{charset}", "Content-Transfer-Encoding: 8bit"
            )
            yield Case(f"body in {codec} called {label or 'nothing'}", raw, Expected(text=RUSSIAN))
    for codec, text in (
        ("shift_jis", JAPANESE),
        ("gb2312", CHINESE),
        ("euc_kr", KOREAN),
        ("iso2022_jp", JAPANESE),
    ):
        for label in ("", "iso-8859-1"):
            charset = f"; charset={label}" if label else ""
            raw = mail(text.encode(codec), f"Content-Type: text/plain{charset}")
            yield Case(f"body in {codec} called {label or 'nothing'}", raw, Expected(text=text))


def _headers() -> Iterator[Case]:
    for codec, text in (
        ("utf-8", RUSSIAN),
        ("koi8-r", RUSSIAN),
        ("windows-1251", RUSSIAN),
        ("iso-8859-5", RUSSIAN),
        ("iso-2022-jp", JAPANESE),
        ("gb2312", CHINESE),
        ("iso-8859-1", GERMAN),
    ):
        encoded = Header(text, codec).encode(linesep="\r\n")
        name = Header("Иван Петров" if text == RUSSIAN else text[:5], codec).encode()
        raw = mail(b"x", f"Subject: {encoded}", f"From: {name} <requester@example.org>")
        sender = ("requester@example.org", "Иван Петров" if text == RUSSIAN else text[:5].strip())
        yield Case(f"words in {codec}", raw, Expected(subject=text, sender=sender, text="x"))
    for codec in CYRILLIC:
        raw = mail(
            b"x", f"Subject: {RUSSIAN}".encode(codec), "From: Иван <requester@example.org>".encode(codec)
        )
        yield Case(f"8-bit header in {codec}", raw, Expected(subject=RUSSIAN, text="x"))
    raw = mail(b"x", b"Subject: " + JAPANESE.encode("iso2022_jp"))
    yield Case("7-bit Japanese in a header", raw, Expected(subject=JAPANESE, text="x"))
    yield from _cut_words()


def _cut_words() -> Iterator[Case]:
    data = RUSSIAN.encode()
    for size in (1, 5, 7, 20):
        words = [base64.b64encode(data[i : i + size]).decode() for i in range(0, len(data), size)]
        folded = "\r\n ".join(f"=?utf-8?B?{word}?=" for word in words)
        yield Case(
            f"words of {size} bytes", mail(b"x", f"Subject: {folded}"), Expected(subject=RUSSIAN, text="x")
        )
    whole = base64.b64encode(data).decode()
    for size in (10, 13, 30):
        words = [whole[i : i + size] for i in range(0, len(whole), size)]
        folded = "\r\n ".join(f"=?utf-8?B?{word}?=" for word in words)
        raw = mail(b"x", f"Subject: {folded}")
        yield Case(f"base64 cut at {size}", raw, Expected(subject=RUSSIAN, text="x"))
    quoted = "".join(f"={byte:02X}" for byte in "Привет мир".encode())
    for name, subject, expected in (
        ("an end that is missing", "=?utf-8?B?0J/RgNC40LLQtdGC", "Привет"),
        ("no padding", "=?utf-8?B?0J/RgNC40LLQtdGC0Ys?=", "Приветы"),
        ("spaces within", "=?utf-8?Q?Hello there, world?=", "Hello there, world"),
        ("a question mark within", "=?utf-8?Q?What?_is_this=3F?=", "What? is this?"),
        ("a language", "=?utf-8*ru?Q?=D0=98=D0=B2=D0=B0=D0=BD?=", "Иван"),
        ("small letters", "=?UTF-8?q?=d0=98=d0=b2=d0=b0=d0=bd?=", "Иван"),
        ("no spaces between", "=?utf-8?Q?a?==?utf-8?Q?b?=", "ab"),
        ("words within words", "Re:=?utf-8?Q?=D0=98?=!", "Re:И!"),
        ("underscores", "=?iso-8859-1?Q?a_b=5Fc?=", "a b_c"),
        ("two charsets", "=?koi8-r?B?8NLJ18XU?= =?utf-8?B?INC80LjRgA==?=", "Привет мир"),
        ("mixed encodings", f"=?utf-8?Q?{quoted}?= =?utf-8?B?IQ==?=", "Привет мир!"),
        ("an unknown charset", "=?x-unknown?B?0J/RgNC40LLQtdGC?=", "Привет"),
        ("a wrong charset", "=?iso-8859-1?B?0J/RgNC40LLQtdGC?=", "Привет"),
        ("words that are none", "=?not a word?= a?b=c", "=?not a word?= a?b=c"),
        ("an empty word", "a =?utf-8?B??= b", "a  b"),
        ("in quotes", '"=?utf-8?B?0J/RgNC40LLQtdGC?="', '"Привет"'),
        ("folds", "one\r\n two\r\n\tthree", "one two three"),
    ):
        yield Case(
            f"subject with {name}", mail(b"x", f"Subject: {subject}"), Expected(subject=expected, text="x")
        )

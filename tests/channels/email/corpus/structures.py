"""Structures: nested multiparts, alternatives, pictures, attached messages, protection, damaged boundaries."""

import base64
import quopri
from collections.abc import Callable, Iterator

from tests.channels.email.corpus.case import Case, Expected, File, inner, mail, multipart, part
from tests.channels.email.corpus.files import PDF, PIXEL, file_part

Text = Callable[[str], bytes]
"""Makes a plain or an HTML part of words."""

WAYS = [
    ("utf-8", "base64"),
    ("utf-8", "8bit"),
    ("koi8-r", "quoted-printable"),
    ("windows-1251", "base64"),
]
WORDS = "Не работает принтер"
MESSAGE = (
    b"From: inner@example.org\r\nSubject: Inner words\r\nMessage-ID: <inner@example.org>\r\n"
    b"Content-Type: text/plain\r\n\r\ninner   body\r\n.\r\n"
)
PICTURE = [
    "Content-Type: image/png; name=p.png",
    "Content-ID: <p@x>",
    "Content-Disposition: inline; filename=p.png",
]
INVITATION = """BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VEVENT
UID:1@example.org
DTSTART:20251103T070000Z
DTEND:20251103T080000Z
SUMMARY:Printer
ORGANIZER:mailto:boss@example.org
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n").encode()
ARMOUR = b"-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA5\r\n-----END PGP MESSAGE-----\r\n"


def cases() -> Iterator[Case]:
    """Yield the cases."""
    for charset, encoding in WAYS:
        yield from _trees(charset, encoding)
    yield from _flowed()
    yield from _messages()
    yield from _invitations()
    yield from _protected()
    yield from _damaged()


def _encode(data: bytes, encoding: str) -> bytes:
    if encoding == "base64":
        return base64.encodebytes(data)
    return quopri.encodestring(data) if encoding == "quoted-printable" else data


def _text(charset: str, encoding: str, kind: str) -> Text:
    def make(words: str) -> bytes:
        return part(
            _encode(words.encode(charset), encoding),
            f"Content-Type: text/{kind}; charset={charset}",
            f"Content-Transfer-Encoding: {encoding}",
        )

    return make


def _trees(charset: str, encoding: str) -> Iterator[Case]:
    plain, html = _text(charset, encoding, "plain"), _text(charset, encoding, "html")
    picture = file_part(PIXEL, *PICTURE)
    shown, hidden = (File(name="p.png", content=PIXEL, is_inline=is_inline) for is_inline in (True, False))
    report = file_part(PDF, "Content-Type: application/pdf; name=a.pdf", "Content-Disposition: attachment")
    pdf = File(name="a.pdf", content=PDF)
    rich = html(f'<p>{WORDS}</p><img src="cid:p@x">')
    both = inner("alternative", plain(WORDS), html(f"<p>{WORDS}</p>"), boundary="=_alt")
    trees = {
        "plain and HTML": ("alternative", [plain(WORDS), html(f"<p>{WORDS}</p>")], True, ()),
        "HTML before plain": ("alternative", [html(f"<p>{WORDS}</p>"), plain(WORDS)], True, ()),
        "an empty plain part": ("alternative", [plain(""), html(f"<p>{WORDS}</p>")], True, ()),
        "related within alternative": (
            "alternative",
            [plain(WORDS), inner("related", rich, picture, boundary="=_rel")],
            True,
            (shown,),
        ),
        "alternative within related": (
            "related",
            [inner("alternative", plain(WORDS), rich, boundary="=_alt"), picture],
            True,
            (shown,),
        ),
        "a letter and a file": ("mixed", [both, report], True, (pdf,)),
        "a file before the letter": ("mixed", [report, plain(WORDS)], False, (pdf,)),
        "a picture that is not shown": ("related", [html(f"<p>{WORDS}</p>"), picture], True, (hidden,)),
        "mixed within alternative": (
            "alternative",
            [plain(WORDS), inner("mixed", html(f"<p>{WORDS}</p>"), report, boundary="=_mix")],
            True,
            (pdf,),
        ),
        "everything at once": (
            "mixed",
            [
                inner(
                    "related",
                    inner("alternative", plain(WORDS), rich, boundary="=_alt"),
                    picture,
                    boundary="=_rel",
                ),
                report,
            ],
            True,
            (shown, pdf),
        ),
        "HTML alone in a multipart": ("mixed", [html(f"<p>{WORDS}</p>")], True, ()),
        "ten levels": ("mixed", [_deep(plain(WORDS), 10)], False, ()),
    }
    for name, (kind, parts, has_html, files) in trees.items():
        header, body = multipart(kind, *parts)
        expected = Expected(text=WORDS, has_html=has_html, files=tuple(files))
        yield Case(f"{name} ({charset}, {encoding})", mail(body, header), expected)
    header, body = multipart("mixed", plain("one"), report, plain("two"))
    yield Case(
        f"two texts ({charset}, {encoding})", mail(body, header), Expected(text="one two", files=(pdf,))
    )
    alone = mail(
        _encode(f"<p>{WORDS}<p>".encode(charset), encoding),
        f"Content-Type: text/html; charset={charset}",
        f"Content-Transfer-Encoding: {encoding}",
    )
    yield Case(f"HTML alone ({charset}, {encoding})", alone, Expected(text=WORDS, has_html=True))
    page = f'<html><head><meta charset="{charset}"></head><body>{WORDS}</body></html>'.encode(charset)
    raw = mail(_encode(page, encoding), "Content-Type: text/html", f"Content-Transfer-Encoding: {encoding}")
    yield Case(
        f"HTML that names its charset ({charset}, {encoding})", raw, Expected(text=WORDS, has_html=True)
    )


def _deep(leaf: bytes, levels: int) -> bytes:
    for level in range(levels):
        leaf = inner("mixed", leaf, boundary=f"=_level_{level}")
    return leaf


def _flowed() -> Iterator[Case]:
    for name, parameters, body, text in (
        ("joined", "", b"One two \r\nthree.\r\n", "One two three."),
        ("without spaces", "; delsp=yes", b"Donau \r\ndampf\r\n", "Donaudampf"),
        ("stuffed", "", b" From here\r\n >no quote\r\n", "From here >no quote"),
        ("quoted", "", b"> one \r\n> two\r\n>> three\r\n", "> one two >> three"),
        ("signature", "", b"Hello \r\n-- \r\nName\r\n", "Hello -- Name"),
    ):
        raw = mail(body, f"Content-Type: text/plain; format=flowed{parameters}")
        yield Case(f"flowed text {name}", raw, Expected(text=text))


def _messages() -> Iterator[Case]:
    hello = part(b"Hello", "Content-Type: text/plain")
    for name, headers, expected_name in (
        ("named", ['Content-Type: message/rfc822; name="letter.eml"'], "letter.eml"),
        ("unnamed", ["Content-Type: message/rfc822"], "Inner words.eml"),
        (
            "as attachment",
            ["Content-Type: message/rfc822", "Content-Disposition: attachment; filename=b.eml"],
            "b.eml",
        ),
    ):
        header, body = multipart("mixed", hello, part(MESSAGE, *headers))
        file = File(name=expected_name, content=MESSAGE, content_type="message/rfc822")
        yield Case(f"a message {name}", mail(body, header), Expected(text="Hello", files=(file,)))
    encoded = file_part(MESSAGE, "Content-Type: message/rfc822")
    header, body = multipart("mixed", hello, encoded)
    file = File(name="Inner words.eml", content=MESSAGE)
    yield Case("a message in base64", mail(body, header), Expected(text="Hello", files=(file,)))
    header, body = multipart("digest", b"\r\n" + MESSAGE, b"\r\n" + MESSAGE)
    yield Case("a digest", mail(body, header), Expected(text="", files=(file, file)))
    yield Case(
        "a message alone", mail(MESSAGE, "Content-Type: message/rfc822"), Expected(text="", files=(file,))
    )
    header, body = multipart("mixed", hello, part(b"part", "Content-Type: message/partial; id=x; number=1"))
    yield Case(
        "a partial message",
        mail(body, header),
        Expected(text="Hello", files=(File(name="part.eml", content=b"part"),)),
    )


def _invitations() -> Iterator[Case]:
    hello = part(b"Hello", "Content-Type: text/plain")
    calendar = part(INVITATION, "Content-Type: text/calendar; method=REQUEST; charset=utf-8")
    file = File(name="invite.ics", content=INVITATION)
    header, body = multipart("alternative", hello, calendar)
    yield Case("an invitation", mail(body, header), Expected(text="Hello", files=(file,), invitations=1))
    attached = part(INVITATION, "Content-Type: application/ics; name=invite.ics")
    header, body = multipart("mixed", inner("alternative", hello, calendar, boundary="=_a"), attached)
    yield Case(
        "an invitation twice", mail(body, header), Expected(text="Hello", files=(file, file), invitations=1)
    )
    header, body = multipart(
        "mixed", hello, part(b"BEGIN:NONSENSE", "Content-Type: text/calendar; name=a.ics")
    )
    broken = File(name="a.ics", content=b"BEGIN:NONSENSE")
    yield Case("a broken invitation", mail(body, header), Expected(text="Hello", files=(broken,)))


def _der(tag: int, value: bytes) -> bytes:
    size = len(value)
    length = bytes([size]) if size < 128 else bytes([0x82, size >> 8, size & 0xFF])
    return bytes([tag]) + length + value


def opaque(content: bytes) -> bytes:
    """Return signed data (RFC 5652) without its signatures."""
    data_oid = _der(6, bytes.fromhex("2a864886f70d010701"))
    encapsulated = _der(0x30, data_oid + _der(0xA0, _der(4, content)))
    signed = _der(0x30, _der(2, b"\1") + _der(0x31, b"") + encapsulated + _der(0x31, b""))
    return _der(0x30, _der(6, bytes.fromhex("2a864886f70d010702")) + _der(0xA0, signed))


def _protected() -> Iterator[Case]:
    hello = part(b"Hello", "Content-Type: text/plain")
    signature = File(name="smime.p7s", content=b"sig")
    header, body = multipart(
        "signed", hello, part(b"sig", "Content-Type: application/pkcs7-signature; name=smime.p7s")
    )
    yield Case(
        "signed by S/MIME",
        mail(body, header),
        Expected(text="Hello", files=(signature,), protection="signed"),
    )
    asc = File(name="signature.asc", content=b"sig")
    header, body = multipart("signed", hello, part(b"sig", "Content-Type: application/pgp-signature"))
    yield Case(
        "signed by OpenPGP", mail(body, header), Expected(text="Hello", files=(asc,), protection="signed")
    )
    data = opaque(hello)
    raw = mail(
        base64.encodebytes(data),
        "Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m",
        "Content-Transfer-Encoding: base64",
    )
    whole = File(name="smime.p7m", content=data)
    yield Case("signed opaquely", raw, Expected(text="Hello", files=(whole,), protection="signed"))
    sealed = b"\x30\x80\x06\x09" + bytes.fromhex("2a864886f70d010703") + bytes(40)
    raw = mail(
        base64.encodebytes(sealed),
        "Content-Type: application/pkcs7-mime; smime-type=enveloped-data",
        "Content-Transfer-Encoding: base64",
    )
    file = File(name="smime.p7m", content=sealed)
    yield Case("encrypted by S/MIME", raw, Expected(text="", files=(file,), protection="encrypted"))
    header, body = multipart(
        "encrypted",
        part(b"Version: 1", "Content-Type: application/pgp-encrypted"),
        part(ARMOUR, "Content-Type: application/octet-stream; name=encrypted.asc"),
    )
    files = (File(name="encryption.asc", content=b"Version: 1"), File(name="encrypted.asc", content=ARMOUR))
    yield Case(
        "encrypted by OpenPGP", mail(body, header), Expected(text="", files=files, protection="encrypted")
    )
    yield Case("encrypted within text", mail(ARMOUR), Expected(protection="encrypted"))
    clear = b"-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\nHello\r\n-----BEGIN PGP SIGNATURE-----\r\n"
    yield Case("signed within text", mail(clear), Expected(protection="signed"))


def _damaged() -> Iterator[Case]:
    hello = part(b"Hello", "Content-Type: text/plain")
    pdf = part(
        base64.encodebytes(PDF),
        "Content-Type: application/pdf; name=a.pdf",
        "Content-Transfer-Encoding: base64",
    )
    file = File(name="a.pdf", content=PDF)
    header, body = multipart("mixed", hello, pdf)
    whole = Expected(text="Hello", files=(file,))
    mark = b"--=_outer"
    yield Case("no closing boundary", mail(body.replace(mark + b"--\r\n", b""), header), whole)
    yield Case(
        "spaces behind boundaries", mail(body.replace(mark + b"\r\n", mark + b"  \r\n"), header), whole
    )
    yield Case("a preamble and an epilogue", mail(b"Preamble\r\n" + body + b"Epilogue", header), whole)
    yield Case("another boundary", mail(body.replace(mark, b"--other"), header), whole)
    yield Case("no boundary named", mail(body, "Content-Type: multipart/mixed", "X-Case: none"), whole)
    yield Case("no type named", mail(body, "X-Case: no type"), whole)
    yield Case(
        "a boundary without quotes", mail(body, "Content-Type: multipart/mixed; boundary==_outer"), whole
    )
    yield Case("the type in capitals", mail(body, 'CONTENT-TYPE: MULTIPART/MIXED; BOUNDARY="=_outer"'), whole)
    yield Case(
        "a folded boundary", mail(body, 'Content-Type: multipart/mixed;\r\n\tboundary="=_outer"'), whole
    )
    yield Case("bare LF in parts", mail(body.replace(b"\r\n", b"\n"), header), whole)
    yield Case("an empty multipart", mail(b"", header, "X-Case: empty"), Expected(text=""))
    yield Case(
        "a multipart that is text",
        mail(b"Hello there", header),
        Expected(text="Hello there", problem="broken_multipart"),
    )
    nested, below = multipart(
        "alternative", hello, part(b"<p>Hello</p>", "Content-Type: text/html"), boundary="=_outer"
    )
    header, _body = multipart("mixed")
    body = mark + b"\r\n" + part(below, nested) + b"\r\n" + mark + b"\r\n" + pdf + b"\r\n" + mark + b"--\r\n"
    yield Case(
        "one boundary used twice", mail(body, header), Expected(text="Hello", has_html=True, files=(file,))
    )
    header, body = multipart("mixed", hello, pdf)
    encoded = mail(base64.encodebytes(body), header, "Content-Transfer-Encoding: base64")
    yield Case("a multipart encoded as a whole", encoded, whole)
    raw = part(MESSAGE, "Content-Type: message/rfc822; name=a.eml", "Content-Transfer-Encoding: base64")
    header, body = multipart("mixed", hello, raw)
    letter = File(name="a.eml", content=MESSAGE)
    yield Case("a message called base64", mail(body, header), Expected(text="Hello", files=(letter,)))
    parts = [part(b"Hello", "Content-Type: text/plain"), b"no header at all"]
    header, body = multipart("mixed", *parts)
    yield Case("a part without a header", mail(body, header), Expected(text="Hello no header at all"))
    for value in (
        "text",
        "text/plain; charset=",
        "plain/text; charset",
        ";",
        "text/plain charset=utf-8",
        '"text/plain"',
    ):
        raw = mail("Привет".encode(), f"Content-Type: {value}")
        files = None if value.startswith("plain/") else ()
        text = None if value.startswith("plain/") else "Привет"
        yield Case(f"type {value!r}", raw, Expected(text=text, files=files))

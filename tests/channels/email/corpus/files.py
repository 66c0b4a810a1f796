"""Files: names given in every way, types, containers opened, encodings undone or damaged."""

import base64
import binascii
import struct
from collections.abc import Iterator
from email.header import Header
from urllib.parse import quote

from tests.channels.email.corpus.case import Case, Expected, File, mail, multipart, part

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)
PDF = b"%PDF-1.4\n" + bytes(range(256)) * 4
NAME = "Отчёт за ноябрь (2).pdf"
CODECS = ["utf-8", "koi8-r", "windows-1251", "iso-8859-5"]


def file_part(content: bytes, *headers: str, encoded: bytes | None = None) -> bytes:
    """Return a file in base64, or as it is given encoded."""
    return part(
        base64.encodebytes(content) if encoded is None else encoded,
        *headers,
        "Content-Transfer-Encoding: base64",
    )


def with_file(*parts: bytes) -> bytes:
    """Return a mail with a letter and files."""
    header, body = multipart("mixed", part(b"Hello", "Content-Type: text/plain"), *parts)
    return mail(body, header)


def cases() -> Iterator[Case]:
    """Yield the cases."""
    yield from _names()
    yield from _types()
    yield from _encodings()
    yield from _uuencoded()
    yield from _containers()


def _named(kind: str, headers: list[str], name: str = NAME) -> Case:
    raw = with_file(file_part(PDF, *headers))
    return Case(f"name by {kind}", raw, Expected(text="Hello", files=(File(name=name, content=PDF),)))


def _names() -> Iterator[Case]:
    pdf = "Content-Type: application/pdf"
    for codec in CODECS:
        data = NAME.encode(codec)
        percent = quote(data)
        cut = len(percent) // 2
        first, second = percent[:cut], percent[cut:]
        words = Header(NAME, codec, maxlinelen=400).encode()
        disposition = "Content-Disposition: attachment;\r\n"
        yield _named(
            f"filename* in {codec}", [pdf, f"Content-Disposition: attachment; filename*={codec}''{percent}"]
        )
        yield _named(
            f"sections in {codec}",
            [
                pdf,
                f"{disposition} filename*0*={codec}'ru'{first};\r\n filename*1*={second}",
            ],
        )
        yield _named(
            f"sections out of order in {codec}",
            [
                pdf,
                f"{disposition} filename*1*={second};\r\n filename*0*={codec}''{first}",
            ],
        )
        yield _named(f"words in {codec}", [pdf, f'Content-Disposition: attachment; filename="{words}"'])
        yield _named(
            f"words in the type in {codec}", [f'{pdf}; name="{words}"', "Content-Disposition: attachment"]
        )
        bare = [pdf, f"X-Codec: {codec}", 'Content-Disposition: attachment; filename="@@"']
        raw = with_file(file_part(PDF, *bare))
        yield Case(
            f"name in bare {codec}",
            raw.replace(b"@@", data),
            Expected(text="Hello", files=(File(name=NAME, content=PDF),)),
        )
    for kind, value, name in (
        ("both forms", "filename=\"plain.pdf\"; filename*=utf-8''%D0%98.pdf", "И.pdf"),
        ("no quotes", "filename=my report.pdf", "my report.pdf"),
        ("escaped quotes", 'filename="a \\"b\\" c.pdf"', 'a "b" c.pdf'),
        ("quotes within", 'filename="a "b" c.pdf"', 'a "b" c.pdf'),
        ("no closing quote", 'filename="report.pdf', "report.pdf"),
        ("a semicolon within", 'filename="a; b.pdf"', "a; b.pdf"),
        ("a folder", 'filename="../../etc/passwd.pdf"', "passwd.pdf"),
        ("a folder of Windows", 'filename="C:\\Users\\me\\report.pdf"', "report.pdf"),
        ("control characters", 'filename="a\x01\x07b.pdf"', "ab.pdf"),
        ("a hidden file", 'filename=".report.pdf"', "report.pdf"),
        ("folding", 'filename="a\r\n b.pdf"', "a b.pdf"),
        ("mixed sections", "filename*0*=utf-8''%D0%98; filename*1=\"van.pdf\"", "Иvan.pdf"),
        ("plain sections", 'filename*0="re"; filename*1="port.pdf"', "report.pdf"),
        ("capital letters", 'FILENAME="report.pdf"', "report.pdf"),
        ("an unknown charset", "filename*=x-none''%D0%98.pdf", "И.pdf"),
    ):
        yield _named(kind, [pdf, f"Content-Disposition: attachment; {value}"], name)
    yield _named("nothing", [pdf, "Content-Disposition: attachment"], "file.pdf")
    yield _named(
        "its location", [pdf, "Content-Location: scan.pdf", "Content-Disposition: attachment"], "scan.pdf"
    )


def _types() -> Iterator[Case]:
    for declared, name, content, expected in (
        ("application/octet-stream", "a.png", PIXEL, "image/png"),
        ("application/octet-stream", "a.pdf", PDF, "application/pdf"),
        ("image/png", "a.png", PIXEL, "image/png"),
        ("IMAGE/PNG", "a.png", PIXEL, "image/png"),
        ("image/png", "a.png", b"<svg onload=alert(1)>", "application/octet-stream"),
        ("text/csv", "a.csv", b"1;2\r\n", "text/csv"),
        ("text/html", "a.html", b"<p>x</p>", "text/html"),
        ("application/msword", "a.doc", b"anything", "application/msword"),
        (
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "a.docx",
            b"PK\3\4xx",
            None,
        ),
        ("text/plain", "a.txt", b"x", "text/plain"),
    ):
        headers = [f"Content-Type: {declared}", f'Content-Disposition: attachment; filename="{name}"']
        raw = with_file(file_part(content, *headers))
        file = File(name=name, content=content, content_type=expected or declared)
        yield Case(f"type {declared} of {name}", raw, Expected(text="Hello", files=(file,)))


def _encodings() -> Iterator[Case]:
    headers = ["Content-Type: application/pdf", "Content-Disposition: attachment; filename=a.pdf"]
    good = base64.encodebytes(PDF)
    flat = base64.b64encode(PDF)
    for kind, encoded in (
        ("one line", flat),
        ("no padding", flat.rstrip(b"=")),
        ("odd signs within", good.replace(b"\n", b"!\n")),
        ("spaces within", b" ".join(flat[i : i + 7] for i in range(0, len(flat), 7))),
        ("empty lines within", good.replace(b"\n", b"\r\n\r\n")),
        ("padding within", base64.encodebytes(PDF[:500]) + base64.encodebytes(PDF[500:])),
        ("a list's footer below", good + b"_______________\r\nThis list is great\r\n"),
        ("too much padding", flat.rstrip(b"=") + b"===="),
    ):
        raw = with_file(file_part(PDF, *headers, encoded=encoded))
        yield Case(
            f"base64 with {kind}", raw, Expected(text="Hello", files=(File(name="a.pdf", content=PDF),))
        )
    for label in ("BASE64", " base64 ", '"base64"', "base64 (really)", "base64;"):
        content = part(good, *headers, f"Content-Transfer-Encoding: {label}")
        yield Case(
            f"encoding {label!r}",
            with_file(content),
            Expected(text="Hello", files=(File(name="a.pdf", content=PDF),)),
        )
    for kind, encoded, text in (
        ("an equals sign at the end", b"abc=", "abc"),
        ("an equals sign that is none", b"1=XY and a = b", "1=XY and a = b"),
        ("small letters", b"caf=c3=a9", "café"),
        ("soft breaks", b"one =\r\ntwo= \r\n three", "one two three"),
        ("bytes that are not encoded", "кофе =D1=87=D0=B0=D0=B9".encode(), "кофе чай"),
    ):
        raw = mail(
            encoded, "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: quoted-printable"
        )
        yield Case(f"quoted-printable with {kind}", raw, Expected(text=text))
    for label, body in (
        ("x-none", b"Hello there"),
        ("8-bit", "Привет".encode()),
        ("", b"Hello"),
        ("base64", b"Hello, it is not encoded!"),
    ):
        raw = mail(body, "Content-Type: text/plain; charset=utf-8", f"Content-Transfer-Encoding: {label}")
        yield Case(f"text called {label!r}", raw, Expected(text=body.decode()))


def uuencoded(content: bytes, name: str, *, is_cut: bool = False) -> bytes:
    """Return a block of uuencode."""
    lines = [binascii.b2a_uu(content[i : i + 45]) for i in range(0, len(content), 45)]
    return f"begin 644 {name}\n".encode() + b"".join(lines) + (b"" if is_cut else b"`\nend\n")


def _uuencoded() -> Iterator[Case]:
    first, second = File(name="a.pdf", content=PDF), File(name="b.png", content=PIXEL)
    block, other = uuencoded(PDF, "a.pdf"), uuencoded(PIXEL, "b.png")
    yield Case("uuencode", mail(b"Hello\n\n" + block), Expected(text="Hello", files=(first,)))
    yield Case(
        "uuencode twice",
        mail(b"Hello\n" + block + b"there\n" + other),
        Expected(text="Hello there", files=(first, second)),
    )
    cut = uuencoded(PDF, "a.pdf", is_cut=True)
    yield Case("uuencode cut off", mail(b"Hello\n" + cut), Expected(text="Hello", files=(first,)))
    begun = b"Hello\nbegin 644 is how it starts\nand so on\n"
    yield Case("words like uuencode", mail(begun), Expected(text=" ".join(begun.decode().split())))
    header, body = multipart(
        "mixed",
        part(b"Hello", "Content-Type: text/plain"),
        part(block, "Content-Type: application/pdf; name=a.pdf", "Content-Transfer-Encoding: x-uuencode"),
    )
    yield Case("uuencode as an encoding", mail(body, header), Expected(text="Hello", files=(first,)))


def _property(kind: int, number: int, value: bytes) -> bytes:
    padded = value + bytes(-len(value) % 4)
    return struct.pack("<HHII", kind, number, 1, len(value)) + padded


def _attribute(level: int, tag: int, value: bytes) -> bytes:
    return struct.pack("<BII", level, tag, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)


def tnef(
    text: str, files: list[tuple[str, bytes]], *, html: str = "", nested: bytes = b"", rtf: bytes = b""
) -> bytes:
    """Return a winmail.dat."""
    properties = [_property(0x1F, 0x1000, text.encode("utf-16-le") + b"\0\0")]
    if html:
        properties.append(_property(0x102, 0x1013, html.encode("cp1251")))
    if rtf:
        properties.append(_property(0x102, 0x1009, rtf))
    head = struct.pack("<I", 0x223E9F78) + b"\1\0" + _attribute(1, 0x00069007, struct.pack("<II", 1251, 0))
    result = head + _attribute(1, 0x00069003, struct.pack("<I", len(properties)) + b"".join(properties))
    for name, content in files:
        named = _property(0x1F, 0x3707, name.encode("utf-16-le") + b"\0\0")
        result += _attribute(2, 0x00069002, bytes(14)) + _attribute(2, 0x00018010, b"SHORT~1.PDF\0")
        result += _attribute(2, 0x0006800F, content) + _attribute(2, 0x00069005, struct.pack("<I", 1) + named)
    if nested:
        interface = bytes.fromhex("0703020000000000c000000000000046")
        data = _property(0x0D, 0x3701, interface + nested)
        result += _attribute(2, 0x00069002, bytes(14)) + _attribute(2, 0x00018010, b"Inner\0")
        result += _attribute(2, 0x00069005, struct.pack("<I", 1) + data)
    return result


def _containers() -> Iterator[Case]:
    name = "Длинное имя отчёта.pdf"
    file = File(name=name, content=PDF)
    header = ["Content-Type: application/ms-tnef; name=winmail.dat", "Content-Disposition: attachment"]
    yield Case(
        "winmail.dat beside a letter",
        with_file(file_part(tnef("other words", [(name, PDF)]), *header)),
        Expected(text="Hello", files=(file,)),
    )
    alone = mail(
        base64.encodebytes(tnef("Привет", [(name, PDF)])), *header, "Content-Transfer-Encoding: base64"
    )
    yield Case("winmail.dat alone", alone, Expected(text="Привет", files=(file,)))
    rich = tnef("", [], html="<p>Привет</p>")
    yield Case(
        "winmail.dat with HTML",
        mail(base64.encodebytes(rich), *header, "Content-Transfer-Encoding: base64"),
        Expected(text="Привет", has_html=True),
    )
    generic = ["Content-Type: application/octet-stream; name=winmail.dat"]
    yield Case(
        "winmail.dat of no type",
        with_file(file_part(tnef("", [(name, PDF)]), *generic)),
        Expected(text="Hello", files=(file,)),
    )
    broken = b"\x78\x9f\x3e\x22" + bytes(30)
    yield Case(
        "winmail.dat that is none",
        with_file(file_part(b"none", *header)),
        Expected(text="Hello", files=(File(name="winmail.dat", content=b"none"),), problem="tnef"),
    )
    damaged = File(name="winmail.dat", content=broken)
    expected = Expected(text="Hello", files=(damaged,), problem="tnef")
    yield Case("winmail.dat that is damaged", with_file(file_part(broken, *header)), expected)
    nested = with_file(file_part(tnef("", [], nested=tnef("deep words", [])), *header))
    yield Case("a message within winmail.dat", nested, Expected(text="Hello", files=None))

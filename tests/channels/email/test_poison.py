"""Hostile mail is set aside within seconds and delays nobody."""

import base64
import gzip
import hashlib
import random
import struct
import time
from pathlib import Path

import pytest

from okno.channels.email.parse import ParseFailed
from okno.channels.email.parser_child import ParserPool
from tests.channels.email.corpus.files import tnef
from tests.channels.email.corpus.structures import opaque
from tests.channels.email.mail import simple

HTML = b"From: a@example.org\r\nContent-Type: text/html\r\n\r\n"
MIXED = b"From: a@example.org\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
PLAIN = b"From: a@example.org\r\nContent-Type: text/plain\r\n\r\n"

EVENT = b"BEGIN:VEVENT\r\nUID:1\r\nDTSTART:20251103T070000Z\r\nSUMMARY:x\r\nEND:VEVENT\r\n"


def nested(depth: int) -> bytes:
    opening = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level)
        for level in range(depth)
    )
    return b"From: a@example.org\r\n" + opening + b"\r\nx"


def signed_many_times(levels: int) -> bytes:
    content = b"Content-Type: text/plain\r\n\r\nx"
    for _ in range(levels):
        content = b"Content-Type: application/pkcs7-mime\r\n\r\n" + opaque(content)
    return b"From: a@example.org\r\n" + content


def containers(count: int) -> bytes:
    """Return a mail with many winmail.dat whose rich text grows a thousandfold."""
    compressed = (
        struct.pack("<IIII", 0, 100_000_000, 0x75465A4C, 0) + b"\xff" + (b"\x00\x0f" * 8 + b"\xff") * 50_000
    )
    content = tnef("", [], rtf=compressed)
    one = b"--b\r\nContent-Type: application/ms-tnef\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return MIXED + (one + base64.encodebytes(content) + b"\r\n") * count


REFUSED = {
    "nested html": HTML + b"<div>" * 80_000,
    "200 levels": HTML + b"<div>" * 200 + b"x",
    "unclosed attributes": HTML + b'<a href="' * 50_000,
    "10,000 parts": MIXED + b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n" * 10_000 + b"--b--",
    "nested parts": nested(3000),
    "60 levels of parts": nested(60),
}
READ = {
    "quotes that never end": PLAIN + b"On " * 200_000 + b"\r\n" + b"Am schrieb " * 100_000,
    "introductions without end": PLAIN + (b"On Mon 10:11 a@b " * 20 + b":\r\n") * 20_000,
    "a huge header": b"To: " + b"a@example.org, " * 200_000 + b"\r\n" + simple(),
    "a huge subject": b"Subject: " + b"=?utf-8?B?0JA=?= " * 100_000 + b"\r\n" + simple(),
    "brackets": b"From: "
    + b"(" * 50_000
    + b"\r\nTo: "
    + b"<" * 50_000
    + b'\r\nCc: "'
    + b"\\" * 50_000
    + b"\r\n\r\nx",
    "a bomb": MIXED
    + b"--b\r\nContent-Type: application/gzip\r\n\r\n"
    + gzip.compress(bytes(10**7))
    + b"\r\n--b--",
    "NUL bytes": PLAIN + bytes(100_000),
    "flat html": HTML + b"<p>x<br>" * 50_000,
    "soft lines": PLAIN.replace(b"plain", b"plain; format=flowed") + b"soft \r\n" * 1_000_000,
    "words without end": b"Subject: " + b"=?utf-8?Q?x " * 80_000 + b"\r\n" + simple(),
    "lines like boundaries": MIXED + b"--b\r\n\r\n" + b"\r\n--bx" * 2_000_000,
    "beginnings of uuencode": PLAIN + b"begin 644 x\n" * 500_000,
    "quotes without end": b'Content-Disposition: x; filename="' + b'"a' * 9_000 + b"\r\n\r\nx",
    "quoted-printable": PLAIN.replace(b"\r\n\r\n", b"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
    + b"==D0" * 5_000_000,
    "signed 60 times": signed_many_times(60),
    "60 winmail.dat": containers(60),
    "60 calendars": MIXED
    + (b"--b\r\nContent-Type: text/calendar\r\n\r\n" + b"BEGIN:VCALENDAR\r\n" + EVENT * 1_000) * 60,
    "colons": b"To: " + b":" * 100_000 + b"\r\n\r\nx",
    "comments": HTML + b"<!--" * 50_000,
    "entities": HTML + b"&amp" * 200_000,
}


@pytest.mark.parametrize("name", REFUSED)
def test_poison_is_refused_with_its_reason(name: str) -> None:
    with ParserPool() as pool:
        started = time.monotonic()
        with pytest.raises(ParseFailed) as failed:
            pool.parse(REFUSED[name])
        assert time.monotonic() - started < 15
        assert not failed.value.may_pass_later
        assert pool.parse(simple("next")).text.strip() == "next"


def test_of_a_mail_that_is_too_large_the_headers_are_read(tmp_path: Path) -> None:
    path = tmp_path / "large.eml"
    with path.open("wb") as file:
        file.write(simple("Hello"))
        file.truncate(60 * 1024 * 1024)
    with ParserPool() as pool:
        parsed = pool.parse(path)
    assert not parsed.is_whole
    assert parsed.problems == ("too_large",)
    assert (parsed.subject, parsed.text, parsed.attachments) == ("Printer", "", ())
    assert parsed.sender is not None
    assert parsed.sender.address == "requester@example.org"


def test_a_large_mail_fits_into_the_memory_of_its_parser(tmp_path: Path) -> None:
    content = random.Random(1).randbytes(36 * 1024 * 1024)
    path = tmp_path / "large.eml"
    head = b"From: a@example.org\r\nContent-Type: application/x-data\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    path.write_bytes(head + base64.encodebytes(content))
    with ParserPool() as pool:
        parsed = pool.parse(path)
    assert parsed.attachments[0].sha256 == hashlib.sha256(content).hexdigest()


def test_what_is_too_long_for_a_page_is_kept_as_a_file() -> None:
    words = b"Hello there\r\n" * 2_000_000
    page = b"<p>Hello</p>" * 2_000_000
    with ParserPool() as pool:
        text, html = pool.parse(PLAIN + words), pool.parse(HTML + page)
    assert text.text.startswith("Hello there")
    assert len(text.text) <= 1_000_000
    assert text.attachments[0].size == len(words)
    assert (html.html, html.attachments[0].size) == (None, len(page))
    assert "long_text" in text.problems
    assert "long_text" in html.problems


@pytest.mark.parametrize("name", READ)
def test_odd_but_harmless_mail_is_read_in_time(name: str) -> None:
    with ParserPool() as pool:
        started = time.monotonic()
        parsed = pool.parse(READ[name])
        assert time.monotonic() - started < 10
        parsed.text.encode()

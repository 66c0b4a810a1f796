"""Mail of the world, read as a person would read it."""

import base64
import hashlib
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okno.channels.email.parse import ParseFailed, parse_message
from okno.lib.addresses import Address
from tests.channels.email.mail import raw, simple

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)
UNCLOSED = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nnever closed"
RUSSIAN = "Добрый день! Не работает принтер на третьем этаже, помогите пожалуйста."


def test_plain_mail() -> None:
    parsed = parse_message(
        raw(
            """
            Message-ID: <one@example.org>
            From: =?utf-8?B?0JjQstCw0L0=?= <Ivan@Example.org>
            To: Support <support@okno.example>, b@example.org
            Cc: c@example.org
            Reply-To: other@example.org
            Subject: =?koi8-r?B?8NLJztTF0g==?=
            Date: Mon, 3 Nov 2025 10:11:12 +0300
            In-Reply-To: <zero@okno.example>
            References: <a@x> <b@x>
             <zero@okno.example>

            Hello
            """
        )
    )
    assert parsed.message_id == "<one@example.org>"
    assert parsed.sender == Address("ivan@example.org", "Иван")
    assert [address.address for address in parsed.to] == ["support@okno.example", "b@example.org"]
    assert parsed.cc == (Address("c@example.org"),)
    assert parsed.reply_to == (Address("other@example.org"),)
    assert parsed.subject == "Принтер"
    assert parsed.sent_at == datetime(2025, 11, 3, 7, 11, 12, tzinfo=UTC)
    assert parsed.in_reply_to == ("<zero@okno.example>",)
    assert parsed.references == ("<a@x>", "<b@x>", "<zero@okno.example>")
    assert parsed.text.strip() == "Hello"
    assert parsed.html is None
    assert parsed.problems == ()


@pytest.mark.parametrize(
    "charset", ["utf-8", "koi8-r", "windows-1251", "cp866", "iso-8859-5", "mac-cyrillic"]
)
@pytest.mark.parametrize("encoding", ["8bit", "base64", "quoted-printable"])
def test_russian_in_every_charset_and_encoding(charset: str, encoding: str) -> None:
    import quopri

    data = RUSSIAN.encode(charset)
    body = {"8bit": bytes, "base64": base64.encodebytes, "quoted-printable": quopri.encodestring}[encoding](
        data
    )
    head = f"From: a@example.org\r\nContent-Type: text/plain; charset={charset}\r\n"
    parsed = parse_message(f"{head}Content-Transfer-Encoding: {encoding}\r\n\r\n".encode() + body)
    assert parsed.text.strip() == RUSSIAN


@pytest.mark.parametrize("charset", ["utf-8", "koi8-r", "windows-1251", "cp866", "iso-8859-5"])
@pytest.mark.parametrize("label", ["", "charset=x-nonsense", "charset=us-ascii", "charset=iso-8859-1"])
def test_russian_unlabelled_or_mislabelled(charset: str, label: str) -> None:
    head = f"From: a@example.org\r\nContent-Type: text/plain; {label}\r\n\r\n".encode()
    parsed = parse_message(head + RUSSIAN.encode(charset))
    assert parsed.text.strip() == RUSSIAN


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("iso-2022-jp", "こんにちは世界"),
        ("gb2312", "您好世界"),
        ("euc-kr", "안녕하세요"),
        ("shift_jis", "こんにちは"),
        ("iso-8859-1", "Grüße aus Köln"),
        ("windows-1252", "“Grüße” – Köln"),
        ("utf-16", "Grüße"),
    ],
)
def test_other_charsets(charset: str, text: str) -> None:
    head = f"From: a@example.org\r\nContent-Type: text/plain; charset={charset}\r\n"
    head += "Content-Transfer-Encoding: base64\r\n\r\n"
    assert parse_message(head.encode() + base64.encodebytes(text.encode(charset))).text.strip() == text


def test_encoded_words_cut_inside_a_letter() -> None:
    data = "Не работает принтер".encode()
    words = [f"=?utf-8?B?{base64.b64encode(data[i : i + 5]).decode()}?=" for i in range(0, len(data), 5)]
    folded = "\r\n ".join(words)
    parsed = parse_message(f"From: {folded}\r\n <a@example.org>\r\nSubject: {folded}\r\n\r\nx".encode())
    assert parsed.subject == "Не работает принтер"
    assert parsed.sender == Address("a@example.org", "Не работает принтер")


def test_raw_bytes_in_headers() -> None:
    head = "From: Иван <a@example.org>\r\nSubject: Не работает принтер\r\n\r\nx"
    for charset in ("utf-8", "windows-1251", "koi8-r"):
        parsed = parse_message(head.encode(charset))
        assert parsed.subject == "Не работает принтер"
        assert parsed.sender is not None
        assert parsed.sender.address == "a@example.org"


def test_alternatives_files_and_inline_pictures() -> None:
    message = EmailMessage()
    message["From"] = "a@example.org"
    message.set_content("Plain words")
    message.add_alternative('<p>Rich <b>words</b> <img src="cid:pic@x"></p>', subtype="html")
    message.get_payload()[1].add_related(PIXEL, "image", "png", cid="<pic@x>")  # type: ignore[union-attr]
    message.add_attachment(
        b"%PDF-1.4 x", maintype="application", subtype="pdf", filename="отчёт за ноябрь.pdf"
    )
    parsed = parse_message(message.as_bytes())
    assert parsed.text == "Plain words"
    assert parsed.html is not None
    assert 'src="cid:pic@x"' in parsed.html
    picture, report = parsed.attachments
    assert (picture.is_inline, picture.content_type, picture.content_id) == (True, "image/png", "pic@x")
    assert picture.content == PIXEL
    assert picture.sha256 == hashlib.sha256(PIXEL).hexdigest()
    assert (report.is_inline, report.filename, report.content_type) == (
        False,
        "отчёт за ноябрь.pdf",
        "application/pdf",
    )


def test_html_only_mail_has_text() -> None:
    parsed = parse_message(
        b"From: a@example.org\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
        + "<p>Добрый день</p><script>alert(1)</script><p>второй</p>".encode()
    )
    assert "Добрый день" in parsed.text
    assert "alert" not in parsed.text
    assert parsed.html is not None
    assert "alert" not in parsed.html


def test_names_by_rfc_2231_with_continuations() -> None:
    parsed = parse_message(
        raw(
            """
            From: a@example.org
            Content-Type: multipart/mixed; boundary=b

            --b
            Content-Type: application/octet-stream
            Content-Disposition: attachment; filename*0*=koi8-r''%F0%D2%C9;
             filename*1*=%D7%C5%D4; filename*2=".txt"

            data
            --b
            Content-Type: application/octet-stream; name="=?windows-1251?B?z/Do4uXyLnR4dA==?="

            data
            --b
            Content-Type: application/octet-stream
            Content-Disposition: attachment; filename="../../etc/\\u200b.htaccess"

            data
            --b--
            """
        )
    )
    assert [file.filename for file in parsed.attachments[:2]] == ["Привет.txt", "Привет.txt"]
    assert "/" not in parsed.attachments[2].filename
    assert not parsed.attachments[2].filename.startswith(".")


def test_content_type_is_told_by_the_content() -> None:
    message = EmailMessage()
    message["From"] = "a@example.org"
    message.set_content("x")
    message.add_attachment(PIXEL, maintype="text", subtype="x-any", filename="page.html")
    message.add_attachment(b"<svg onload=alert(1)>", maintype="image", subtype="png", filename="a.png")
    message.add_attachment(b"a;b\n1;2\n", maintype="text", subtype="csv", filename="a.csv")
    types = [file.content_type for file in parse_message(message.as_bytes()).attachments]
    assert types[0] == "image/png"
    assert types[1] != "image/png"
    assert types[2] == "text/csv"


def test_attached_message_is_kept_whole() -> None:
    message = EmailMessage()
    message["From"] = "a@example.org"
    message.set_content("see below")
    inner = EmailMessage()
    inner["From"] = "inner@example.org"
    inner.set_content("inner words")
    message.add_attachment(inner)
    parsed = parse_message(message.as_bytes())
    assert parsed.text.strip() == "see below"
    assert [file.content_type for file in parsed.attachments] == ["message/rfc822"]
    assert b"inner words" in parsed.attachments[0].content


def test_flowed_text_is_joined() -> None:
    parsed = parse_message(
        b"From: a@example.org\r\nContent-Type: text/plain; format=flowed\r\n\r\n"
        b"One two \r\nthree.\r\n\r\n> quoted \r\n> on\r\n-- \r\nName\r\n"
    )
    assert parsed.text.startswith("One two three.\n\n> quoted on\n-- \nName")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\r\n\r\n",
        b"no headers at all",
        b"\x00\xff\xfe",
        b"From: \r\nSubject: =?utf-8?B?!!!?=\r\n\r\n\x00",
        b"Content-Type: multipart/mixed\r\n\r\nno boundary",
        UNCLOSED,
        b'Content-Type: text/plain; charset="\xff"\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!=',
        b"Content-Type: text/plain; charset=rot13\r\n\r\nabc",
        b"Content-Type: ;;;\r\nContent-Disposition: attachment; filename*=nonsense''%FF%FE\r\n\r\nabc",
        b"Date: Mon, 99 Foo 99999 99:99:99 +9999\r\nFrom: a@example.org\r\n\r\n",
        b'Message-ID: <a b c>\r\nFrom: "unclosed <a@example.org>\r\n\r\nx',
    ],
)
def test_damaged_mail_is_read_all_the_same(data: bytes) -> None:
    parsed = parse_message(data)
    assert "\x00" not in parsed.text
    parsed.text.encode()
    parsed.subject.encode()


def test_unclosed_multipart_keeps_its_words() -> None:
    assert parse_message(UNCLOSED).text == "never closed"


def test_multipart_without_boundary_keeps_its_words() -> None:
    parsed = parse_message(b"Content-Type: multipart/mixed\r\n\r\nno boundary")
    assert "no boundary" in parsed.text
    assert "broken_multipart" in parsed.problems


def test_hostile_sizes_are_refused() -> None:
    parts = b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n" * 10_000
    for data, reason in (
        (b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + parts + b"--b--", "too_many_parts"),
        (b"Content-Type: text/html\r\n\r\n" + b"<div>" * 80_000, "html_too_deep"),
    ):
        with pytest.raises(ParseFailed) as failed:
            parse_message(data)
        assert failed.value.reason == reason


def test_machines_are_recognised() -> None:
    assert not parse_message(simple()).is_automatic
    assert parse_message(simple(Auto_Submitted="auto-replied")).is_automatic
    assert parse_message(simple(Return_Path="<>")).is_bounce
    assert parse_message(simple(Subject="Автоответ: меня нет")).is_automatic


@given(
    st.binary(max_size=400),
    st.sampled_from([b"From: ", b"Subject: ", b"Content-Type: ", b"To: ", b"\r\n\r\n"]),
)
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_read_or_refused(data: bytes, before: bytes) -> None:
    parsed = parse_message(before + data)
    (parsed.text + parsed.subject + parsed.reply_text + (parsed.html or "")).encode()


def test_words_are_never_lost_between_own_and_quoted_part() -> None:
    parsed = parse_message(simple('Спасибо!\n\n03.11.2026, 10:11, "Иван" <i@example.org>:\n> Было так\n'))
    assert parsed.reply_text == "Спасибо!"
    assert "Было так" in parsed.quoted_text

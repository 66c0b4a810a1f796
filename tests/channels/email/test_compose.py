"""What leaves is one well-formed mail that mail programs read as it was meant."""

import email
from dataclasses import replace
from datetime import UTC, datetime
from email import policy

import pytest

from okno.channels.base import OutboundFile, OutboundMail, PermanentFailure
from okno.channels.email.compose import compose
from okno.channels.email.parse import parse_message
from okno.channels.email.threading import Purpose, make_message_id, make_token
from okno.lib.addresses import Address

TOKEN = make_token(b"k" * 32, workspace_id=7, purpose=Purpose.REPLY, ticket_id=9**9, person_id=9**9)
LONG_ID = make_message_id(TOKEN, domain="a-rather-long-name-of-a-mail-domain.okno.example")
MAIL = OutboundMail(
    message_id=LONG_ID,
    sender=Address("support@okno.example", "Поддержка"),
    to=(Address("ivan@xn--e1afmkfd.xn--p1ai", 'Иван "Петров", отдел'),),
    cc=(Address("c@example.org"),),
    reply_to=(Address("support+x@okno.example"),),
    subject="Re: Не работает принтер на третьем этаже, помогите пожалуйста как можно скорее",
    text="Добрый день!\n.\nFrom here\n" + "длинная строка " * 100,
    html='<style>p{color:red}</style><p>Добрый день!</p><img src="cid:pic@okno">',
    sent_at=datetime(2025, 11, 3, 10, 11, 12, tzinfo=UTC),
    in_reply_to="<one@example.org>",
    references=("<zero@example.org>", "<one@example.org>", LONG_ID),
    loop_mark="abc",
    files=(
        OutboundFile(
            filename="a.png", content_type="image/png", content=b"\x89PNG\r\n\x1a\nx", content_id="pic@okno"
        ),
        OutboundFile(filename="отчёт.txt", content_type="text/plain", content=b"one\ntwo\r\n\xff"),
    ),
)


def test_everything_is_read_back() -> None:
    parsed = parse_message(compose(MAIL))
    assert parsed.message_id == LONG_ID
    assert parsed.sender == MAIL.sender
    assert parsed.to == (Address("ivan@xn--e1afmkfd.xn--p1ai", 'Иван "Петров", отдел'),)
    assert parsed.cc == MAIL.cc
    assert parsed.reply_to == MAIL.reply_to
    assert parsed.subject == MAIL.subject
    assert parsed.sent_at == MAIL.sent_at
    assert parsed.in_reply_to == ("<one@example.org>",)
    assert parsed.references == MAIL.references
    assert parsed.header("x-okno-loop") == "abc"
    assert parsed.text.strip() == MAIL.text.strip()
    assert parsed.html is not None
    assert 'src="cid:pic@okno"' in parsed.html
    assert [(file.filename, file.is_inline, file.content) for file in parsed.attachments] == [
        ("a.png", True, MAIL.files[0].content),
        ("отчёт.txt", False, MAIL.files[1].content),
    ]
    assert not parsed.is_automatic


def test_the_wire_form_is_seven_bit_with_short_lines_and_whole_ids() -> None:
    data = compose(MAIL)
    assert data.isascii()
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert max(map(len, data.split(b"\r\n"))) <= 998
    assert b"Message-ID: " + LONG_ID.encode() + b"\r\n" in data
    assert b"<style" not in data
    structure = [
        part.get_content_type() for part in email.message_from_bytes(data, policy=policy.default).walk()
    ]
    assert structure == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "text/plain",
    ]


def test_a_repeated_mail_is_the_same_to_the_byte() -> None:
    assert compose(MAIL) == compose(MAIL)


def test_automatic_mail_says_so() -> None:
    parsed = parse_message(compose(replace(MAIL, auto_submitted="auto-replied", html=None, files=())))
    assert parsed.is_automatic
    assert parsed.header("x-auto-response-suppress") == "All"


@pytest.mark.parametrize(
    "text", ["x\r\nBcc: evil@example.org", "x\nBcc: evil@example.org", "x\rBcc: evil@example.org"]
)
def test_nothing_adds_a_header(text: str) -> None:
    mail = replace(
        MAIL, subject=text, sender=Address("support@okno.example", text), in_reply_to=f"<{text}@x>"
    )
    message = email.message_from_bytes(compose(mail))
    assert message["Bcc"] is None
    assert message["In-Reply-To"] is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"message_id": "<a b@x>"},
        {"message_id": "<a@x>\r\nBcc: evil@example.org"},
        {"to": (Address("a@example.org\r\nBcc: evil@example.org"),)},
        {"headers": (("X-One", "a\r\nBcc: evil@example.org"),)},
        {"headers": (("X One", "a"),)},
        {"headers": (("Subject", "a"),)},
    ],
)
def test_what_is_not_well_formed_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(PermanentFailure):
        compose(replace(MAIL, **wrong))  # type: ignore[arg-type]


def test_plain_mail_has_one_part() -> None:
    message = email.message_from_bytes(compose(replace(MAIL, html=None, files=())))
    assert message.get_content_type() == "text/plain"

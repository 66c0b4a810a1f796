"""Headers: addresses, dates, ids, blocks that are damaged."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

from tests.channels.email.corpus.case import Case, Expected, mail

ADDRESSES: list[tuple[str, tuple[tuple[str, str], ...]]] = [
    ("a@example.org", (("a@example.org", ""),)),
    ("A@Example.ORG", (("a@example.org", ""),)),
    ("Ivan <a@example.org>", (("a@example.org", "Ivan"),)),
    ('"Doe, John" <j@example.org>, b@example.org', (("j@example.org", "Doe, John"), ("b@example.org", ""))),
    ("Doe, John <j@example.org>", (("j@example.org", "Doe, John"),)),
    ("a@example.org (Ivan Petrov)", (("a@example.org", "Ivan Petrov"),)),
    ("Ivan Petrov a@example.org", (("a@example.org", "Ivan Petrov"),)),
    ("undisclosed-recipients:;", ()),
    ("Team: a@example.org, B <b@example.org>;", (("a@example.org", ""), ("b@example.org", "B"))),
    ("<@one.example,@two.example:u@example.org>", (("u@example.org", ""),)),
    ("mailto:a@example.org", (("a@example.org", ""),)),
    ("<<a@example.org>>", (("a@example.org", ""),)),
    ("A <a@example.org> B <b@example.org>", (("a@example.org", "A"), ("b@example.org", "B"))),
    ("a@example.org; b@example.org", (("a@example.org", ""), ("b@example.org", ""))),
    ("a@example.org,,b@example.org,", (("a@example.org", ""), ("b@example.org", ""))),
    ("=?utf-8?Q?Doe,_J?= <j@example.org>", (("j@example.org", "Doe, J"),)),
    ('"=?utf-8?B?0JjQstCw0L0=?=" <i@example.org>', (("i@example.org", "Иван"),)),
    ('"Joe \\"P\\" Public" <j@example.org>', (("j@example.org", 'Joe "P" Public'),)),
    ("Pete(A nice \\) chap) <pete(his account)@example.org>", (("pete@example.org", "Pete"),)),
    ('"Unclosed <a@example.org>', (("a@example.org", "Unclosed"),)),
    ("Иван <ivan@пример.рф>", (("ivan@xn--e1afmkfd.xn--p1ai", "Иван"),)),
    ("user @ example.org", (("user@example.org", ""),)),
    ("a@example.org\r\n (folded\r\n comment)", (("a@example.org", "folded comment"),)),
    ("=?utf-8?Q?Ivan_=3Ca=40example.org=3E?=", (("a@example.org", "Ivan"),)),
    ("nobody", ()),
]
EAST = timezone(timedelta(hours=3))
MOMENT = datetime(2025, 11, 3, 10, 11, 12, tzinfo=EAST)
DATES: list[tuple[str, datetime | None]] = [
    ("Mon, 3 Nov 2025 10:11:12 +0300", MOMENT),
    ("Mon, 03 Nov 2025 10:11:12 +0300 (MSK)", MOMENT),
    ("3 Nov 2025 10:11:12 +0300", MOMENT),
    ("Mon,3 Nov 2025 10:11:12 +0300", MOMENT),
    ("Mon, 3 Nov 25 10:11:12 +0300", MOMENT),
    ("Monday, 03-Nov-25 07:11:12 GMT", MOMENT),
    ("Mon Nov  3 07:11:12 2025", MOMENT),
    ("Mon, 3 Nov 2025 10:11:12 MSK", MOMENT),
    ("Mon, 3 Nov 2025 08:11:12 CET", MOMENT),
    ("Mon, 3 Nov 2025 02:11:12 EST", MOMENT),
    ("Mon, 3 Nov 2025 07:11:12 Z", MOMENT),
    ("Mon, 3 Nov 2025 07:11:12", MOMENT),
    ("Mon, 3 Nov 2025 07:11:12 -0000", MOMENT),
    ("Mon, 3 Nov 2025 10:11:12 GMT+0300", MOMENT),
    ("Mon, 3 Nov 2025 10:11:12 +03:00", MOMENT),
    ("2025-11-03T10:11:12+03:00", MOMENT),
    ("2025-11-03 07:11:12", MOMENT),
    ("Mon, 3 Nov 2025 10.11.12 +0300", MOMENT),
    ("Mon, 3 November 2025 10:11:12 +0300", MOMENT),
    ("Mo, 3 Nov 2025 10:11:12 +0300", MOMENT),
    ("Пн, 3 ноя 2025 10:11:12 +0300", MOMENT),
    ("Mon, 3 Nov 2025 10:11 +0300", MOMENT.replace(second=0)),
    ("Mon, 3 Nov 2025\r\n 10:11:12 +0300", MOMENT),
    ("Mon, 29 Feb 2024 23:59:60 +0000", datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC)),
]


def cases() -> Iterator[Case]:
    """Yield the cases."""
    for number, (value, addresses) in enumerate(ADDRESSES):
        raw = mail(b"x", f"To: {value}", f"X-Number: {number}")
        yield Case(f"addresses {value[:40]!r}", raw, Expected(to=addresses, text="x"))
    for value, moment in DATES:
        yield Case(f"date {value[:40]!r}", mail(b"x", f"Date: {value}"), Expected(sent_at=moment, text="x"))
    yield from _senders()
    yield from _blocks()


def _senders() -> Iterator[Case]:
    for name, headers, sender in (
        ("two From headers", ["From: a@example.org", "From: b@example.org"], ("a@example.org", "")),
        ("two authors", ["From: A <a@example.org>, B <b@example.org>"], ("a@example.org", "A")),
        ("Sender only", ["Sender: S <s@example.org>"], ("s@example.org", "S")),
        ("Return-Path only", ["Return-Path: <r@example.org>"], ("r@example.org", "")),
        ("Reply-To only", ["Reply-To: r@example.org"], ("r@example.org", "")),
        ("an empty From", ["From: ", "Sender: s@example.org"], ("s@example.org", "")),
    ):
        yield Case(f"sender by {name}", mail(b"x", *headers, sender=None), Expected(sender=sender, text="x"))


def _blocks() -> Iterator[Case]:
    plain = Expected(text="Hello", subject="Printer")
    good = mail(b"Hello")
    yield Case(
        "mbox line", b"From requester@example.org Mon Nov  3 10:11:12 2025\r\n" + good + b"\r\n", plain
    )
    yield Case("byte order mark", b"\xef\xbb\xbf" + mail(b"Hello", "X-Case: bom"), plain)
    yield Case("empty lines before", b"\r\n\r\n" + mail(b"Hello", "X-Case: empty"), plain)
    yield Case("bare LF", mail(b"Hello", "X-Case: lf").replace(b"\r\n", b"\n"), plain)
    yield Case("bare CR", mail(b"Hello", "X-Case: cr").replace(b"\r\n", b"\r"), plain)
    yield Case("doubled CR", mail(b"Hello", "X-Case: crcr").replace(b"\r\n", b"\r\r\n"), plain)
    yield Case("UTF-16 as a whole", mail(b"Hello", "X-Case: 16").decode().encode("utf-16"), plain)
    yield Case("space before colon", mail(b"Hello", "X-Case : space", "Subject : Printer"), plain)
    yield Case(
        "a line that is no header", mail(b"Hello", "X-Case: rubbish", "no colon here", "X-More: y"), plain
    )
    yield Case("a fold without its space", mail(b"Hello", "X-Case: a\r\nlong value", "X-More: y"), plain)
    yield Case(
        "no empty line before the body", b"From: requester@example.org\r\nSubject: Printer\r\nHello", plain
    )
    yield Case("NUL bytes", mail(b"Hel\0lo", "X-Case: nul", b"Subject: Prin\0ter"), plain)
    yield Case("two subjects", mail(b"Hello", "Subject: Printer", "Subject: Other"), plain)
    yield Case("an empty subject", mail(b"Hello", "Subject:"), Expected(text="Hello", subject=""))
    yield Case("headers in capitals", mail(b"Hello", "SUBJECT: Printer", "X-CASE: caps"), plain)
    yield Case(
        "CR within a subject",
        mail(b"Hello", b"Subject: Prin\rter"),
        Expected(text="Hello", subject="Prin ter"),
    )
    yield Case(
        "a very long subject",
        mail(b"Hello", "Subject: " + "x" * 6000),
        Expected(text="Hello", subject="x" * 5000),
    )
    yield Case("no body", mail(b"", "X-Case: no body"), Expected(text="", subject="Printer"))
    yield Case(
        "a blank body", mail(b"\r\n \r\n\t\r\n", "X-Case: blank"), Expected(text="", subject="Printer")
    )

"""The listener takes what is ours, durable, and nothing else; tested over a real socket."""

import asyncio
import hashlib
import os
import smtplib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from okno.channels.email import smtp_in
from okno.channels.email.smtp_in import Listener, ReceivedMail

OURS = {"support@okno.example": 7, "help@okno.example": 8}
DATA = b"Subject: x\r\n\r\n.one\r\ntwo\r\n"


class Kept:
    """Remember what was stored."""

    def __init__(self) -> None:
        self.mails: list[tuple[ReceivedMail[int], bytes]] = []

    def store(self, mail: ReceivedMail[int]) -> None:
        self.mails.append((mail, mail.path.read_bytes()))


@contextmanager
def listening(
    spool: Path,
    store: Callable[[ReceivedMail[int]], None],
    *,
    max_bytes: int = smtp_in.MAX_BYTES,
    is_lmtp: bool = False,
    bound: socket.socket | None = None,
) -> Iterator[int]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    listener = Listener(
        socket=bound or socket.create_server(("127.0.0.1", 0)),
        spool=spool,
        resolve_recipient=resolve,
        store=store,
        max_bytes=max_bytes,
        is_lmtp=is_lmtp,
    )
    server = asyncio.run_coroutine_threadsafe(smtp_in.start(listener), loop).result(10)
    try:
        address = server.sockets[0].getsockname()
        yield 0 if isinstance(address, str) else address[1]
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


def resolve(address: str) -> int | None:
    if address.startswith("broken"):
        raise ConnectionError
    return OURS.get(address.lower())


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def client(tmp_path: Path, kept: Kept) -> Iterator[smtplib.SMTP]:
    with listening(tmp_path, kept.store) as port, smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        client.ehlo()
        yield client


def test_mail_is_stored_as_it_came_and_the_spool_is_empty_after(
    client: smtplib.SMTP, kept: Kept, tmp_path: Path
) -> None:
    assert client.sendmail("a@example.org", ["support@okno.example", "help@okno.example"], DATA) == {}
    (mail, content) = kept.mails[0]
    assert content == DATA
    assert mail.size == len(DATA)
    assert mail.envelope_from == "a@example.org"
    assert mail.recipients == (("support@okno.example", 7), ("help@okno.example", 8))
    assert list(tmp_path.iterdir()) == []


def test_the_null_sender_and_several_mails_in_one_conversation(client: smtplib.SMTP, kept: Kept) -> None:
    client.sendmail("", ["support@okno.example"], DATA)
    client.sendmail("a@example.org", ["help@okno.example"], DATA)
    assert [(mail.envelope_from, mail.recipients) for mail, _ in kept.mails] == [
        ("", (("support@okno.example", 7),)),
        ("a@example.org", (("help@okno.example", 8),)),
    ]


def test_an_address_that_is_not_ours_is_refused(client: smtplib.SMTP, kept: Kept) -> None:
    client.mail("a@example.org")
    assert client.rcpt("nobody@okno.example")[0] == 550
    assert client.docmd("DATA")[0] == 503
    assert kept.mails == []


def test_a_broken_lookup_is_temporary(client: smtplib.SMTP) -> None:
    client.mail("a@example.org")
    assert client.rcpt("broken@okno.example")[0] == 451


def test_the_size_limit_is_said_and_kept(tmp_path: Path, kept: Kept) -> None:
    with (
        listening(tmp_path, kept.store, max_bytes=1000) as port,
        smtplib.SMTP("127.0.0.1", port, timeout=10) as client,
    ):
        client.ehlo()
        assert client.esmtp_features["size"] == "1000"
        assert client.mail("a@example.org", ["size=5000"])[0] == 552
        client.mail("a@example.org")
        client.rcpt("support@okno.example")
        assert client.data(b"x" * 5000)[0] == 552
        assert client.sendmail("a@example.org", ["support@okno.example"], DATA) == {}
    assert [content for _, content in kept.mails] == [DATA]
    assert list(tmp_path.iterdir()) == []


def test_the_standard_limit_is_150_mb(client: smtplib.SMTP) -> None:
    assert int(client.esmtp_features["size"]) == 150 * 1024 * 1024


def test_long_lines_and_eight_bits_are_kept(client: smtplib.SMTP, kept: Kept) -> None:
    data = b"Subject: x\r\n\r\n" + b"." + bytes(range(32, 256)) * 4000 + b"\r\n.dot\r\n"
    client.sendmail("a@example.org", ["support@okno.example"], data)
    assert hashlib.sha256(kept.mails[0][1]).digest() == hashlib.sha256(data).digest()


def test_a_bare_line_feed_does_not_end_the_mail(client: smtplib.SMTP, kept: Kept) -> None:
    client.mail("a@example.org")
    client.rcpt("support@okno.example")
    client.docmd("DATA")
    client.send(b"one\n.\nMAIL FROM:<evil@example.org>\r\n.\r\n")
    assert client.getreply()[0] == 250
    assert [content for _, content in kept.mails] == [b"one\n.\nMAIL FROM:<evil@example.org>\r\n"]


@pytest.mark.parametrize(("error", "code"), [(OSError(28, "full"), 452), (RuntimeError("broken"), 451)])
def test_what_was_not_stored_is_not_acknowledged(tmp_path: Path, error: Exception, code: int) -> None:
    def fail(_: ReceivedMail[int]) -> None:
        raise error

    with listening(tmp_path, fail) as port, smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        client.ehlo()
        client.mail("a@example.org")
        client.rcpt("support@okno.example")
        assert client.data(DATA)[0] == code
    assert list(tmp_path.iterdir()) == []


def test_a_connection_that_breaks_in_mid_mail_stores_nothing(tmp_path: Path, kept: Kept) -> None:
    with listening(tmp_path, kept.store) as port:
        connection = socket.create_connection(("127.0.0.1", port))
        with connection, connection.makefile("rb") as answers:
            for line in (b"EHLO x", b"MAIL FROM:<a@example.org>", b"RCPT TO:<support@okno.example>", b"DATA"):
                connection.sendall(line + b"\r\n")
            while not answers.readline().startswith(b"354"):
                pass
            connection.sendall(b"Subject: x\r\n\r\nhalf")
        with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
            client.sendmail("a@example.org", ["support@okno.example"], DATA)
    assert [content for _, content in kept.mails] == [DATA]
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_listener_left_is_removed_but_not_what_another_receives(
    tmp_path: Path, kept: Kept
) -> None:
    left, coming = tmp_path / "1-left.eml", tmp_path / "2-coming.eml"
    left.write_bytes(b"half")
    coming.write_bytes(b"half")
    os.utime(left, (1, 1))
    with listening(tmp_path, kept.store):
        assert list(tmp_path.iterdir()) == [coming]

"""LMTP beside SMTP: the same listener, an answer for each recipient."""

import smtplib
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from okno.channels.email.smtp_in import ReceivedMail
from tests.channels.email.test_smtp_in import DATA, Kept, listening

HERE, THERE = "support@okno.example", "help@okno.example"


@contextmanager
def client_of(
    spool: Path, store: Callable[[ReceivedMail[int]], None], **options: int
) -> Iterator[smtplib.LMTP]:
    with (
        listening(spool, store, is_lmtp=True, **options) as port,
        smtplib.LMTP("127.0.0.1", port, timeout=10) as client,
    ):
        yield client


def answers_to_data(client: smtplib.LMTP, count: int) -> list[int]:
    """Send the mail and return one code a recipient, which the standard library leaves to its user."""
    first = client.data(DATA)[0]
    return [first, *(client.getreply()[0] for _ in range(count - 1))]


def test_mail_is_stored_and_acknowledged(tmp_path: Path) -> None:
    kept = Kept()
    with client_of(tmp_path, kept.store) as client:
        assert client.sendmail("a@example.org", [HERE], DATA) == {}
        assert client.sendmail("", [HERE], DATA) == {}
    assert [(mail.envelope_from, content) for mail, content in kept.mails] == [
        ("a@example.org", DATA),
        ("", DATA),
    ]
    assert list(tmp_path.iterdir()) == []


def test_each_recipient_has_an_answer_of_his_own(tmp_path: Path) -> None:
    kept = Kept()

    def store(mail: ReceivedMail[int]) -> None:
        if mail.recipients[0][0] == THERE:
            raise OSError(28, "No space left on device")
        kept.store(mail)

    with client_of(tmp_path, store) as client:
        client.ehlo_or_helo_if_needed()
        client.mail("a@example.org")
        assert client.rcpt(HERE)[0] == 250
        assert client.rcpt("nobody@okno.example") == (550, b"5.1.1 No such address here")
        assert client.rcpt("broken@okno.example")[0] == 451
        assert client.rcpt(THERE)[0] == 250
        assert client.rcpt(HERE)[0] == 250
        assert answers_to_data(client, 3) == [250, 452, 250]
        assert client.noop()[0] == 250, "no answer is left over"
    assert [(mail.recipients, content) for mail, content in kept.mails] == [(((HERE, 7),), DATA)]


def test_a_failure_before_storing_is_told_to_all(tmp_path: Path) -> None:
    with client_of(tmp_path, Kept().store, max_bytes=10) as client:
        client.ehlo_or_helo_if_needed()
        client.mail("a@example.org")
        client.rcpt(HERE)
        client.rcpt(THERE)
        assert answers_to_data(client, 2) == [552, 552]


def test_whatever_is_broken_with_us_is_temporary(tmp_path: Path) -> None:
    def store(_: ReceivedMail[int]) -> None:
        raise RuntimeError("broken")

    with client_of(tmp_path, store) as client, pytest.raises(smtplib.SMTPDataError) as refused:
        client.sendmail("a@example.org", [HERE], DATA)
    assert refused.value.smtp_code == 451


def test_without_a_recipient_there_is_nothing_to_answer(tmp_path: Path) -> None:
    with client_of(tmp_path, Kept().store) as client:
        client.ehlo_or_helo_if_needed()
        client.mail("a@example.org")
        client.rcpt("nobody@okno.example")
        assert client.docmd("DATA")[0] == 503


def test_the_protocols_are_not_mistaken_for_each_other(tmp_path: Path) -> None:
    with listening(tmp_path, Kept().store, is_lmtp=True) as port:
        with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
            assert client.ehlo()[0] == client.helo()[0] == 500
        with smtplib.LMTP("127.0.0.1", port, timeout=10) as client:
            assert client.docmd("MAIL FROM:<a@example.org>")[0] == 503
    with listening(tmp_path, Kept().store) as port, smtplib.LMTP("127.0.0.1", port, timeout=10) as client:
        assert client.ehlo()[0] == 500


def test_by_a_unix_socket(tmp_path: Path) -> None:
    kept = Kept()
    path = tmp_path / "lmtp"
    bound = socket.socket(socket.AF_UNIX)
    bound.bind(str(path))
    with (
        listening(tmp_path / "spool", kept.store, is_lmtp=True, bound=bound),
        smtplib.LMTP(str(path)) as client,
    ):
        assert client.sendmail("a@example.org", [HERE], DATA) == {}
    assert [content for _, content in kept.mails] == [DATA]

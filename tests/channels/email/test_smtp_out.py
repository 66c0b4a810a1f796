"""Every answer of a relay is understood, over a real socket."""

import base64
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from okno.channels.base import TemporaryFailure
from okno.channels.email.relay import ServerSettings, parse_smtp_url
from okno.channels.email.smtp_out import SmtpSender, Timeouts
from tests.servers.certificates import Certificate, make_certificate
from tests.servers.smtp_relay import Script, SmtpRelay

DATA = b"Subject: x\r\n\r\none\r\n.\r\n..two\r\n"
QUICK = Timeouts(connect=2, command=2, data=0.3)


@pytest.fixture
def relay() -> Iterator[SmtpRelay]:
    with SmtpRelay() as relay:
        yield relay


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    folder: Path = tmp_path_factory.mktemp("tls")
    return make_certificate(folder)


def sender_to(relay: SmtpRelay) -> SmtpSender:
    return SmtpSender(ServerSettings(host="127.0.0.1", port=relay.port, security="none"), timeouts=QUICK)


def send(sender: SmtpSender, *recipients: str) -> list[tuple[str, str, int | None]]:
    results = sender.send(DATA, envelope_from="s@okno.example", recipients=recipients or ("a@example.org",))
    return [(result.address, result.state, result.code) for result in results]


def test_mail_arrives_byte_for_byte_over_one_connection(relay: SmtpRelay) -> None:
    with sender_to(relay) as sender:
        assert send(sender) == [("a@example.org", "sent", 250)]
        assert send(sender) == [("a@example.org", "sent", 250)]
    assert [mail.data for mail in relay.delivered] == [DATA, DATA]
    assert relay.delivered[0].sender == "s@okno.example"
    assert relay.connections == 1


def test_each_recipient_has_a_result(relay: SmtpRelay) -> None:
    relay.script(Script(rcpt={"b@example.org": "550 5.1.1 unknown", "c@example.org": "451 4.7.1 greylisted"}))
    with sender_to(relay) as sender:
        assert send(sender, "a@example.org", "b@example.org", "c@example.org") == [
            ("a@example.org", "sent", 250),
            ("b@example.org", "failed", 550),
            ("c@example.org", "retry", 451),
        ]
    assert relay.delivered[0].recipients == ("a@example.org",)


@pytest.mark.parametrize(
    ("script", "state"),
    [
        (Script(data="550 5.7.1 spam"), "failed"),
        (Script(data="451 4.3.0 later"), "retry"),
        (Script(mail="552 5.3.4 too big"), "failed"),
        (Script(mail="421 4.7.0 busy"), "retry"),
        (Script(rcpt={"a@example.org": "550 no"}), "failed"),
        (Script(rcpt={"a@example.org": "530 sign in"}), "retry"),
    ],
)
def test_refusals(relay: SmtpRelay, script: Script, state: str) -> None:
    relay.script(script)
    with sender_to(relay) as sender:
        assert [result[1] for result in send(sender)] == [state]
        assert relay.delivered == []
        assert [result[1] for result in send(sender)] == ["sent"]


@pytest.mark.parametrize(
    ("how", "is_uncertain"), [("hang", True), ("drop", True), ("take_and_drop", True), ("cut", False)]
)
def test_a_relay_that_gives_no_answer(relay: SmtpRelay, how: str, is_uncertain: bool) -> None:
    relay.script(Script(data=how))
    started = time.monotonic()
    big = DATA + (b"x" * 70 + b"\r\n") * 400_000
    with sender_to(relay) as sender, pytest.raises(TemporaryFailure) as failed:
        sender.send(big, envelope_from="s@okno.example", recipients=["a@example.org"])
    assert failed.value.is_uncertain == is_uncertain
    assert time.monotonic() - started < 20
    assert len(relay.delivered) == (how == "take_and_drop")


def test_an_uncertain_mail_is_not_repeated_at_once(relay: SmtpRelay) -> None:
    with sender_to(relay) as sender:
        send(sender)
        relay.script(Script(data="take_and_drop"))
        with pytest.raises(TemporaryFailure):
            send(sender)
    assert len(relay.delivered) == 2


def test_a_kept_connection_that_the_relay_closed_is_opened_again(relay: SmtpRelay) -> None:
    with sender_to(relay) as sender:
        send(sender)
        assert sender._client is not None
        assert sender._client.sock is not None
        sender._client.sock.shutdown(2)
        assert [result[1] for result in send(sender)] == ["sent"]
    assert relay.connections == 2
    assert len(relay.delivered) == 2


def test_nobody_listens(relay: SmtpRelay) -> None:
    settings = ServerSettings(host="127.0.0.1", port=1, security="none")
    with SmtpSender(settings, timeouts=QUICK) as sender, pytest.raises(TemporaryFailure):
        send(sender)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_tls_with_a_trusted_certificate(certificate: Certificate, security: str) -> None:
    with SmtpRelay(tls=certificate.server_context(), is_implicit_tls=security == "tls") as relay:
        settings = ServerSettings(host="localhost", port=relay.port, security=security)  # type: ignore[arg-type]
        with SmtpSender(settings, timeouts=QUICK, tls=certificate.client_context()) as sender:
            assert [result[1] for result in send(sender)] == ["sent"]


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_that_cannot_be_verified_is_refused(certificate: Certificate, security: str) -> None:
    with SmtpRelay(tls=certificate.server_context(), is_implicit_tls=security == "tls") as relay:
        settings = ServerSettings(host="localhost", port=relay.port, security=security)  # type: ignore[arg-type]
        with (
            SmtpSender(settings, timeouts=QUICK) as sender,
            pytest.raises(TemporaryFailure, match="certificate"),
        ):
            send(sender)
        assert relay.delivered == []


def test_without_starttls_nothing_is_sent(relay: SmtpRelay) -> None:
    settings = ServerSettings(host="127.0.0.1", port=relay.port, security="starttls")
    with SmtpSender(settings, timeouts=QUICK) as sender, pytest.raises(TemporaryFailure):
        send(sender)
    assert relay.delivered == []


def test_sign_in() -> None:
    login = base64.b64encode(b"\0user\0secret").decode()
    with SmtpRelay(login=login) as relay:
        right = ServerSettings(
            host="127.0.0.1", port=relay.port, security="none", user="user", password="secret"
        )
        with SmtpSender(right, timeouts=QUICK) as sender:
            assert [result[1] for result in send(sender)] == ["sent"]
        wrong = ServerSettings(
            host="127.0.0.1", port=relay.port, security="none", user="user", password="wrong"
        )
        with SmtpSender(wrong, timeouts=QUICK) as sender, pytest.raises(TemporaryFailure) as failed:
            sender.check()
        assert failed.value.code == 535


def test_smtp_url() -> None:
    relay = parse_smtp_url("smtps://us%40er:p%3Aw@mail.example:2465")
    assert relay == ServerSettings(
        host="mail.example", port=2465, security="tls", user="us@er", password="p:w"
    )
    assert parse_smtp_url("smtp://mail.example") == ServerSettings(
        host="mail.example", port=587, security="starttls"
    )
    assert parse_smtp_url("smtp://127.0.0.1:25").security == "none"
    assert "p:w" not in repr(relay)
    with pytest.raises(ValueError, match="smtp"):
        parse_smtp_url("http://x")

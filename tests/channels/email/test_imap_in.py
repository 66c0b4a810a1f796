"""Every mail of a real IMAP server is taken once, whole, and marked only when it is stored."""

import socket
import threading
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import pytest

from okno.channels.email.imap_in import ImapFailure, ImapMailbox, Position, try_settings
from okno.channels.email.relay import ServerSettings
from tests.channels.email.mail import simple
from tests.servers.certificates import make_certificate
from tests.servers.chaos import ChaosProxy
from tests.servers.imap_server import PASSWORD, USER, Dovecot, ImapServer, Pymap

NEVER = threading.Event()


class Kept:
    """A store in memory."""

    def __init__(self) -> None:
        self.mails: dict[tuple[int, int], bytes] = {}
        self.doubles = 0
        self.imports: list[int] = []

    def known(self, uidvalidity: int, uids: Sequence[int]) -> Collection[int]:
        return {uid for uid in uids if (uidvalidity, uid) in self.mails}

    def store(self, raw: BinaryIO, *, size: int, uidvalidity: int, uid: int, is_import: bool) -> None:
        content = raw.read()
        assert len(content) == size
        self.doubles += (uidvalidity, uid) in self.mails
        self.mails[uidvalidity, uid] = content
        self.imports += [uid] * is_import

    @property
    def contents(self) -> list[bytes]:
        return list(self.mails.values())


@pytest.fixture(params=[Dovecot, Pymap])
def server(request: pytest.FixtureRequest) -> Iterator[ImapServer]:
    with request.param() as server:
        yield server


@pytest.fixture
def dovecot() -> Iterator[Dovecot]:
    with Dovecot() as server:
        yield server


def settings_for(port: int, password: str = PASSWORD) -> ServerSettings:
    return ServerSettings(host="127.0.0.1", port=port, security="none", user=USER, password=password)


def mail(number: int, body: str = "Hello") -> bytes:
    return simple(body, Message_ID=f"<m{number}@example.org>").replace(b"\n", b"\r\n")


def test_new_mail_is_taken_once_and_marked(server: ImapServer) -> None:
    kept = Kept()
    server.deliver(mail(1), mail(2))
    with ImapMailbox(settings_for(server.port)) as mailbox:
        position = mailbox.fetch_new(Position(), kept, stop=NEVER)
        assert kept.contents == [mail(1), mail(2)]
        server.deliver(mail(3))
        position = mailbox.fetch_new(position, kept, stop=NEVER)
        assert kept.contents == [mail(1), mail(2), mail(3)]
        assert mailbox.fetch_new(position, kept, stop=NEVER) == position
    assert kept.doubles == 0
    assert all("\\Seen" in flags for flags in server.flags())


def test_a_first_look_leaves_old_mail_alone_but_later_mail_is_taken_even_if_somebody_read_it(
    server: ImapServer,
) -> None:
    kept = Kept()
    server.deliver(mail(1), flags="\\Seen")
    server.deliver(mail(2))
    with ImapMailbox(settings_for(server.port)) as mailbox:
        position = mailbox.fetch_new(Position(), kept, stop=NEVER)
        assert kept.contents == [mail(2)]
        server.deliver(mail(3), flags="\\Seen")
        mailbox.fetch_new(position, kept, stop=NEVER)
    assert kept.contents == [mail(2), mail(3)]


def test_large_mail_comes_in_pieces_and_whole(server: ImapServer) -> None:
    kept = Kept()
    large = [mail(number, "x" * 70 + "\n" + "длинно " * 60_000 * number) for number in (1, 3)]
    exact = simple(Message_ID="<e@x>").replace(b"\n", b"\r\n")
    exact += b"x" * (1024 * 1024 - len(exact) - 2) + b"\r\n"
    server.deliver(*large, exact)
    with ImapMailbox(settings_for(server.port)) as mailbox:
        mailbox.fetch_new(Position(), kept, stop=NEVER)
    assert kept.contents == [*large, exact]


def test_what_could_not_be_stored_is_not_marked_and_comes_again(server: ImapServer) -> None:
    class Full(Kept):
        def store(self, raw: BinaryIO, *, size: int, uidvalidity: int, uid: int, is_import: bool) -> None:
            if self.mails:
                raise OSError(28, "No space left on device")
            super().store(raw, size=size, uidvalidity=uidvalidity, uid=uid, is_import=is_import)

    kept = Full()
    server.deliver(mail(1), mail(2))
    with ImapMailbox(settings_for(server.port)) as mailbox, pytest.raises(OSError, match="No space"):
        mailbox.fetch_new(Position(), kept, stop=NEVER)
    assert ["\\Seen" in flags for flags in server.flags()] == [True, False]
    after = Kept()
    after.mails.update(kept.mails)
    with ImapMailbox(settings_for(server.port)) as mailbox:
        mailbox.fetch_new(Position(), after, stop=NEVER)
    assert after.contents == [mail(1), mail(2)]
    assert after.doubles == 0


def test_another_uidvalidity_is_read_from_the_start(dovecot: Dovecot) -> None:
    kept = Kept()
    dovecot.deliver(mail(1), mail(2))
    with ImapMailbox(settings_for(dovecot.port)) as mailbox:
        position = mailbox.fetch_new(Position(), kept, stop=NEVER)
    dovecot.change_uidvalidity()
    with ImapMailbox(settings_for(dovecot.port)) as mailbox:
        after = mailbox.fetch_new(position, kept, stop=NEVER)
    assert after.uidvalidity != position.uidvalidity
    assert sorted(kept.contents) == sorted([mail(1), mail(2)] * 2)


def test_a_connection_cut_anywhere_loses_and_doubles_nothing(server: ImapServer) -> None:
    mails = [mail(number, "x" * 3000) for number in range(3)]
    server.deliver(*mails)
    kept = Kept()
    for cut_after in [*range(200, 12_000, 700), None]:
        with ChaosProxy(server.port, cut_after=cut_after) as proxy:
            try:
                with ImapMailbox(settings_for(proxy.port), timeout=5) as mailbox:
                    mailbox.fetch_new(Position(1, 0), kept, stop=NEVER)
            except ImapFailure:
                assert cut_after is not None
    assert kept.contents == mails
    assert kept.doubles == 0


def test_idle_wakes_up_for_new_mail(server: ImapServer) -> None:
    with ImapMailbox(settings_for(server.port)) as mailbox:
        assert mailbox.supports_idle
        delivery = threading.Timer(0.2, server.deliver, [mail(1)])
        delivery.start()
        mailbox.wait_for_news(seconds=30, stop=NEVER)
        delivery.join()
        kept = Kept()
        mailbox.fetch_new(Position(), kept, stop=NEVER)
    assert kept.contents == [mail(1)]


def test_stopping_leaves_the_position_good(server: ImapServer) -> None:
    server.deliver(mail(1), mail(2))
    stop = threading.Event()

    class StopsAfterOne(Kept):
        def store(self, raw: BinaryIO, *, size: int, uidvalidity: int, uid: int, is_import: bool) -> None:
            super().store(raw, size=size, uidvalidity=uidvalidity, uid=uid, is_import=is_import)
            stop.set()

    kept = StopsAfterOne()
    with ImapMailbox(settings_for(server.port)) as mailbox:
        position = mailbox.fetch_new(Position(), kept, stop=stop)
        assert kept.contents == [mail(1)]
        mailbox.fetch_new(position, kept, stop=NEVER)
    assert kept.contents == [mail(1), mail(2)]


def test_settings_are_tried_and_failures_told_apart(server: ImapServer, tmp_path: Path) -> None:
    server.deliver(mail(1))
    report = try_settings(settings_for(server.port))
    assert (report.messages, report.unseen, report.supports_idle) == (1, 1, True)
    for settings, folder, problem in (
        (settings_for(server.port, "wrong"), "INBOX", "login"),
        (settings_for(server.port), "No such folder", "folder"),
        (settings_for(1), "INBOX", "unreachable"),
        (ServerSettings(host="127.0.0.1", port=server.port, user=USER, password=PASSWORD), "INBOX", "no_tls"),
        (ServerSettings(host="no.such.host.invalid", port=1, user=USER), "INBOX", "unreachable"),
    ):
        with pytest.raises(ImapFailure) as failed:
            try_settings(settings, folder=folder)
        assert failed.value.problem == problem


def test_tls_is_verified(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path)
    with Dovecot(certificate=(certificate.certificate, certificate.key)) as server:
        for security, port in (("tls", server.tls_port), ("starttls", server.port)):
            settings = ServerSettings(
                host="localhost",
                port=port,
                security=security,
                user=USER,
                password=PASSWORD,  # type: ignore[arg-type]
            )
            assert try_settings(settings, tls=certificate.client_context()).messages == 0
            with pytest.raises(ImapFailure) as failed:
                try_settings(settings)
            assert failed.value.problem == "certificate"


def test_news_before_the_server_is_idling_are_news_and_no_failure() -> None:
    """Speak just enough of the protocol to announce mail before the continuation, as some servers do."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"* OK ready\r\n")
            while line := lines.readline():
                tag, command = line.split()[:2] if b" " in line else (b"", line.strip())
                answers = {
                    b"CAPABILITY": b"* CAPABILITY IMAP4rev1 IDLE\r\n",
                    b"SELECT": b"* 0 EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n* OK [UIDNEXT 1] x\r\n",
                    b"LOGOUT": b"* BYE\r\n",
                }
                if command == b"IDLE":
                    connection.sendall(b"* 1 EXISTS\r\n+ idling\r\n")
                    assert lines.readline().strip() == b"DONE"
                connection.sendall(answers.get(command, b"") + tag + b" OK done\r\n")

    thread = threading.Thread(target=serve)
    thread.start()
    with ImapMailbox(settings_for(listener.getsockname()[1])) as mailbox:
        mailbox.wait_for_news(seconds=600, stop=NEVER)
        mailbox.wait_for_news(seconds=600, stop=NEVER)
    thread.join(10)
    listener.close()

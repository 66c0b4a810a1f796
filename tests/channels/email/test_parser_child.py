"""No message takes the worker down, and one bad message does not stop the next."""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from okno.channels.email import parser_child
from okno.channels.email.parse import ParseFailed
from okno.channels.email.parser_child import ParserPool
from tests.channels.email.mail import simple


@pytest.fixture(params=["fork", "spawn"])
def pool(request: pytest.FixtureRequest) -> Iterator[ParserPool]:
    with ParserPool(start_method=request.param) as pool:
        yield pool


def test_bytes_and_files_come_back_parsed(pool: ParserPool, tmp_path: Path) -> None:
    from email.message import EmailMessage

    message = EmailMessage()
    message["From"] = "Иван <a@example.org>"
    message["Date"] = "Mon, 3 Nov 2025 10:11:12 +0300"
    message.set_content("Привет")
    message.add_attachment(
        bytes(range(256)) * 1000, maintype="application", subtype="x-data", filename="data.bin"
    )
    path = tmp_path / "mail.eml"
    path.write_bytes(message.as_bytes())
    for source in (message.as_bytes(), path):
        parsed = pool.parse(source)
        assert parsed.text.strip() == "Привет"
        assert parsed.sender is not None
        assert parsed.sender.name == "Иван"
        assert parsed.sent_at is not None
        assert parsed.attachments[0].content == bytes(range(256)) * 1000


def test_a_refused_message_does_not_cost_the_parser(pool: ParserPool) -> None:
    with pytest.raises(ParseFailed, match="html_too_deep"):
        pool.parse(b"Content-Type: text/html\r\n\r\n" + b"<div>" * 50_000)
    assert pool.parse(simple("next")).text.strip() == "next"


def test_a_killed_parser_is_replaced(pool: ParserPool) -> None:
    assert pool.parse(simple("one")).text.strip() == "one"
    parser = pool._slots.queue[0]
    assert parser is not None
    parser.connection.shutdown(2)
    with pytest.raises(ParseFailed, match="parser_died"):
        pool.parse(simple("two"))
    assert pool.parse(simple("three")).text.strip() == "three"


def test_a_parser_that_takes_too_long_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parser_child, "MESSAGE_SECONDS", 0.3)
    monkeypatch.setattr(parser_child, "parse_message", lambda raw: time.sleep(60) if b"slow" in raw else None)
    with ParserPool(start_method="fork") as pool:
        started = time.monotonic()
        with pytest.raises(ParseFailed, match="parser_died"):
            pool.parse(b"slow")
        assert time.monotonic() - started < 5


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parser_child, "parse_message", lambda _: bytearray(2_000_000_000))
    with ParserPool(start_method="fork") as pool, pytest.raises(ParseFailed, match="memory"):
        pool.parse(b"x")


def test_parsers_are_recycled(pool: ParserPool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parser_child, "RECYCLE_AFTER", 2)
    for _ in range(5):
        pool.parse(simple())
    parser = pool._slots.queue[0]
    assert parser is not None
    assert parser.served == 1


def test_several_threads_share_a_pool() -> None:
    texts: list[str] = []
    with ParserPool(size=2) as pool:
        threads = [
            threading.Thread(
                target=lambda n=number: texts.append(pool.parse(simple(f"mail {n}")).text.strip())
            )
            for number in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(texts) == [f"mail {number}" for number in range(8)]


@pytest.mark.parametrize(("size", "together"), [(10, True), (1000, False)])
def test_large_mails_are_read_one_at_a_time(
    size: int, together: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parser_child, "LARGE_BYTES", 500)
    meeting = threading.Barrier(2)
    met: list[bool] = []

    def parse(_pool: ParserPool, _source: bytes) -> None:
        try:
            meeting.wait(5 if together else 0.2)
            met.append(True)
        except threading.BrokenBarrierError:
            met.append(False)

    monkeypatch.setattr(ParserPool, "_parse", parse)
    with ParserPool(size=2) as pool:
        threads = [threading.Thread(target=pool.parse, args=(bytes(size),)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert met == [together] * 2


def test_descriptors_of_the_worker_are_not_inherited(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.set_inheritable(writer, True)
    with ParserPool(start_method="fork") as pool:
        pool.parse(simple())
        os.close(writer)
        # With a copy of the writing end in a child this would wait for ever.
        assert os.read(reader, 1) == b""
    os.close(reader)

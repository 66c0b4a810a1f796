"""A request reaches the pages whole or not at all."""

from __future__ import annotations

import asyncio

import pytest

from okno.config import whole_body
from okno.config.whole_body import Message, Receive, Scope, Send, WholeBodies


def run(
    *messages: Message, length: int | None, is_chunked: bool = False
) -> tuple[list[bytes], list[Message]]:
    """Send a request; return the bodies that the application read, and what was answered."""
    seen: list[bytes] = []
    answered: list[Message] = []
    coming = list(messages)

    async def app(scope: Scope, receive: Receive, _send: Send) -> None:
        whole = b""
        while True:
            message = await receive()
            whole += message.get("body", b"")
            if not message.get("more_body", False):
                break
        seen.append(whole)
        if is_chunked:
            assert (b"content-length", str(len(whole)).encode()) in scope["headers"]

    async def receive() -> Message:
        if not coming:
            await asyncio.Event().wait()
        return coming.pop(0)

    async def send(message: Message) -> None:
        answered.append(message)

    headers = [] if length is None else [(b"content-length", str(length).encode())]
    if is_chunked:
        headers = [(b"transfer-encoding", b"chunked")]
    asyncio.run(WholeBodies(app)({"type": "http", "headers": headers}, receive, send))
    return seen, answered


def piece(body: bytes, *, more: bool = False) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


def test_a_body_comes_whole_however_it_was_cut() -> None:
    big = b"x" * (whole_body.IN_MEMORY_BYTES + 1)
    seen, _ = run(piece(b"a", more=True), piece(big, more=True), piece(b"z"), length=len(big) + 2)
    assert seen == [b"a" + big + b"z"]


def test_a_body_of_exactly_one_piece_ends() -> None:
    exact = b"x" * (64 * 1024)
    assert run(piece(exact), length=len(exact))[0] == [exact]


def test_without_a_body_nothing_is_waited_for() -> None:
    assert run(piece(b""), length=None)[0] == [b""]


def test_half_a_request_is_none() -> None:
    seen, answered = run(piece(b"half", more=True), {"type": "http.disconnect"}, length=1000)
    assert (seen, answered) == ([], [])


def test_who_sends_nothing_any_more_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole_body, "STALL_SECONDS", 0.01)
    seen, answered = run(piece(b"half", more=True), length=1000)
    assert (seen, answered[0]["status"]) == ([], 408)


def test_what_is_far_too_long_is_not_read() -> None:
    assert run(piece(b"x"), length=whole_body.LONGEST_BYTES + 1)[0] == [b""]


def test_a_body_in_chunks_gets_its_length(monkeypatch: pytest.MonkeyPatch) -> None:
    chunks = (piece(b"one", more=True), piece(b"two"))
    assert run(*chunks, length=None, is_chunked=True)[0] == [b"onetwo"]
    monkeypatch.setattr(whole_body, "LONGEST_BYTES", 5)
    seen, answered = run(*chunks, length=None, is_chunked=True)
    assert (seen, answered[0]["status"]) == ([], 413)

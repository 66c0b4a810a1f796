"""Web processes are killed in mid-request; a client that repeats its key gets its one effect."""

from __future__ import annotations

import random
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.servers.installation import PATIENCE, Installation, wait_until

REPLIES = 40
CLIENTS = 4


def test_killed_in_mid_reply_with_the_key_repeated(okno: Installation) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    words = [f"Answer {number} of {seed}" for number in range(REPLIES)]
    stop = threading.Event()
    killer = threading.Thread(target=_kill_in_turn, args=(okno, stop, random.Random(seed)))
    with okno.api() as api:
        number = api.get("tickets").json()["items"][0]["number"]
        killer.start()
        with ThreadPoolExecutor(CLIENTS) as clients:
            repeats = list(clients.map(lambda text: _reply_until_answered(api, number, text), words))
        stop.set()
        killer.join()
        assert sum(repeats) > 0, "no request was hit; kill more often"
        kept = [
            row[0] for row in okno.sql("SELECT text FROM tickets_message WHERE text LIKE %s", f"%of {seed}")
        ]
    assert sorted(kept) == sorted(words)
    mails = okno.sql("SELECT text FROM email_outgoingmail WHERE text LIKE %s", f"%of {seed}%")
    assert len(mails) == REPLIES
    wait_until(lambda: okno.status() == 200, what="it is ready again")


def _reply_until_answered(api: httpx.Client, number: int, text: str) -> int:
    """Repeat one reply with its key until there is an answer; return how often it had to be repeated."""
    key, repeats = uuid.uuid4().hex, 0
    deadline = threading.Event()
    while not deadline.wait(0.05 if repeats else 0):
        assert repeats < PATIENCE / 0.05
        try:
            answer = api.post(
                f"tickets/{number}/messages",
                json={"body": text, "kind": "reply"},
                headers={"Idempotency-Key": key},
            )
        except httpx.TransportError:
            repeats += 1
            continue
        if answer.status_code not in (409, 503):
            assert answer.status_code == 201, answer.text
            return repeats
        repeats += 1
    raise AssertionError


def _kill_in_turn(okno: Installation, stop: threading.Event, chance: random.Random) -> None:
    part = "web-1"
    while not stop.wait(chance.uniform(0.1, 0.6)):
        before = okno.kill(part)
        while okno.pids().get(part) in (None, before) and not stop.wait(0.02):
            pass
        part = "web-2" if part == "web-1" else "web-1"

"""F7: the worker is told to stop again and again while mail comes and goes: all is done once, and nothing fails."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter
from email import message_from_bytes, policy

import pytest

from tests.servers.installation import Installation, mail, wait_until
from tests.servers.smtp_relay import SmtpRelay

LEDGERS = ("email_rawmail", "email_outgoingmail", "spine_reaction", "spine_timer")
SOAK = pytest.param(24, marks=[pytest.mark.soak, pytest.mark.timeout(1800)])


@pytest.mark.parametrize("restarts", [4, SOAK])
def test_restarted_again_and_again_while_mail_comes(
    okno: Installation, relay: SmtpRelay, restarts: int
) -> None:
    before = {ledger: _failed(okno, ledger) for ledger in LEDGERS}
    stop, sent = threading.Event(), list[str]()
    writer = threading.Thread(target=_write, args=(okno, stop, sent))
    writer.start()
    try:
        for _ in range(restarts):
            reached = len(sent)
            wait_until(lambda reached=reached: len(sent) > reached + 5, what="mail comes")
            worker = okno.pids()["worker"]
            os.kill(worker, signal.SIGTERM)
            okno.wait_for_another("worker", worker)
    finally:
        stop.set()
        writer.join(30)
    started = time.monotonic()
    # No lease is shortened here: a worker that stops gives back whatever it has not begun.
    okno.wait_for_intake()
    print(f"{len(sent)} mails, all read {time.monotonic() - started:.1f} s after the last")
    assert okno.outcomes() == {"opened": len(sent)}
    assert set(okno.tickets_of(sent).values()) == {1}
    assert okno.count("SELECT max(attempts) FROM email_rawmail") <= 2
    _assert_each_receipt_left_once(okno, relay)
    assert {ledger: _failed(okno, ledger) for ledger in LEDGERS} == before


def _write(okno: Installation, stop: threading.Event, sent: list[str]) -> None:
    number = 0
    while not stop.wait(0.3):
        number += 1
        subject = f"Request {number}"
        okno.send(mail(subject, sender=f"client{number}@client.example"))
        sent.append(subject)


def _failed(okno: Installation, ledger: str) -> int:
    return okno.count(f"SELECT count(*) FROM {ledger} WHERE state = 'dead'")


def _assert_each_receipt_left_once(okno: Installation, relay: SmtpRelay) -> None:
    for table in ("spine_reaction", "email_outgoingmail"):
        waiting = f"SELECT count(*) FROM {table} WHERE state = 'due'"
        wait_until(lambda waiting=waiting: okno.count(waiting) == 0, seconds=300, what=f"{table} is done")
    wanted = okno.sql("SELECT message_id FROM email_outgoingmail WHERE purpose = 'receipt'")
    arrived = Counter(
        str(message_from_bytes(one.data, policy=policy.default)["Message-ID"])
        for one in list(relay.delivered)
    )
    assert {message_id for (message_id,) in wanted if arrived[message_id] != 1} == set()
    assert okno.count("SELECT count(*) FROM email_rawmail") == len(wanted)

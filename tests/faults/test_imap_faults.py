"""The way to a mailbox is cut, and two workers want to read one: every mail comes once and whole."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.servers.chaos import ChaosProxy
from tests.servers.imap_server import PASSWORD, USER, Dovecot
from tests.servers.installation import Installation, clean_environment, mail, wait_until

SIZES = (200, 3_000, 60_000)


@pytest.fixture
def imap() -> Iterator[Dovecot]:
    """Give an empty inbox of the demonstration's own address."""
    with Dovecot() as server:
        yield server


def _mails(count: int) -> dict[str, bytes]:
    made = {}
    for number in range(count):
        subject = f"Fetched {number}"
        # Of one sender no more than some are taken in an hour.
        sender = f"client{number}@client.example"
        made[subject] = mail(subject, "x" * 70 + "\n" + "word " * SIZES[number % 3], sender=sender).as_bytes()
    return made


def test_cut_in_mid_fetch(okno: Installation, imap: Dovecot) -> None:
    mails = _mails(12)
    imap.deliver(*mails.values())
    with ChaosProxy(imap.port, cut_after=1_500) as proxy:
        okno.act("read_by_imap", address=USER, port=proxy.port, user=USER, password=PASSWORD)
        for bytes_more in (9_000, 200_000):
            wait_until(lambda: _has_failed(okno), what="the cut is noticed")
            okno.sql("UPDATE email_mailbox SET fetch_error = ''")
            proxy.cut_after = bytes_more
        wait_until(lambda: _has_failed(okno), what="the last cut is noticed")
        proxy.cut_after = None
        wait_until(lambda: _stored(okno) == len(mails), seconds=90, what="all mails are fetched")
    okno.wait_for_intake()
    _assert_each_came_once_and_whole(okno, imap, mails)


def test_two_workers_on_one_mailbox(okno: Installation, imap: Dovecot) -> None:
    mails = _mails(40)
    subjects = list(mails)
    with _second_worker(okno):
        okno.act("read_by_imap", address=USER, port=imap.port, user=USER, password=PASSWORD)
        imap.deliver(*[mails[subject] for subject in subjects[:20]])
        wait_until(lambda: _stored(okno) > 0, what="somebody fetches")
        holder = okno.sql("SELECT fetch_owner FROM email_mailbox WHERE imap_host <> ''")[0][0]
        if f"-{okno.pids()['worker']}-" in holder:
            okno.kill("worker")
        imap.deliver(*[mails[subject] for subject in subjects[20:]])
        okno.sql("UPDATE email_mailbox SET fetch_until = now()")
        wait_until(lambda: _stored(okno) >= len(mails), seconds=90, what="all mails are fetched")
        okno.let_leases_run_out("email_rawmail")
        okno.wait_for_intake(seconds=120)
    _assert_each_came_once_and_whole(okno, imap, mails)


@contextmanager
def _second_worker(okno: Installation) -> Iterator[None]:
    """Run one more worker on the same database, as a second machine would."""
    variables = {
        "OKNO_DATABASE_URL": okno.dsn("okno_app", "app"),
        "OKNO_DATA": str(okno.data),
        "OKNO_SECRET_KEY": (okno.data / "secret.key").read_text().strip(),
    }
    with okno.log.open("ab") as log:
        worker = subprocess.Popen(
            [sys.executable, "-m", "okno.config.cli", "worker"],
            env=clean_environment(**variables),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            yield
        finally:
            worker.terminate()
            assert worker.wait(15) == 0


def _assert_each_came_once_and_whole(okno: Installation, imap: Dovecot, mails: dict[str, bytes]) -> None:
    stored = okno.sql("SELECT sha256, outcome FROM email_rawmail ORDER BY id")
    whole = sorted(hashlib.sha256(one.replace(b"\n", b"\r\n")).hexdigest() for one in mails.values())
    assert sorted(sha256 for sha256, _ in stored) == whole
    assert {outcome for _, outcome in stored} == {"opened"}
    assert set(okno.tickets_of(list(mails)).values()) == {1}
    assert len(imap.flags()) == len(mails), "mail stays on the server"


def _stored(okno: Installation) -> int:
    return okno.count("SELECT count(*) FROM email_rawmail")


def _has_failed(okno: Installation) -> bool:
    return okno.count("SELECT count(*) FROM email_mailbox WHERE fetch_error <> ''") > 0

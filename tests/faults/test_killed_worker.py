"""The worker is killed while it reads and while it sends: nothing is lost, and only SMTP may double."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy

import psycopg
import pytest

from okno.config.postgres import ADMIN
from tests.servers.installation import Installation, mail, wait_until
from tests.servers.smtp_relay import Delivered, Script, SmtpRelay

MANY = pytest.param(1000, 30, marks=[pytest.mark.soak, pytest.mark.timeout(1800)])
# What a batch of plain mails writes to, from first to last.
WRITTEN_TO = ("people_contact", "tickets_ticket", "tickets_message", "spine_event", "spine_reaction")
# Of so many workers that died with nothing else in their hands a mail is at least suspected.
DEATHS_ALONE = 3


@pytest.mark.parametrize(("mails", "kills"), [(200, 5), MANY])
def test_killed_again_and_again_while_reading_mail(okno: Installation, mails: int, kills: int) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    subjects = [f"Marker {number} of {seed}" for number in range(mails)]
    wave = mails // kills
    for kill in range(kills):
        # Each worker gets mails that nobody has tried yet: only those are read ahead and settled in batches.
        with okno.at_rest("worker"):
            _send(okno, subjects[kill * wave : None if kill == kills - 1 else (kill + 1) * wave])
        goal = min(_read(okno) + chance.randint(0, wave), mails)
        wait_until(lambda goal=goal: _read(okno) >= goal)
        okno.wait_for_another("worker", okno.kill("worker"))
        # Time passes for the dead; that the one before may still hold them is part of the test.
        okno.let_leases_run_out("email_rawmail")
    okno.wait_for_intake(seconds=180)
    set_aside = okno.outcomes().get("quarantined", 0)
    print(f"{set_aside} of {mails} set aside after {kills} kills")
    assert set_aside * DEATHS_ALONE <= kills
    if set_aside:
        okno.act("read_set_aside_again")
        okno.wait_for_intake()
    _assert_each_came_once(okno, subjects)


def test_killed_in_the_middle_of_a_batch(okno: Installation) -> None:
    subjects: list[str] = []
    for table in WRITTEN_TO:
        wave = [f"Marker {number} before {table}" for number in range(30)]
        with _nobody_writes_to(okno, table):
            with okno.at_rest("worker"):
                _send(okno, wave)
            wait_until(lambda table=table: _waits_to_write_to(okno, table), what=f"a batch reaches {table}")
            assert _held_together(okno) > 1
            before = okno.kill("worker")
        okno.wait_for_another("worker", before)
        okno.let_leases_run_out("email_rawmail")
        subjects += wave
        okno.wait_for_intake(seconds=90)
        _assert_each_came_once(okno, subjects)


def test_killed_between_the_relays_ok_and_our_mark(okno: Installation, relay: SmtpRelay) -> None:
    with okno.api() as api:
        number = _ticket(api)
        wait_until(lambda: _waiting(okno) == 0, what="receipt and notifications have left")
        before = len(relay.delivered)
        relay.script(Script(data="take_and_wait"))
        answer = api.post(f"tickets/{number}/messages", json={"body": "It works again.", "kind": "reply"})
        assert answer.status_code == 201, answer.text
        _hurry(okno)
        relay.wait_for(before + 1, 30)
        worker = okno.pids()["worker"]
        os.kill(worker, signal.SIGSTOP)
        # The relay says OK to somebody who cannot hear it any more.
        relay.hang.set()
        okno.wait_for_another("worker", okno.kill("worker"))
        okno.let_leases_run_out("email_outgoingmail")
        first, second = (_id(delivered) for delivered in relay.wait_for(before + 2, 30)[before : before + 2])
        assert first == second
        wait_until(lambda: _delivery_states(api, number) == {"sent"}, what="the reply counts as sent")
    wait_until(lambda: _waiting(okno) == 0, what="nothing is left to send")
    copies = [delivered for delivered in relay.delivered if _id(delivered) == first]
    assert len(copies) == 2


def _assert_each_came_once(okno: Installation, subjects: list[str]) -> None:
    assert okno.outcomes() == {"opened": len(subjects)}
    assert set(okno.tickets_of(subjects).values()) == {1}
    assert okno.count("SELECT count(*) FROM tickets_message WHERE raw_id IS NOT NULL") == len(subjects)


def _send(okno: Installation, subjects: list[str]) -> None:
    """Send a mail of each subject, from so many people that none writes too much in an hour."""
    people = (f"client{number % 100}@client.example" for number in range(len(subjects)))
    okno.send(
        *(
            mail(subject, "word " * 2000, sender=sender)
            for subject, sender in zip(subjects, people, strict=True)
        )
    )


@contextmanager
def _nobody_writes_to(okno: Installation, table: str) -> Iterator[None]:
    """Make whoever writes to a table wait."""
    with psycopg.connect(okno.dsn(ADMIN, "admin")) as connection:
        connection.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")  # type: ignore[arg-type]
        yield
        connection.rollback()


def _waits_to_write_to(okno: Installation, table: str) -> bool:
    waiting = okno.count(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE %s",
        f'INSERT INTO "{table}"%',
    )
    return waiting > 0


def _held_together(okno: Installation) -> int:
    """Return how many raw mails a transaction holds at this moment."""
    free = okno.sql("SELECT id FROM email_rawmail WHERE state = 'due' FOR NO KEY UPDATE SKIP LOCKED")
    return okno.count("SELECT count(*) FROM email_rawmail WHERE state = 'due'") - len(free)


def _ticket(api: object) -> int:
    answer = api.post(  # type: ignore[attr-defined]
        "tickets",
        json={
            "subject": "The printer is silent",
            "body": "Please help.",
            "requester": {"email": "vera@client.example", "name": "Vera"},
        },
    )
    assert answer.status_code == 201, answer.text
    return int(answer.json()["number"])


def _waiting(okno: Installation) -> int:
    """Return how many mails are to leave, with the reactions that may still write some."""
    mails = okno.count("SELECT count(*) FROM email_outgoingmail WHERE state = 'due'")
    return mails + okno.count("SELECT count(*) FROM spine_reaction WHERE state = 'due'")


def _hurry(okno: Installation) -> None:
    """Send at once what could still be taken back."""
    okno.sql("UPDATE email_outgoingmail SET due_at = now() WHERE state = 'due'")


def _read(okno: Installation) -> int:
    return okno.count("SELECT count(*) FROM email_rawmail WHERE state <> 'due'")


def _id(delivered: Delivered) -> str:
    return str(message_from_bytes(delivered.data, policy=policy.default)["Message-ID"])


def _delivery_states(api: object, number: int) -> set[str]:
    messages = api.get(f"tickets/{number}/messages").json()["items"]  # type: ignore[attr-defined]
    mine = [message for message in messages if message["direction"] == "out"]
    return {delivery["state"] for message in mine for delivery in message["delivery"]}

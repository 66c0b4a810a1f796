"""The worker is killed while it reads and while it sends: nothing is lost, and only SMTP may double."""

from __future__ import annotations

import os
import random
import signal
from email import message_from_bytes, policy
from zlib import crc32

import pytest

from tests.servers.installation import Installation, mail, wait_until
from tests.servers.smtp_relay import Delivered, Script, SmtpRelay

MANY = pytest.param(1000, 30, marks=[pytest.mark.soak, pytest.mark.timeout(1800)])


@pytest.mark.parametrize(("mails", "kills"), [(120, 5), MANY])
def test_killed_again_and_again_while_reading_mail(okno: Installation, mails: int, kills: int) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    subjects = [f"Marker {number} of {seed}" for number in range(mails)]
    os.kill(okno.pids()["worker"], signal.SIGSTOP)
    okno.send(*[mail(subject, "word " * 2000, sender=_sender(subject)) for subject in subjects])
    os.kill(okno.pids()["worker"], signal.SIGCONT)
    for _ in range(kills):
        goal = min(_read(okno) + chance.randint(1, 15), mails)
        wait_until(lambda goal=goal: _read(okno) >= goal)
        okno.wait_for_another("worker", okno.kill("worker"))
        # Time passes for the dead; that the one before may still hold them is part of the test.
        okno.let_leases_run_out("email_rawmail")
    okno.wait_for_intake(seconds=180)
    assert okno.outcomes() == {"opened": mails}
    assert set(okno.tickets_of(subjects).values()) == {1}
    assert okno.count("SELECT count(*) FROM tickets_message WHERE raw_id IS NOT NULL") == mails


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
    assert _waiting(okno) == 0
    copies = [delivered for delivered in relay.delivered if _id(delivered) == first]
    assert len(copies) == 2


def _sender(subject: str) -> str:
    return f"client{crc32(subject.encode()) % 50}@client.example"


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
    return okno.count("SELECT count(*) FROM email_outgoingmail WHERE state = 'due'")


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

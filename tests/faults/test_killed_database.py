"""PostgreSQL is killed under load: what was acknowledged is there, and the rest may be repeated."""

from __future__ import annotations

import random
import smtplib
import threading
import time
import uuid
from collections.abc import Callable

import httpx

from tests.servers.installation import Installation, mail, wait_until

KILLS = 2
LOAD_SECONDS = 2.0
HEALTHY_WITHIN_SECONDS = 30.0


def test_acknowledged_is_present(okno: Installation) -> None:
    mark = random.randrange(2**32)
    stop = threading.Event()
    acknowledged: list[str] = []
    with okno.api(timeout=15) as api:
        writers = [
            threading.Thread(target=_write, args=(act, f"{name} of {mark}", stop, acknowledged))
            for name, act in (
                ("api 1", lambda subject: _by_api(api, subject)),
                ("api 2", lambda subject: _by_api(api, subject)),
                ("mail", lambda subject: _by_mail(okno, subject)),
            )
        ]
        for writer in writers:
            writer.start()
        for _ in range(KILLS):
            reached = len(acknowledged)
            wait_until(lambda reached=reached: len(acknowledged) > reached + 5, what="load")
            before = okno.kill("postgres")
            killed_at = time.monotonic()
            okno.wait_for_another("postgres", before)
            wait_until(lambda: okno.status() == 200, seconds=HEALTHY_WITHIN_SECONDS, what="healthy again")
            print(f"healthy after {time.monotonic() - killed_at:.1f} s")
        reached = len(acknowledged)
        wait_until(lambda: len(acknowledged) > reached + 5, what="load after the last kill")
        stop.set()
        for writer in writers:
            writer.join(30)
    okno.let_leases_run_out("email_rawmail")
    okno.wait_for_intake()
    tickets = okno.tickets_of(acknowledged)
    assert {subject: many for subject, many in tickets.items() if many == 0} == {}
    doubled = {subject for subject, many in tickets.items() if many > 1}
    # Whoever gets no answer to DATA sends again; everything else has a key.
    assert all(subject.startswith("mail") for subject in doubled)
    assert len(doubled) <= KILLS


def _write(act: Callable[[str], bool], name: str, stop: threading.Event, acknowledged: list[str]) -> None:
    number = 0
    while not stop.is_set():
        number += 1
        subject = f"{name}, {number}"
        while not act(subject):
            if stop.wait(0.1):
                return
        acknowledged.append(subject)


def _by_api(api: httpx.Client, subject: str) -> bool:
    body = {
        "subject": subject,
        "body": "Please.",
        "requester": {"email": "vera@client.example", "name": "Vera"},
    }
    key = uuid.uuid5(uuid.NAMESPACE_URL, subject).hex
    try:
        answer = api.post("tickets", json=body, headers={"Idempotency-Key": key})
    except httpx.TransportError:
        return False
    assert answer.status_code == 201 or answer.status_code in (409, 500, 503), answer.text
    return answer.status_code == 201


def _by_mail(okno: Installation, subject: str) -> bool:
    try:
        okno.send(mail(subject))
    except (smtplib.SMTPException, OSError):
        return False
    return True

"""F18: machines write to a whole Okno and answer what it writes: the talk ends, and nothing that came is lost."""

from __future__ import annotations

from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from tests.servers.installation import SUPPORT, Installation, mail, wait_until
from tests.servers.smtp_relay import SmtpRelay

ROBOT = "desk@robots.example"
ANSWERS_A_DAY = 3
HOUR_LIMIT = 30

FLOODS = [40, pytest.param(500, marks=[pytest.mark.soak, pytest.mark.timeout(900)])]

_REPORT = """\
From: Mail Delivery System <MAILER-DAEMON@mx.robots.example>
To: {to}
Subject: Undelivered Mail Returned to Sender
Message-ID: <report@mx.robots.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

Your message could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.robots.example

Final-Recipient: rfc822; {recipient}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 No such user
--b
Content-Type: text/rfc822-headers

Message-ID: {message_id}
--b--
"""


def as_new_request(written: EmailMessage, number: int) -> EmailMessage:
    """Answer as a desk does that opens a ticket for each mail, and does not say that it is a machine."""
    return mail(f"[Case {number}] {written['Subject']}", "We have received your request.", sender=ROBOT)


def as_reply(written: EmailMessage, number: int) -> EmailMessage:
    """Answer as a machine does that replies to what it gets, and does not say that it is one."""
    text = f"Thank you, we look into it ({number})."
    headers = {"In-Reply-To": written["Message-ID"], "References": written["Message-ID"]}
    return mail(f"Re: {written['Subject']}", text, sender=ROBOT, **headers)


@pytest.mark.parametrize(("answer", "mails"), [(as_new_request, ANSWERS_A_DAY), (as_reply, 1)])
def test_a_system_that_answers_everything_is_answered_three_times_at_most(
    okno: Installation, relay: SmtpRelay, answer: Callable[[EmailMessage, int], EmailMessage], mails: int
) -> None:
    okno.send(mail("Hello", sender=ROBOT), sender=ROBOT)
    okno.wait_for_intake()
    # Proven addresses get a receipt for every ticket, the others one a day.
    okno.sql("UPDATE people_contactaddress SET verified_at = now() WHERE value = %s", ROBOT)
    sent, answered = 1, 0
    while len(written := _written_to_robot(okno, relay)) > answered:
        assert len(written) <= mails
        fresh = [answer(one, sent + number) for number, one in enumerate(written[answered:])]
        okno.send(*fresh, sender=ROBOT)
        sent, answered = sent + len(fresh), len(written)
    assert answered == mails
    ends = okno.outcomes()
    assert sum(ends.values()) == sent
    assert set(ends) <= {"opened", "replied"}


@pytest.mark.parametrize("mails", FLOODS)
def test_a_flood_of_one_machine_is_held_and_three_are_answered(
    okno: Installation, relay: SmtpRelay, mails: int
) -> None:
    okno.send(mail("Hello", sender=ROBOT), sender=ROBOT)
    okno.wait_for_intake()
    okno.sql("UPDATE people_contactaddress SET verified_at = now() WHERE value = %s", ROBOT)
    okno.send(*(mail(f"Alarm {number}", sender=ROBOT) for number in range(mails - 1)), sender=ROBOT)
    assert len(_written_to_robot(okno, relay)) == ANSWERS_A_DAY
    assert okno.outcomes() == {"opened": HOUR_LIMIT, "held": mails - HOUR_LIMIT}
    waiting = "SELECT count(*) FROM tickets_heldmessage WHERE decision = ''"
    assert okno.count(waiting) == mails - HOUR_LIMIT


@pytest.mark.parametrize("mails", FLOODS)
def test_a_flood_of_absences_opens_nothing_and_is_answered_by_nothing(
    okno: Installation, relay: SmtpRelay, mails: int
) -> None:
    _settle(okno)
    before = len(relay.delivered)
    tickets = okno.count("SELECT count(*) FROM tickets_ticket")
    away = (
        mail(f"Out of office: {n}", sender=f"person{n}@client.example", Auto_Submitted="auto-replied")
        for n in range(mails)
    )
    okno.send(*away)
    _settle(okno)
    assert okno.outcomes() == {"auto_reply": mails}
    assert okno.count("SELECT count(*) FROM tickets_ticket") == tickets
    assert len(relay.delivered) == before


def test_a_report_about_our_receipt_is_answered_by_nothing(okno: Installation, relay: SmtpRelay) -> None:
    okno.send(mail("Hello", sender=ROBOT), sender=ROBOT)
    (receipt,) = _written_to_robot(okno, relay)
    before = len(relay.delivered)
    report = _REPORT.format(to=SUPPORT, recipient=ROBOT, message_id=receipt["Message-ID"])
    okno.send(report.encode(), sender="")
    _settle(okno)
    assert okno.outcomes() == {"opened": 1, "bounced": 1}
    recipients = {address for one in relay.delivered[before:] for address in one.recipients}
    assert not {address for address in recipients if address.endswith("robots.example")}
    assert okno.count("SELECT count(*) FROM email_suppressedaddress WHERE address = %s", ROBOT) == 1


def _written_to_robot(okno: Installation, relay: SmtpRelay) -> list[EmailMessage]:
    """Return what has been written to the machine, as soon as nothing is left to do."""
    _settle(okno)
    return [
        message_from_bytes(one.data, EmailMessage, policy=policy.default)
        for one in list(relay.delivered)
        if ROBOT in one.recipients
    ]


def _settle(okno: Installation) -> None:
    for table in ("email_rawmail", "spine_reaction", "email_outgoingmail"):
        due = f"SELECT count(*) FROM {table} WHERE state = 'due'"
        wait_until(lambda due=due: okno.count(due) == 0, seconds=200, what=f"{table} is done")

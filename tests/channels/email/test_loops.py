"""Machines are not answered by our machine."""

import pytest

from okno.channels.email.loops import may_answer
from okno.channels.email.parse import parse_message
from tests.channels.email.mail import simple

OWN = frozenset({"support@okno.example"})


def test_a_person_may_be_answered() -> None:
    assert may_answer(parse_message(simple()), own_addresses=OWN, envelope_from="requester@example.org")
    assert may_answer(parse_message(simple()), own_addresses=OWN)


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; x=y"},
        {"Precedence": "Bulk"},
        {"Precedence": "list"},
        {"List_Id": "<news.example.org>"},
        {"List_Unsubscribe": "<https://example.org/u>"},
        {"Return_Path": "<>"},
        {"X_Auto_Response_Suppress": "DR, AutoReply"},
        {"X_Okno_Loop": "whatever"},
        {"X_Autoreply": "yes"},
        {"From": "MAILER-DAEMON@example.org"},
        {"From": "no-reply@example.org"},
        {"From": "support@okno.example"},
        {"From": "bounces+17@example.org"},
        {"From": "list-request@example.org"},
        {"From": ""},
        {"Subject": "Out of office: Printer"},
    ],
)
def test_machines_are_not_answered(headers: dict[str, str]) -> None:
    assert not may_answer(parse_message(simple(**headers)), own_addresses=OWN)


def test_the_null_sender_and_a_failed_verdict_are_not_answered() -> None:
    assert not may_answer(parse_message(simple()), own_addresses=OWN, envelope_from="")
    assert not may_answer(parse_message(simple()), own_addresses=OWN, has_failed_verdict=True)

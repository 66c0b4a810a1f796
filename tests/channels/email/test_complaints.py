"""*This is spam*, reported by providers, is told from other feedback and from letters of people."""

import pytest

from okno.channels.base import ParsedMessage
from okno.channels.email.loops import may_answer
from okno.channels.email.parse import parse_message
from tests.channels.email.bounce_samples import DESK, GONE, RETURNED, SENT_ID
from tests.channels.email.mail import simple


def feedback(
    *,
    kind: str = "abuse",
    fields: str = "",
    sender: str = "feedback@provider.example",
    subject: str = "FW: [#17] Printer",
    top: str = 'multipart/report; report-type=feedback-report; boundary="b"',
    report: str = "Feedback-Type: {kind}\nUser-Agent: Provider/1.0\nVersion: 1\n{fields}",
    report_type: str = "message/feedback-report",
    returned: str = RETURNED,
    words: str = "This is an email abuse report for an email message received from IP 192.0.2.9",
) -> ParsedMessage:
    """Return the reading of a feedback report."""
    middle = (
        f"--b\nContent-Type: {report_type}\n\n{report.format(kind=kind, fields=fields)}\n" if report else ""
    )
    raw = (
        f"From: {sender}\nTo: {DESK}\nSubject: {subject}\nMessage-ID: <f1@provider.example>\nContent-Type: {top}\n\n"
        f"--b\nContent-Type: text/plain\n\n{words}\n{middle}--b\nContent-Type: message/rfc822\n\n{returned}\n--b--\n"
    )
    return parse_message(raw.encode())


@pytest.mark.parametrize("kind", ["abuse", "fraud", "opt-out", "other", "Abuse"])
def test_complaints_name_the_mail_and_who_had_got_it(kind: str) -> None:
    parsed = feedback(kind=kind, fields=f"Original-Mail-From: <{DESK}>\nOriginal-Rcpt-To: <{GONE}>\n")
    assert parsed.is_complaint
    assert parsed.is_automatic
    assert not parsed.is_bounce
    assert parsed.reported_ids == (SENT_ID,)
    assert parsed.reported_recipients == (GONE,)
    assert not may_answer(parsed)


@pytest.mark.parametrize("kind", ["not-spam", "virus", "auth-failure"])
def test_other_feedback_is_automatic_and_no_complaint(kind: str) -> None:
    parsed = feedback(kind=kind)
    assert not parsed.is_complaint
    assert parsed.is_automatic
    assert not parsed.is_bounce
    assert not may_answer(parsed)


def test_the_recipient_is_that_of_the_returned_mail_if_the_report_hides_it() -> None:
    assert feedback().reported_recipients == (GONE,)


def test_several_recipients() -> None:
    fields = f"Original-Rcpt-To: <{GONE}>\nOriginal-Rcpt-To: <two@remote.example>\n"
    assert feedback(fields=fields).reported_recipients == (GONE, "two@remote.example")


@pytest.mark.parametrize(
    ("sender", "subject"),
    [
        ("staff@hotmail.com", "complaint about message from 192.0.2.9"),
        ("complaints@email-abuse.amazonses.com", "complaint about message from 192.0.2.9"),
        ("scomp@aol.net", "Email Feedback Report for IP 192.0.2.9"),
        ("fbl@corp.mail.example", "Жалоба на спам"),
    ],
)
def test_older_forms_without_a_report_part(sender: str, subject: str) -> None:
    parsed = feedback(
        sender=sender,
        subject=subject,
        report="",
        top='multipart/mixed; boundary="b"',
        returned=f"X-HmXmrOriginalRecipient: other@hotmail.example\n{RETURNED}",
        words="",
    )
    assert parsed.is_complaint
    assert parsed.reported_recipients == ("other@hotmail.example",)
    assert parsed.reported_ids == (SENT_ID,)
    assert not may_answer(parsed)


def test_fields_in_a_text_part_count_too() -> None:
    parsed = feedback(report_type="text/plain", fields=f"Original-Rcpt-To: {GONE}\n")
    assert parsed.is_complaint
    assert parsed.reported_recipients == (GONE,)


def test_people_who_complain_are_people() -> None:
    parsed = parse_message(
        simple(
            "Your mail is spam, complaint about message from you. Feedback-Type: abuse",
            Subject="Spam complaint",
        )
    )
    assert not parsed.is_complaint
    assert may_answer(parsed)

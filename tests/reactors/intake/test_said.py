"""What a message says beside its sender's own words."""

from __future__ import annotations

import pytest

from okno.channels.email.parse import parse_message
from okno.reactors.intake.said import body_of
from okno.tenancy.models import Workspace
from okno.tickets.models import Message
from tests.channels.email.corpus.case import mail, multipart, part
from tests.conftest import Shop
from tests.reactors.intake.test_pipeline import take_in

EVENT = """BEGIN:VCALENDAR
METHOD:{method}
BEGIN:VEVENT
UID:1@example.org
{when}
SUMMARY:Printer <b>
LOCATION:Room 5
ORGANIZER:mailto:boss@example.org
END:VEVENT
END:VCALENDAR
"""
HOUR = "DTSTART:20251103T070000Z\nDTEND:20251103T080000Z"


def invitation(*, method: str = "REQUEST", when: str = HOUR, html: str = "") -> bytes:
    calendar = EVENT.format(method=method, when=when).replace("\n", "\r\n").encode()
    forms = [part(b"Please come", "Content-Type: text/plain")]
    if html:
        forms.append(part(html.encode(), "Content-Type: text/html"))
    header, body = multipart("alternative", *forms, part(calendar, "Content-Type: text/calendar"))
    return mail(body, header)


def test_an_invitation_is_shown_on_the_ticket(shop: Shop) -> None:
    shop.workspace.timezone = "Europe/Moscow"  # type: ignore[attr-defined]
    shop.workspace.save()  # type: ignore[attr-defined]
    take_in(shop, invitation())
    message = Message.objects.get()
    assert message.text == (
        "Please come\n\nInvitation: Printer <b>\nWhen: 3 November 2025 10:00 – 11:00 (Europe/Moscow)\n"
        "Where: Room 5\nOrganizer: boss@example.org"
    )


def test_in_html_nothing_of_it_is_markup(shop: Shop) -> None:
    body = body_of(parse_message(invitation(html="<p>Please come</p>")))
    assert body.html.startswith("<p>Please come</p>")
    assert "<strong>Invitation: Printer &lt;b&gt;</strong>" in body.html


@pytest.mark.parametrize(
    ("method", "title"),
    [
        ("CANCEL", "Called off: "),
        ("REPLY", "Answer to an invitation: "),
        ("COUNTER", "Another time is proposed: "),
    ],
)
def test_what_became_of_it_is_said(shop: Shop, method: str, title: str) -> None:
    assert title in body_of(parse_message(invitation(method=method))).text


@pytest.mark.parametrize(
    ("when", "shown"),
    [
        ("DTSTART;VALUE=DATE:20251103\nDTEND;VALUE=DATE:20251104", "When: 3 November 2025\n"),
        (
            "DTSTART;VALUE=DATE:20251103\nDTEND;VALUE=DATE:20251106",
            "When: 3 November 2025 – 5 November 2025\n",
        ),
        (
            "DTSTART:20251103T230000Z\nDTEND:20251104T010000Z",
            "3 November 2025 23:00 – 4 November 2025 01:00 (UTC)",
        ),
    ],
)
def test_days_and_nights(shop: Shop, when: str, shown: str) -> None:
    assert shown in body_of(parse_message(invitation(when=when))).text


def test_why_there_is_no_text() -> None:
    sealed = mail(b"x", "Content-Type: application/pkcs7-mime; smime-type=enveloped-data")
    assert "encrypted" in body_of(parse_message(sealed)).text
    assert "no text" in body_of(parse_message(mail(b""))).text
    assert "too large" in body_of(parse_message(mail(b"x"), is_whole=False)).text


def test_what_a_mail_does_not_say_is_said_in_the_language_of_the_workspace(shop: Shop) -> None:
    Workspace.objects.filter(pk=shop.workspace.pk).update(language="ru")
    raw = take_in(shop, b"To: support@x.example\r\n\r\n")
    message = Message.objects.select_related("ticket").get(raw=raw)
    said = [message.ticket.subject, message.author_name, message.text]
    assert said == ["(без темы)", "(без отправителя)", "(В письме нет текста.)"]

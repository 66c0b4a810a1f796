"""What mails say: the texts of the desk, nothing of a stranger's to a stranger, and what an answer answers to."""

from __future__ import annotations

from email import message_from_bytes, policy
from typing import Any

import pytest

from okno.channels.email.compose import compose
from okno.channels.email.looks import change_look, set_logo
from okno.channels.email.models import MailText, OutgoingMail
from okno.channels.email.parse import parse_message
from okno.channels.email.sender import _outbound
from okno.channels.email.texts import change_text
from okno.lib.logo import store_logo
from okno.people.commands import verify_address
from okno.people.models import Contact
from okno.reactors.delivery.receipts import ask_whether_solved, confirm_receipt
from okno.reactors.delivery.words import bare_subject
from okno.spine.unit import unit_of_work
from okno.team.models import Member
from okno.tickets.commands.messages import NewMessage
from okno.tickets.commands.receive import receive_message
from okno.tickets.commands.reply import reply_to_ticket
from okno.tickets.commands.words import written_body
from okno.tickets.models import Ticket
from tests.conftest import Shop
from tests.console.settings.test_mail_look import picture

EVIL = "EVIL-WORDS https://evil.example"


def answered(
    shop: Shop, ticket: Any, text: str = "Please turn it off and on.", **values: Any
) -> OutgoingMail:
    message = reply_to_ticket(
        actor=shop.actor("agent"),  # type: ignore[arg-type]
        ticket_id=ticket.pk,
        text=text,
        now=shop.now,
        **values,
    )
    mail: OutgoingMail = OutgoingMail.objects.get(subject_kind="message", subject_ref=message.pk)
    return mail


def automatic(ticket: Any, now: Any, *, purpose: str) -> OutgoingMail:
    with unit_of_work():
        if purpose == "receipt":
            confirm_receipt(ticket, now=now)
        else:
            ask_whether_solved(ticket, now=now)
    mail: OutgoingMail = OutgoingMail.objects.filter(purpose=purpose).latest("id")
    return mail


def write(shop: Shop, kind: str, body: str, *, subject: str = "{subject}", language: str = "en") -> None:
    change_text(
        actor=shop.actor("administrator"), desk_id=None, kind=kind, language=language, subject=subject, body=body,
        now=shop.now,
    )  # type: ignore[arg-type]  # fmt: skip


def in_russian(shop: Shop) -> None:
    Contact.objects.filter(pk=shop.contact().pk).update(language="ru")  # type: ignore[attr-defined]


@pytest.mark.parametrize("purpose", ["receipt", "resolved"])
def test_an_unproven_address_gets_nothing_that_a_stranger_wrote(shop: Shop, purpose: str) -> None:
    shop.mailbox()
    body = "{subject} {requester} {number} {link}"
    write(shop, "receipt", body, subject="{requester}: {subject} [#{number}]")
    write(
        shop,
        "resolved",
        f"{body} {{solution}} {{solved}} {{problem}}",
        subject="{subject} {requester} #{number}",
    )
    contact = shop.contact()
    Contact.objects.filter(pk=contact.pk).update(name=EVIL)  # type: ignore[attr-defined]
    ticket = shop.ticket(EVIL)
    Ticket.objects.filter(pk=ticket.pk).update(solution=EVIL)  # type: ignore[attr-defined]
    mail = automatic(Ticket.objects.get(pk=ticket.pk), shop.now, purpose=purpose)  # type: ignore[attr-defined]
    for part in (mail.subject, mail.text, mail.html, repr(mail.to), mail.from_name):
        assert "EVIL" not in part
        assert "evil.example" not in part
    assert str(ticket.number) in mail.subject  # type: ignore[attr-defined]
    verify_address(contact=contact, address="requester@client.example", now=shop.now)  # type: ignore[arg-type]
    told = automatic(Ticket.objects.get(pk=ticket.pk), shop.now, purpose=purpose)  # type: ignore[attr-defined]
    assert EVIL in told.text
    assert 'href="https://evil.example' not in told.html


def test_automatic_mail_quotes_nothing(shop: Shop) -> None:
    shop.mailbox()
    ticket = shop.ticket("Printer")
    for purpose in ("receipt", "resolved"):
        mail = automatic(ticket, shop.now, purpose=purpose)
        assert "Please help" not in mail.text
        assert "<blockquote" not in mail.html


@pytest.mark.parametrize("purpose", ["receipt", "resolved"])
@pytest.mark.parametrize("language", ["en", "ru"])
def test_built_in_texts_speak_the_clients_language(shop: Shop, purpose: str, language: str) -> None:
    shop.mailbox()
    if language == "ru":
        in_russian(shop)
    mail = automatic(shop.ticket(), shop.now, purpose=purpose)
    assert ("обращение" in mail.text) == (language == "ru")
    assert ("request" in mail.text) == (language == "en")
    assert f'<html lang="{language}">' in mail.html


def test_an_answer_carries_what_it_answers_to(shop: Shop) -> None:
    shop.mailbox()
    ticket = shop.ticket("Printer")
    mail = answered(shop, ticket)
    own, _mark, quoted = mail.text.partition("wrote:")
    assert "Requester <requester@client.example> " in own
    assert "> Printer. Please help." in quoted
    assert '<blockquote type="cite"' in mail.html
    assert mail.message_id.removeprefix("<okno-").partition("@")[0] in own


def test_what_is_quoted_is_the_clients_newest_words_and_no_machines(shop: Shop) -> None:
    shop.mailbox()
    ticket = shop.ticket("Printer")
    for text, is_automatic in (("Still <smoking> & hot", False), ("I am on holiday", True)):
        receive_message(
            actor=shop.actor("agent"), ticket_id=ticket.pk, now=shop.now,
            message=NewMessage(
                kind="reply", direction="in", channel="email", author_contact=shop.contact(),
                from_address="requester@client.example", body=written_body(text=text), is_automatic=is_automatic,
            ),
        )  # type: ignore[arg-type,attr-defined]  # fmt: skip
    mail = answered(shop, ticket)
    assert "> Still <smoking> & hot" in mail.text
    assert "Still &lt;smoking&gt; &amp; hot" in mail.html
    assert "holiday" not in mail.text
    assert "Please help" not in mail.text


@pytest.mark.parametrize("language", ["en", "ru"])
def test_our_quotation_is_folded_when_it_comes_back(shop: Shop, language: str) -> None:
    shop.mailbox()
    if language == "ru":
        in_russian(shop)
    mail = answered(shop, shop.ticket("Printer"))
    mail.refresh_from_db()
    parsed = parse_message(compose(_outbound(mail)))
    assert "Please turn it off and on." in parsed.reply_text
    assert "Please help" not in parsed.reply_text
    assert "Please help" in parsed.quoted_text
    assert ("написал(а):" if language == "ru" else "wrote:") in parsed.quoted_text
    assert "Please turn it off and on." in (parsed.reply_html or "")
    assert "Please help" not in (parsed.reply_html or "")
    assert "Please help" in (parsed.quoted_html or "")


def test_a_long_message_is_quoted_in_part(shop: Shop) -> None:
    shop.mailbox()
    ticket = shop.ticket("Printer")
    text = "\n".join(f"line {number}" for number in range(5000))
    receive_message(
        actor=shop.actor("agent"), ticket_id=ticket.pk, now=shop.now,
        message=NewMessage(
            kind="reply", direction="in", channel="email", author_contact=shop.contact(),
            body=written_body(text=text, html=f"<p>{text}</p>"),
        ),
    )  # type: ignore[arg-type,attr-defined]  # fmt: skip
    mail = answered(shop, ticket)
    assert "> line 0\n> line 1\n" in mail.text
    assert mail.text.rstrip().endswith("> …")
    assert len(mail.text) < 12_000
    assert "line 4999" not in mail.html


def test_pictures_of_the_client_are_not_quoted(shop: Shop) -> None:
    shop.mailbox()
    ticket = shop.ticket("Printer")
    html = '<p>See <img src="cid:a@b" alt="x > y"> and <img src="https://t.example/p.gif"></p>'
    receive_message(
        actor=shop.actor("agent"), ticket_id=ticket.pk, now=shop.now,
        message=NewMessage(
            kind="reply", direction="in", channel="email", author_contact=shop.contact(),
            body=written_body(text="See and", html=html),
        ),
    )  # type: ignore[arg-type,attr-defined]  # fmt: skip
    mail = answered(shop, ticket)
    assert "See " in mail.html
    assert "<img" not in mail.html
    assert "t.example" not in mail.html


def test_what_an_agent_took_down_on_the_telephone_is_not_quoted(shop: Shop) -> None:
    shop.mailbox()
    assert "Please help" not in answered(shop, shop.ticket("Printer", channel="phone")).text


def test_a_desk_may_quote_nothing(shop: Shop) -> None:
    shop.mailbox()
    change_look(
        actor=shop.actor("administrator"), desk_id=None, accent="", quotes_previous=False, now=shop.now
    )  # type: ignore[arg-type]  # fmt: skip
    mail = answered(shop, shop.ticket("Printer"))
    assert "Please help" not in mail.text
    assert "<blockquote" not in mail.html


def test_an_answer_has_the_words_around_it_and_the_signature_of_the_desk(shop: Shop) -> None:
    shop.mailbox()
    Member.objects.filter(pk=shop.member("agent").pk).update(signature="Best,\nOlga")  # type: ignore[attr-defined]
    write(shop, "reply", "Dear {requester}!\n\n{message}", subject="About {subject} (#{number})")
    write(shop, "signature", "{signature}\n\n{agent}, {desk} <{workspace}>")
    write(shop, "footer", "Open from 9 to 18")
    ticket = shop.ticket("Re: Printer")
    mail = answered(shop, ticket, html="<p>Turn it <b>off</b></p>")
    own = mail.text.partition("wrote:")[0]
    assert mail.subject == f"About Printer (#{ticket.number})"  # type: ignore[attr-defined]
    assert own.startswith("Dear Requester!\n\n")
    assert "\n\n-- \nBest,\nOlga\n\nAgent, " in own
    assert "Open from 9 to 18" in own
    assert "Turn it <b>off</b>" in mail.html
    assert f"&lt;{shop.workspace.name}&gt;" in mail.html  # type: ignore[attr-defined]


def test_without_any_signature_there_is_no_line_for_it(shop: Shop) -> None:
    shop.mailbox()
    assert "-- \n" not in answered(shop, shop.ticket()).text


def test_the_subject_names_the_number_once_and_no_answer_twice(shop: Shop) -> None:
    ticket = shop.ticket("Re: RE[2]: Отв: Fwd: The kettle")
    assert bare_subject(ticket) == "The kettle"  # type: ignore[arg-type]
    Ticket.objects.filter(pk=ticket.pk).update(subject=f"The kettle [#{ticket.number}]")  # type: ignore[attr-defined]
    ticket.refresh_from_db()  # type: ignore[attr-defined]
    assert bare_subject(ticket) == "The kettle"  # type: ignore[arg-type]
    shop.mailbox()
    assert answered(shop, ticket).subject == f"Re: The kettle [#{ticket.number}]"  # type: ignore[attr-defined]


def test_the_whole_mail_as_it_goes_on_the_wire(shop: Shop) -> None:
    shop.mailbox()
    logo = store_logo(shop.workspace.pk, picture())  # type: ignore[attr-defined]
    set_logo(actor=shop.actor("administrator"), desk_id=None, logo=logo, now=shop.now)  # type: ignore[arg-type]
    mail = automatic(shop.ticket(), shop.now, purpose="resolved")
    mail.refresh_from_db()
    data = compose(_outbound(mail))
    parsed = parse_message(data)
    assert parsed.header("auto-submitted") == "auto-generated"
    assert b"X-Auto-Response-Suppress: All" in data
    assert b"Precedence:" not in data
    assert [(file.content_id, file.is_inline) for file in parsed.attachments] == [(logo.content_id, True)]
    raw = message_from_bytes(data, policy=policy.default)
    html = raw.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert "prefers-color-scheme: dark" in html
    assert "max-width: 480px" in html
    assert "background-color: #" in html.partition("It is solved")[0].rpartition("<td")[2]
    assert ".words p" not in html.partition("<body")[2]
    assert max(len(line) for line in data.split(b"\r\n")) <= 998


def test_broken_texts_of_the_past_stop_no_mail(shop: Shop) -> None:
    """A text that today's rules would refuse is used as far as it goes."""
    shop.mailbox()
    MailText.objects.create(
        kind="receipt", language="en", subject="{gone} {number}", body="{gone} [x]({gone})"
    )
    mail = automatic(shop.ticket(), shop.now, purpose="receipt")
    assert mail.subject
    assert compose(_outbound(OutgoingMail.objects.get(pk=mail.pk)))

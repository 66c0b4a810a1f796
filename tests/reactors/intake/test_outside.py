"""Talks with people outside: their answers are internal, others are held, and the client hears of nothing."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from okno.channels.email.models import OutgoingMail, RawMail
from okno.channels.email.threading import reply_address
from okno.lib.addresses import Address
from okno.lib.errors import Conflict, Denied, Invalid
from okno.lib.stores import raw_store
from okno.reactors.delivery.again import resend_message
from okno.reactors.intake.held import settle_held
from okno.reactors.notify.models import Notification
from okno.spine.models import Event, Reaction
from okno.spine.work import drain
from okno.tickets.commands.side import ask_outside, close_side_thread, write_outside
from okno.tickets.models import Delivery, HeldMessage, Message, SideThread, Ticket
from okno.tickets.queries.public import public_conversation
from tests.conftest import Shop

EXPERT = "expert@maker.example"


def ask(shop: Shop, ticket: Ticket, **values: object) -> Message:
    given = {
        "people": [Address(EXPERT, "Expert")],
        "subject": "Which valve is it?",
        "text": "See the picture.",
        **values,
    }
    return ask_outside(actor=shop.actor("agent"), ticket_id=ticket.pk, now=shop.now, **given)  # type: ignore[arg-type]


def mail_of(message: Message) -> OutgoingMail:
    return OutgoingMail.objects.get(subject_kind="message", subject_ref=message.pk)


def answer(shop: Shop, sent: OutgoingMail, text: str = "The left one.", *, sender: str = EXPERT) -> RawMail:
    mail = EmailMessage()
    mail["From"] = f"Expert <{sender}>"
    mail["To"] = sent.reply_to
    mail["Cc"] = "curious@maker.example"
    mail["Subject"] = f"Re: {sent.subject}"
    mail["Message-ID"] = f"<{OutgoingMail.objects.count()}.{text[:3]}@maker.example>"
    mail["In-Reply-To"] = sent.message_id
    mail.set_content(text)
    blob = raw_store().put(shop.workspace.pk, mail.as_bytes())
    raw = RawMail.objects.create(
        mailbox=shop.mailbox(), source="imap", sha256=blob.sha256, size=blob.size, envelope_to=[sent.reply_to]
    )
    drain(RawMail)
    raw.refresh_from_db()
    return raw


@pytest.fixture
def ticket(shop: Shop) -> Ticket:
    shop.mailbox()
    found: Ticket = shop.ticket()
    return found


def test_the_question_leaves_as_mail_with_a_token_of_its_own(shop: Shop, ticket: Ticket) -> None:
    message = ask(shop, ticket)
    sent = mail_of(message)
    assert (message.kind, message.direction) == ("note", "internal")
    assert sent.purpose == "side"
    assert sent.to == [{"address": EXPERT, "name": "Expert"}]
    assert "Which valve is it?" in sent.subject
    assert "See the picture." in sent.text
    assert ticket.subject not in sent.text
    assert sent.in_reply_to == ""
    assert sent.references == []
    assert sent.reply_to != reply_address(shop.mailbox().address, "")
    assert Delivery.objects.get(message=message).mail_id == sent.pk


def test_an_answer_is_an_internal_note_and_changes_nothing(shop: Shop, ticket: Ticket) -> None:
    before = Ticket.objects.get(pk=ticket.pk)
    first = [one.message.pk for one in public_conversation(before, now=shop.now)]
    raw = answer(shop, mail_of(ask(shop, ticket)))
    assert (raw.outcome, raw.reason, raw.ticket_number) == ("replied", "outside", ticket.number)
    note = Message.objects.get(pk=raw.message_ref)
    assert (note.kind, note.direction, note.text) == ("note", "internal", "The left one.")
    assert note.side_thread is not None
    after = Ticket.objects.get(pk=ticket.pk)
    for name in ("category", "waiting_since", "last_requester_at", "last_agent_at", "first_response_at"):
        assert getattr(after, name) == getattr(before, name), name
    assert [one.message.pk for one in public_conversation(after, now=shop.now)] == first
    assert not after.participants.filter(contact__addresses__value="curious@maker.example").exists()
    drain(Reaction)
    asked = Notification.objects.filter(kind="side_answer")
    assert set(asked.values_list("member", flat=True)) == {shop.members["agent"].pk}


def test_whoever_else_answers_is_held_and_stays_internal_when_accepted(shop: Shop, ticket: Ticket) -> None:
    sent = mail_of(ask(shop, ticket))
    raw = answer(shop, sent, sender="stranger@elsewhere.example")
    assert raw.outcome == "held"
    held = HeldMessage.objects.get()
    settle_held(actor=shop.actor("agent"), held_id=held.pk, decision="accepted", now=shop.now)
    drain(RawMail)
    raw.refresh_from_db()
    note = Message.objects.get(pk=raw.message_ref)
    assert (note.kind, note.direction) == ("note", "internal")
    assert note.pk not in {one.message.pk for one in public_conversation(ticket, now=shop.now)}
    again = answer(shop, sent, "And more.", sender="stranger@elsewhere.example")
    assert (again.outcome, again.reason) == ("replied", "outside")


def test_the_client_cannot_enter_by_it(shop: Shop, ticket: Ticket) -> None:
    raw = answer(shop, mail_of(ask(shop, ticket)), sender="requester@client.example")
    assert raw.outcome == "held"


def test_writing_on_answers_in_the_same_thread(shop: Shop, ticket: Ticket) -> None:
    first = ask(shop, ticket)
    side = SideThread.objects.get()
    close_side_thread(actor=shop.actor("agent"), ticket_id=ticket.pk, side_thread_id=side.pk, now=shop.now)
    with pytest.raises(Conflict):
        close_side_thread(
            actor=shop.actor("agent"), ticket_id=ticket.pk, side_thread_id=side.pk, now=shop.now
        )
    second = write_outside(
        actor=shop.actor("agent"),
        ticket_id=ticket.pk,
        side_thread_id=side.pk,
        text="Still there?",
        now=shop.now,
    )
    assert mail_of(second).references == [mail_of(first).message_id]
    side.refresh_from_db()
    assert side.closed_at is None
    kinds = list(
        Event.objects.filter(type__startswith="ticket.side_").order_by("id").values_list("type", flat=True)
    )
    assert kinds == ["ticket.side_written", "ticket.side_closed", "ticket.side_written"]


def test_what_did_not_arrive_is_sent_again_as_a_question_not_as_a_reply(shop: Shop, ticket: Ticket) -> None:
    message = ask(shop, ticket)
    failed = Delivery.objects.get(message=message)
    failed.state = Delivery.State.FAILED
    failed.save()
    again = resend_message(
        actor=shop.actor("agent"),
        ticket_id=ticket.pk,
        delivery_id=failed.pk,
        address="right@maker.example",
        now=shop.now,
    )
    assert again.mail is not None
    assert again.mail.purpose == "side"
    raw = answer(shop, again.mail, sender="right@maker.example")
    assert (raw.outcome, raw.reason) == ("replied", "outside")


def test_the_same_form_twice_asks_once(shop: Shop, ticket: Ticket) -> None:
    key = "6a3c0f04-6a0c-4a4e-9a53-6a5b7a0a6b11"
    assert ask(shop, ticket, client_key=key).pk == ask(shop, ticket, client_key=key).pk
    assert SideThread.objects.count() == 1


@pytest.mark.parametrize("people", [[], [Address("not an address")], [Address("agent@shop.example")]])
def test_nobody_or_a_colleague_cannot_be_asked(shop: Shop, ticket: Ticket, people: list[Address]) -> None:
    if people and people[0].address.startswith("agent@"):
        people = [Address(shop.member("agent").email)]
    with pytest.raises(Invalid):
        ask(shop, ticket, people=people)
    assert not SideThread.objects.exists()


def test_who_may_not_reply_may_not_ask(shop: Shop, ticket: Ticket) -> None:
    with pytest.raises(Denied):
        ask_outside(
            actor=shop.actor("light", role="light_agent"),
            ticket_id=ticket.pk,
            people=[Address(EXPERT)],
            subject="x",
            text="x",
            now=shop.now,
        )

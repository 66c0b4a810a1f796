"""What leaves because of what happened, and what must never leave."""

from __future__ import annotations

import pytest

from okno.channels.email.models import OutgoingMail
from okno.lib.errors import Conflict, Denied, Invalid
from okno.people.commands import verify_address
from okno.people.models import ContactAddress
from okno.spine.models import Reaction
from okno.spine.work import drain
from okno.tickets.commands.deliveries import record_delivery
from okno.tickets.commands.reply import add_note, cancel_reply, reply_to_ticket
from okno.tickets.commands.status import change_status
from okno.tickets.models import Delivery, Message, StatusCategory, Ticket
from tests.conftest import Shop

SECRET = "between us: the client is difficult"


def reply(shop: Shop, ticket: Ticket, **values: object) -> Message:
    values.setdefault("text", "Please turn it off and on.")
    return reply_to_ticket(actor=shop.actor("agent"), ticket_id=ticket.pk, now=shop.now, **values)  # type: ignore[arg-type]


def mail_of(message: Message) -> OutgoingMail:
    return OutgoingMail.objects.get(subject_kind="message", subject_ref=message.pk)


def test_a_reply_is_written_into_the_ledger_with_what_brings_the_answer_home(shop: Shop) -> None:
    box = shop.mailbox()
    ticket = shop.ticket()
    message = reply(shop, ticket)
    mail = mail_of(message)
    message.refresh_from_db()
    assert (mail.from_address, mail.to) == (
        box.address,
        [{"address": "requester@client.example", "name": "Requester"}],
    )
    assert f"[#{ticket.number}]" in mail.subject
    assert mail.message_id == message.message_id
    token = mail.message_id.removeprefix("<okno-").partition("@")[0]
    assert token in mail.reply_to
    assert token in mail.text
    assert token in mail.html
    assert not mail.is_automatic
    assert mail.due_at == message.leaves_at
    assert Delivery.objects.get(message=message).mail_id == mail.pk


def test_a_note_never_leaves(shop: Shop) -> None:
    shop.mailbox()
    ticket = shop.ticket()
    add_note(actor=shop.actor("agent"), ticket_id=ticket.pk, text=SECRET, now=shop.now)
    reply(shop, ticket)
    add_note(actor=shop.actor("agent"), ticket_id=ticket.pk, html=f"<p>{SECRET}</p>", now=shop.now)
    change_status(
        actor=shop.actor("agent"), ticket_id=ticket.pk, status=StatusCategory.RESOLVED, now=shop.now
    )
    from okno.spine.work import drain

    drain()
    for mail in OutgoingMail.objects.all():
        assert SECRET not in repr(vars(mail)), mail.purpose
    assert OutgoingMail.objects.filter(purpose="resolved").count() == 1


def test_a_note_is_held_inside_by_the_database_too(shop: Shop) -> None:
    from django.db import IntegrityError, transaction

    ticket = shop.ticket()
    note = add_note(actor=shop.actor("agent"), ticket_id=ticket.pk, text=SECRET, now=shop.now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.filter(pk=note.pk).update(direction="out")


def test_sending_again_with_the_same_key_sends_once(shop: Shop) -> None:
    from uuid import uuid4

    shop.mailbox()
    ticket, key = shop.ticket(), uuid4()
    first = reply(shop, ticket, client_key=key)
    again = reply(shop, ticket, client_key=key, text="changed")
    assert first.pk == again.pk
    assert OutgoingMail.objects.filter(purpose="reply").count() == 1


def test_a_reply_can_be_taken_back_until_it_leaves(shop: Shop) -> None:
    shop.mailbox()
    ticket = shop.ticket()
    before = Ticket.objects.get(pk=ticket.pk)
    message = reply(shop, ticket)
    cancel_reply(actor=shop.actor("agent"), ticket_id=ticket.pk, message_id=message.pk, now=shop.now)
    assert mail_of(message).state == "cancelled"
    assert Delivery.objects.get(message=message).state == "cancelled"
    after = Ticket.objects.get(pk=ticket.pk)
    for moment in ("first_response_at", "last_agent_at", "waiting_since", "message_count", "last_words"):
        assert getattr(after, moment) == getattr(before, moment), moment


def test_what_has_left_cannot_be_taken_back_nor_anothers_words(shop: Shop) -> None:
    shop.mailbox()
    ticket = shop.ticket()
    message = reply(shop, ticket)
    with pytest.raises(Denied):
        cancel_reply(
            actor=shop.actor("other", role="agent"), ticket_id=ticket.pk, message_id=message.pk, now=shop.now
        )
    OutgoingMail.objects.filter(subject_ref=message.pk).update(attempts=1)
    with pytest.raises(Conflict) as late:
        cancel_reply(actor=shop.actor("agent"), ticket_id=ticket.pk, message_id=message.pk, now=shop.now)
    assert late.value.code == "already_left"


def test_a_reply_that_crosses_another_message_stops(shop: Shop) -> None:
    shop.mailbox()
    ticket = shop.ticket()
    seen = Message.objects.filter(ticket=ticket).latest("id").pk
    reply(shop, ticket)
    with pytest.raises(Conflict) as crossed:
        reply(shop, ticket, seen_message_id=seen)
    assert crossed.value.code == "answered_meanwhile"


@pytest.mark.parametrize("to", [["nonsense"], ["a@b@c"], ["x\r\nBcc: victim@evil.example"], []])
def test_bad_recipients_are_refused_and_nothing_is_written(shop: Shop, to: list[str]) -> None:
    shop.mailbox()
    ticket = shop.ticket()
    before = Message.objects.count()
    with pytest.raises(Invalid):
        reply(shop, ticket, to=to)
    assert Message.objects.count() == before


def test_without_a_mailbox_the_reply_is_kept_and_said_not_to_have_left(shop: Shop) -> None:
    message = reply(shop, shop.ticket())
    delivery = Delivery.objects.get(message=message)
    assert delivery.state == "failed"
    assert "mailbox" in delivery.words


def test_a_proven_address_is_told_the_subject(shop: Shop) -> None:
    shop.mailbox()
    contact = shop.contact()
    verify_address(contact=contact, address="requester@client.example", now=shop.now)  # type: ignore[arg-type]
    ticket = shop.ticket("The kettle whistles", channel="phone", wants_receipt=True)
    drain(Reaction)
    receipt = OutgoingMail.objects.get(purpose="receipt")
    assert "The kettle whistles" in receipt.subject
    assert f"#{ticket.number}" in receipt.subject
    assert ContactAddress.objects.get(value="requester@client.example").verified_at == shop.now


def test_the_fate_of_a_mail_is_written_on_its_recipients(shop: Shop) -> None:
    shop.mailbox()
    message = reply(shop, shop.ticket(), to=["requester@client.example"], cc=["boss@client.example"])
    results = {
        "requester@client.example": {"state": "sent", "code": 250, "words": ""},
        "boss@client.example": {"state": "failed", "code": 550, "words": "550 no such user"},
    }
    record_delivery(mail=mail_of(message), results=results, now=shop.now)
    record_delivery(mail=mail_of(message), results=results, now=shop.now)
    states = dict(Delivery.objects.filter(message=message).values_list("address", "state"))
    assert states == {"requester@client.example": "sent", "boss@client.example": "failed"}


def test_the_question_whether_it_is_solved_follows_the_last_reply(shop: Shop) -> None:
    shop.mailbox()
    ticket = shop.ticket()
    message = reply(shop, ticket, status=StatusCategory.RESOLVED)
    question = OutgoingMail.objects.get(purpose="resolved")
    assert message.leaves_at is not None
    assert question.due_at > message.leaves_at


def test_a_reply_that_is_taken_back_takes_its_status_and_the_question_with_it(shop: Shop) -> None:
    shop.mailbox()
    ticket = shop.ticket()
    message = reply(shop, ticket, status=StatusCategory.RESOLVED)
    question = OutgoingMail.objects.get(purpose=OutgoingMail.Purpose.RESOLVED)
    cancel_reply(actor=shop.actor("agent"), ticket_id=ticket.pk, message_id=message.pk, now=shop.now)
    ticket.refresh_from_db()
    question.refresh_from_db()
    assert (ticket.category, ticket.is_open, ticket.resolved_at, ticket.reopen_count) == (
        "new",
        True,
        None,
        0,
    )
    assert question.state == OutgoingMail.State.CANCELLED
    reply(shop, ticket, status=StatusCategory.RESOLVED)
    assert OutgoingMail.objects.filter(purpose=OutgoingMail.Purpose.RESOLVED, state="due").count() == 1

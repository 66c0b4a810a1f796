"""A message that did not arrive is sent again to its recipient: to the same address or to the right one."""

from __future__ import annotations

from uuid import uuid4

import pytest

from okno.channels.email.models import OutgoingMail, SuppressedAddress
from okno.channels.email.suppression import suppress_address
from okno.lib.errors import Conflict, Denied, Invalid, NotFound
from okno.people.models import ContactAddress
from okno.reactors.delivery.again import resend_message
from okno.spine.models import Event
from okno.tickets.commands.deliveries import record_delivery
from okno.tickets.commands.reply import reply_to_ticket
from okno.tickets.models import Delivery, Message, Ticket
from tests.conftest import Shop

WRONG, RIGHT = "requester@client.example", "requester@klient.example"


def undelivered(shop: Shop, ticket: Ticket, **values: object) -> Delivery:
    """Return the recipient of a reply who did not get it."""
    shop.mailbox()
    message = reply_to_ticket(
        actor=shop.actor("agent"), ticket_id=ticket.pk, text="Try again.", now=shop.now, **values
    )
    mail = OutgoingMail.objects.get(subject_ref=message.pk, subject_kind="message")
    refused = {
        "state": "failed",
        "code": 550,
        "words": "550 5.1.1 unknown",
        "status": "5.1.1",
        "permanent": True,
    }
    record_delivery(mail=mail, results={WRONG: refused}, now=shop.now)
    return Delivery.objects.get(message=message, address=WRONG)


def resend(shop: Shop, ticket: Ticket, failed: Delivery, **values: object) -> Delivery:
    return resend_message(
        actor=shop.actor("agent"),
        ticket_id=ticket.pk,
        delivery_id=failed.pk,
        now=shop.now,
        **values,  # type: ignore[arg-type]
    )


def test_the_right_address_gets_the_same_message_as_a_mail_of_its_own(shop: Shop) -> None:
    ticket = shop.ticket()
    failed = undelivered(shop, ticket, to=[WRONG], cc=["copied@client.example"])
    first = OutgoingMail.objects.get(pk=failed.mail_id)
    again = resend(shop, ticket, failed, address="Requester@KLIENT.example")
    mail = OutgoingMail.objects.get(pk=again.mail_id)
    assert (mail.to, mail.cc) == ([{"address": RIGHT, "name": "Requester"}], [])
    assert mail.message_id != first.message_id
    assert (mail.subject, mail.references, mail.in_reply_to) == (
        first.subject,
        first.references,
        first.in_reply_to,
    )
    assert "Try again." in mail.text
    assert (mail.state, mail.due_at) == ("due", shop.now)
    failed.refresh_from_db()
    assert (failed.state, failed.resent_to, again.state) == ("failed", RIGHT, "sending")
    assert Message.objects.filter(ticket=ticket, direction="out").count() == 1
    assert Event.objects.get(type="ticket.message_resent").payload["address"] == RIGHT


def test_the_card_is_corrected_only_if_that_is_wanted(shop: Shop) -> None:
    ticket = shop.ticket()
    contact = shop.contact()
    resend(shop, ticket, undelivered(shop, ticket), address="other@client.example")
    assert [row.value for row in ContactAddress.objects.filter(contact=contact)] == [WRONG]
    resend(shop, ticket, undelivered(shop, ticket), address=RIGHT, corrects_card=True)
    (row,) = ContactAddress.objects.filter(contact=contact)
    assert (row.value, row.is_primary, row.verified_at) == (RIGHT, True, None)


def test_the_same_address_once_more_is_meant_so_and_suppressed_no_longer(shop: Shop) -> None:
    ticket = shop.ticket()
    failed = undelivered(shop, ticket)
    first = failed.mail_id
    suppress_address(address=WRONG, cause="bounced", status="5.1.1", now=shop.now)
    again = resend(shop, ticket, failed)
    assert again.pk == failed.pk
    assert (again.state, again.words, again.is_permanent) == ("sending", "", False)
    assert again.mail_id != first
    assert not SuppressedAddress.objects.exists()
    record_delivery(mail=again.mail, results={WRONG: {"state": "sent", "words": ""}}, now=shop.now)
    assert Delivery.objects.get(pk=failed.pk).state == "sent"


def test_who_only_had_a_copy_stands_alone_in_his_mail(shop: Shop) -> None:
    ticket = shop.ticket()
    failed = undelivered(shop, ticket, to=["copied@client.example"], cc=[WRONG])
    again = resend(shop, ticket, failed, address=RIGHT)
    assert again.role == "cc"
    assert OutgoingMail.objects.get(pk=again.mail_id).to[0]["address"] == RIGHT


def test_two_who_press_the_button_send_one_mail(shop: Shop) -> None:
    ticket = shop.ticket()
    failed = undelivered(shop, ticket)
    resend(shop, ticket, failed, address=RIGHT)
    with pytest.raises(Conflict) as late:
        resend(shop, ticket, failed, address=RIGHT)
    assert late.value.code == "sent_again"
    assert OutgoingMail.objects.filter(purpose="reply").count() == 2


def test_nonsense_is_refused_and_changes_nothing(shop: Shop) -> None:
    ticket, other = shop.ticket(), shop.ticket("Another")
    failed = undelivered(shop, ticket, to=[WRONG, "second@client.example"])
    shop.contact("somebody")
    for address, refusal in (
        ("no address", Invalid),
        ("second@client.example", Conflict),
        (f"a@b.example>\r\nBcc: {uuid4()}@evil.example", Invalid),
    ):
        with pytest.raises(refusal):
            resend(shop, ticket, failed, address=address)
    with pytest.raises(Conflict):
        resend(shop, ticket, failed, address="somebody@client.example", corrects_card=True)
    with pytest.raises(NotFound):
        resend(shop, other, failed)
    failed.refresh_from_db()
    assert (failed.state, failed.resent_to) == ("failed", "")
    assert OutgoingMail.objects.filter(purpose="reply").count() == 1


def test_only_who_may_reply_may_send_again(shop: Shop) -> None:
    ticket = shop.ticket()
    failed = undelivered(shop, ticket)
    for name, refusal in (("light_agent", Denied), ("outsider", NotFound)):
        actor = shop.actor(name) if name == "light_agent" else shop.actor(name, role=None)
        with pytest.raises(refusal):
            resend_message(
                actor=actor, ticket_id=ticket.pk, delivery_id=failed.pk, address=RIGHT, now=shop.now
            )
    assert OutgoingMail.objects.filter(purpose="reply").count() == 1

"""Nothing is sent to an address that refused for good, and no machine writes to one that complained."""

from __future__ import annotations

import pytest

from okno.channels.email import sender
from okno.channels.email.models import OutgoingMail, SuppressedAddress
from okno.channels.email.suppression import allow_address, suppress_address
from okno.lib.errors import Denied
from okno.spine.models import Event
from okno.tickets.commands.reply import reply_to_ticket
from okno.tickets.models import Delivery
from tests.conftest import Shop

ADDRESS = "requester@client.example"
GONE = {"address": ADDRESS, "cause": "bounced", "status": "5.1.1", "words": "550 5.1.1 unknown"}


def claimed_reply(shop: Shop) -> OutgoingMail:
    """Return the mail of a reply as a worker has it who is about to send."""
    shop.mailbox()
    message = reply_to_ticket(
        actor=shop.actor("agent"), ticket_id=shop.ticket().pk, text="Hello", now=shop.now
    )
    mail = OutgoingMail.objects.get(subject_ref=message.pk, subject_kind="message")
    OutgoingMail.objects.filter(pk=mail.pk).update(attempts=1, due_at=shop.now)
    mail.refresh_from_db()
    return mail


def test_mail_to_a_suppressed_address_is_refused_before_it_leaves(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "_hand_over", lambda *_: pytest.fail("it left"))
    mail = claimed_reply(shop)
    suppress_address(**GONE, now=shop.now)
    sender.send_mail(mail)
    delivery = Delivery.objects.get(mail=mail)
    assert (delivery.state, delivery.is_permanent) == ("failed", True)
    assert delivery.words.startswith("This address is suppressed since")
    assert "no such mailbox" in delivery.words
    mail.refresh_from_db()
    assert mail.state == "dead"


def test_who_complained_gets_what_a_person_writes_but_nothing_of_a_machine(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed: list[list[str]] = []

    def take(_mail: OutgoingMail, _server: object, recipients: list[str]) -> list[object]:
        handed.append(recipients)
        return []

    monkeypatch.setattr(sender, "smtp_server", lambda _box: object())
    monkeypatch.setattr(sender, "_hand_over", take)
    suppress_address(address=ADDRESS, cause="complaint", now=shop.now)
    sender.send_mail(claimed_reply(shop))
    assert handed == [[ADDRESS]]
    automatic = claimed_reply(shop)
    OutgoingMail.objects.filter(pk=automatic.pk).update(is_automatic=True)
    automatic.refresh_from_db()
    sender.send_mail(automatic)
    assert len(handed) == 1
    assert "called our mail spam" in Delivery.objects.get(mail=automatic).words


@pytest.mark.parametrize(
    ("answer", "is_suppressed"),
    [
        ("550 5.1.1 No such user", True),
        ("550 Requested action not taken: mailbox unavailable, no such user here", True),
        ("552 5.2.2 Over quota", False),
        ("554 5.7.1 Message rejected as spam", False),
        ("550 5.7.1 Relaying denied", False),
    ],
)
def test_only_a_refusal_that_means_nobody_is_there_suppresses(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, answer: str, is_suppressed: bool
) -> None:
    from okno.channels.base import RecipientResult

    code, _space, words = answer.partition(" ")
    result = RecipientResult(address=ADDRESS, state="failed", code=int(code), reason=words)
    monkeypatch.setattr(sender, "smtp_server", lambda _box: object())
    monkeypatch.setattr(sender, "_hand_over", lambda *_: [result])
    sender.send_mail(claimed_reply(shop))
    assert Delivery.objects.get().state == "failed"
    assert SuppressedAddress.objects.filter(address=ADDRESS).exists() is is_suppressed


def test_a_refusal_weighs_more_than_a_complaint_and_is_told_once(shop: Shop) -> None:
    suppress_address(address=ADDRESS, cause="complaint", now=shop.now)
    suppress_address(**GONE, now=shop.now)
    suppress_address(address=ADDRESS, cause="complaint", now=shop.now)
    suppress_address(**GONE, now=shop.now)
    row = SuppressedAddress.objects.get()
    assert (row.cause, row.status) == ("bounced", "5.1.1")
    assert Event.objects.filter(type="address.suppression_changed").count() == 2


def test_who_answers_or_keeps_contacts_lets_mail_go_there_again(shop: Shop) -> None:
    suppress_address(**GONE, now=shop.now)
    with pytest.raises(Denied):
        allow_address(actor=shop.actor("light_agent"), address=ADDRESS, now=shop.now)
    assert SuppressedAddress.objects.exists()
    assert allow_address(actor=shop.actor("agent"), address=ADDRESS, now=shop.now)
    assert not allow_address(actor=shop.actor("agent"), address=ADDRESS, now=shop.now)
    assert not SuppressedAddress.objects.exists()

"""Spam is deleted after thirty days, with all that hangs on it, some at a time, and never what still waits."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from okno.channels.email.models import OutgoingMail, RawMail
from okno.lib.stores import file_store, raw_store
from okno.reactors.intake import emptying
from okno.reactors.intake.emptying import SPAM_KEPT, empty_spam
from okno.spine.actor import SYSTEM
from okno.spine.models import Event, Timer
from okno.tickets.commands.spam import delete_spam, mark_spam, unmark_spam
from okno.tickets.models import Attachment, HeldMessage, Message, SideThread, Ticket
from tests.conftest import Shop
from tests.reactors.intake.test_pipeline import answer_of, take_in, write_mail


def old_spam(shop: Shop, subject: str = "Watches", **mail: object) -> Ticket:
    """Return a ticket that came by mail with a file, was answered, and has been spam for thirty days."""
    written = write_mail(shop, subject=subject, **mail)  # type: ignore[arg-type]
    written.add_attachment(f"file of {subject}".encode(), maintype="text", subtype="plain", filename="a.txt")
    ticket = Ticket.objects.get(number=take_in(shop, written).ticket_number)
    answer_of(shop, ticket)
    mark_spam(actor=shop.actor("agent"), ticket_id=ticket.pk, now=shop.now - SPAM_KEPT - timedelta(minutes=1))
    return ticket


def test_a_ticket_goes_with_messages_files_mails_and_what_was_to_leave(shop: Shop) -> None:
    ticket = old_spam(shop)
    thread = SideThread.objects.create(ticket=ticket, subject="Ask", created_at=shop.now)
    Message.objects.filter(ticket=ticket, direction="in").update(side_thread=thread)
    raw = RawMail.objects.get()
    file = Attachment.objects.get()
    empty_spam(shop.now)
    for model in (Ticket, Message, Attachment, RawMail, OutgoingMail, SideThread, HeldMessage):
        assert not model.objects.exists(), model
    assert Event.objects.get(type="ticket.deleted").payload == {"number": ticket.number}
    forgotten = dict(Timer.objects.filter(kind__contains="forget_").values_list("kind", "payload"))
    assert forgotten["email.forget_bytes"] == {"sha256": [raw.sha256]}
    assert forgotten["tickets.forget_files"] == {"sha256": [file.sha256]}
    # Not before the deletion has surely committed.
    assert raw_store().exists(shop.workspace.pk, raw.sha256)
    assert file_store().exists(shop.workspace.pk, file.sha256)


def test_younger_spam_and_what_is_none_stays(shop: Shop) -> None:
    young, put_back = old_spam(shop, "Young"), old_spam(shop, "Put back", sender="ben@client.example")
    Ticket.objects.filter(pk=young.pk).update(spam_at=shop.now - SPAM_KEPT + timedelta(minutes=1))
    unmark_spam(actor=shop.actor("agent"), ticket_id=put_back.pk, now=shop.now)
    empty_spam(shop.now)
    assert set(Ticket.objects.values_list("pk", flat=True)) == {young.pk, put_back.pk}
    assert not delete_spam(actor=SYSTEM, ticket_id=put_back.pk, now=shop.now)


def test_mails_go_and_what_was_let_in_stays(shop: Shop) -> None:
    gone, kept = (
        take_in(shop, write_mail(shop, headers={"X-Spam-Flag": "YES"}, text=text))
        for text in ("Gone", "Kept")
    )
    opened = take_in(shop, write_mail(shop, subject="Honest"))
    RawMail.objects.filter(pk__in=[gone.pk, opened.pk]).update(
        finished_at=shop.now - SPAM_KEPT - timedelta(minutes=1)
    )
    empty_spam(shop.now)
    assert set(RawMail.objects.values_list("pk", flat=True)) == {kept.pk, opened.pk}


def test_a_mail_that_waits_on_a_deleted_ticket_waits_on_without_it(shop: Shop) -> None:
    ticket = old_spam(shop)
    ours = OutgoingMail.objects.get(subject_kind="message")
    raw = take_in(shop, write_mail(shop, sender="eve@evil.example", headers={"In-Reply-To": ours.message_id}))
    HeldMessage.objects.all().delete()
    held = HeldMessage.objects.create(
        ticket=ticket, raw=raw, from_address="eve@evil.example", reason="other_address", created_at=shop.now
    )
    RawMail.objects.filter(pk=raw.pk).update(outcome="held", reason="other_address")
    empty_spam(shop.now)
    held.refresh_from_db()
    assert (held.ticket_id, held.decision, held.raw_id) == (None, "", raw.pk)
    assert not Ticket.objects.exists()


def test_much_goes_in_several_transactions(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emptying, "TICKETS_AT_ONCE", 1)
    old_spam(shop, "One"), old_spam(shop, "Two", sender="ben@client.example")
    empty_spam(shop.now)
    assert Ticket.objects.count() == 1
    timer = Timer.objects.get(kind=emptying.MORE)
    emptying.empty_more(timer)
    assert not Ticket.objects.exists()


def test_a_new_workspace_is_emptied_every_night(shop: Shop) -> None:
    assert Timer.objects.filter(kind="intake.empty_spam").exists()


def test_what_is_left_of_it_breaks_no_key(shop: Shop) -> None:
    old_spam(shop)
    empty_spam(shop.now)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

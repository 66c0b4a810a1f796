"""Too much of one sender is held, and nothing of it is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from okno.channels.email.models import Mailbox, OutgoingMail, RawMail
from okno.channels.email.senders import trust_sender
from okno.people.models import Contact
from okno.reactors.intake.held import settle_held
from okno.reactors.intake.rates import written_lately
from okno.spine.models import Event
from okno.spine.work import drain
from okno.tickets.models import HeldMessage, Ticket
from tests.conftest import Shop
from tests.reactors.intake.test_pipeline import answer_of, take_in, write_mail


@pytest.fixture
def narrow(shop: Shop) -> Shop:
    """Return a shop whose mailbox takes two mails of a sender in an hour."""
    Mailbox.objects.filter(pk=shop.mailbox().pk).update(sender_hour_limit=2)
    return shop


def fill(shop: Shop, *, sender: str = "rosa@client.example") -> None:
    """Take in as much of a sender as is allowed."""
    for number in range(2):
        assert take_in(shop, write_mail(shop, sender=sender, subject=f"Full {number}")).outcome == "opened"


def test_a_mail_beyond_the_rate_waits_without_a_ticket(narrow: Shop) -> None:
    fill(narrow)
    tickets, contacts, mails = Ticket.objects.count(), Contact.objects.count(), OutgoingMail.objects.count()
    raw = take_in(narrow, write_mail(narrow, subject="One too many", text="Hear me"))
    assert (raw.outcome, raw.reason, raw.ticket_number) == ("held", "rate", None)
    held = HeldMessage.objects.get()
    assert (held.ticket, held.raw_id, held.subject, held.text) == (None, raw.pk, "One too many", "Hear me")
    assert (Ticket.objects.count(), Contact.objects.count(), OutgoingMail.objects.count()) == (
        tickets,
        contacts,
        mails,
    )
    event = Event.objects.get(type="ticket.message_held")
    assert (event.subject_kind, event.subject_id) == ("held", held.pk)


def test_an_answer_beyond_the_rate_waits_on_its_ticket(narrow: Shop) -> None:
    fill(narrow)
    ticket = Ticket.objects.earliest("id")
    ours = answer_of(narrow, ticket)
    raw = take_in(narrow, write_mail(narrow, text="More", headers={"In-Reply-To": ours.message_id}))
    assert (raw.outcome, raw.reason, raw.ticket_number) == ("held", "rate", ticket.number)
    ticket.refresh_from_db()
    assert ticket.held_count == 1
    held = HeldMessage.objects.get()
    settle_held(actor=narrow.actor("agent"), held_id=held.pk, decision="accepted", now=narrow.now)
    drain(RawMail)
    raw.refresh_from_db()
    assert (raw.outcome, raw.ticket_number) == ("replied", ticket.number)


@pytest.mark.parametrize("decision", ["accepted", "new_ticket"])
def test_what_was_held_without_a_ticket_opens_one(narrow: Shop, decision: str) -> None:
    fill(narrow)
    raw = take_in(narrow, write_mail(narrow, subject="Late"))
    held = HeldMessage.objects.get()
    settle_held(actor=narrow.actor("agent"), held_id=held.pk, decision=decision, now=narrow.now)
    drain(RawMail)
    raw.refresh_from_db()
    assert raw.outcome == "opened"
    assert Ticket.objects.get(number=raw.ticket_number).subject == "Late"


def test_another_sender_is_not_held_for_it(narrow: Shop) -> None:
    fill(narrow)
    assert take_in(narrow, write_mail(narrow, sender="ben@client.example")).outcome == "opened"


def test_what_came_before_this_hour_does_not_count(narrow: Shop) -> None:
    fill(narrow)
    RawMail.objects.update(created_at=narrow.now - timedelta(hours=1, seconds=5))
    assert take_in(narrow, write_mail(narrow, subject="Next hour")).outcome == "opened"


def test_nought_is_no_limit(narrow: Shop) -> None:
    fill(narrow)
    Mailbox.objects.update(sender_hour_limit=0)
    assert take_in(narrow, write_mail(narrow, subject="Third")).outcome == "opened"


def test_trusted_senders_and_colleagues_are_not_counted(narrow: Shop) -> None:
    trust_sender(actor=narrow.actor("agent"), pattern="monitor@client.example", now=narrow.now)
    for sender in ("monitor@client.example", narrow.member("agent").email):
        fill(narrow, sender=sender)
        assert take_in(narrow, write_mail(narrow, sender=sender, subject="Third")).outcome == "opened"


def test_imported_mail_is_not_counted(narrow: Shop) -> None:
    fill(narrow)
    mail = write_mail(narrow, subject="Old")
    raw = take_in(narrow, mail)
    assert raw.outcome == "held"
    HeldMessage.objects.all().delete()
    RawMail.objects.filter(pk=raw.pk).update(source="ingest", state="due", outcome="")
    drain(RawMail)
    raw.refresh_from_db()
    assert raw.outcome == "opened"


def test_what_lay_in_a_mailbox_before_fills_nobodys_hour(narrow: Shop) -> None:
    fill(narrow)
    RawMail.objects.update(is_import=True)
    assert take_in(narrow, write_mail(narrow, subject="New")).outcome == "opened"


def test_mails_without_a_sender_are_not_one_sender(narrow: Shop) -> None:
    for number in range(4):
        assert take_in(narrow, f"Subject: {number}\r\n\r\nhello".encode()).outcome == "opened"


def test_the_question_is_bounded_and_asks_an_index(narrow: Shop) -> None:
    from tests.tickets.test_explain import explained

    rows = written_lately("rosa@client.example", now=narrow.now)
    assert "email_raw_sender" in explained(rows.values_list("pk")[:30])

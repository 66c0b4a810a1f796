"""One raw mail, one outcome: where a mail belongs and whether it may go there."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from okno.channels.email.models import Mailbox, OutgoingMail, RawMail
from okno.lib.stores import raw_store
from okno.people.models import ContactAddress
from okno.reactors.intake.held import settle_held
from okno.spine.models import Event, Reaction
from okno.spine.work import drain
from okno.team.models import Desk
from okno.tickets.commands.reply import reply_to_ticket
from okno.tickets.commands.status import change_status
from okno.tickets.models import HeldMessage, Message, StatusCategory, Ticket, TicketLink
from tests.conftest import Shop


def write_mail(
    shop: Shop,
    *,
    sender: str = "Rosa Client <rosa@client.example>",
    subject: str = "The scanner hums",
    text: str = "It hums all day.",
    headers: dict[str, str] | None = None,
    to: str | None = None,
) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = to or f"support@{shop.host}"
    mail["Subject"] = subject
    mail["Message-ID"] = f"<{abs(hash((sender, subject, text)))}@client.example>"
    for name, value in (headers or {}).items():
        del mail[name]
        mail[name] = value
    mail.set_content(text)
    return mail


def take_in(
    shop: Shop,
    mail: EmailMessage | bytes,
    *,
    envelope_to: list[str] | None = None,
    mailbox: Mailbox | None = None,
) -> RawMail:
    """Store a mail as the channels do, let the worker run, and return its row."""
    content = mail if isinstance(mail, bytes) else mail.as_bytes()
    mailbox = mailbox or shop.mailbox()
    blob = raw_store().put(shop.workspace.pk, content)
    raw = RawMail.objects.create(
        mailbox=mailbox,
        source="smtp",
        sha256=blob.sha256,
        size=blob.size,
        envelope_from="rosa@client.example",
        envelope_to=envelope_to or [f"support@{shop.host}"],
    )
    drain(RawMail)
    raw.refresh_from_db()
    return raw


def answer_of(shop: Shop, ticket: Ticket) -> OutgoingMail:
    """Let an agent answer, and return the mail that leaves."""
    message = reply_to_ticket(
        actor=shop.actor("agent"), ticket_id=ticket.pk, text="Please turn it off and on.", now=shop.now
    )
    return OutgoingMail.objects.get(subject_kind="message", subject_ref=message.pk)


def test_a_mail_opens_a_ticket(shop: Shop) -> None:
    raw = take_in(shop, write_mail(shop))
    assert (raw.outcome, raw.state) == ("opened", "done")
    ticket = Ticket.objects.get(number=raw.ticket_number)
    assert (ticket.subject, ticket.channel, ticket.category) == ("The scanner hums", "email", "new")
    assert ticket.requester.name == "Rosa Client"
    message = Message.objects.get(ticket=ticket)
    assert (message.direction, message.text, message.raw_id) == ("in", "It hums all day.", raw.pk)


def test_signature_and_quotation_are_folded_and_not_lost(shop: Shop) -> None:
    text = "It hums.\n\n-- \nRosa\n\nOn 3 Nov 2026 10:11, Support wrote:\n> Does it hum?\n"
    message = Message.objects.get(raw=take_in(shop, write_mail(shop, text=text)))
    assert message.text == "It hums."
    assert message.quoted_text == "-- \nRosa\n\nOn 3 Nov 2026 10:11, Support wrote:\n> Does it hum?"


def test_a_mail_of_nothing_but_quoted_words_shows_them(shop: Shop) -> None:
    text = "Sent from my iPhone\n\nOn 3 Nov 2026 10:11, Support wrote:\n> Does it hum?\n"
    message = Message.objects.get(raw=take_in(shop, write_mail(shop, text=text)))
    assert (message.text, message.quoted_text) == (text.strip(), "")


def test_a_mail_in_our_own_name_has_no_requester_and_lets_nobody_in(shop: Shop) -> None:
    mail = write_mail(shop)
    del mail["From"]
    mail["From"] = f"Support <support@{shop.host}>"
    mail["Cc"] = "stranger@elsewhere.example"
    raw = take_in(shop, mail)
    assert (raw.outcome, raw.reason) == ("opened", "own_address")
    ticket = Ticket.objects.get(number=raw.ticket_number)
    assert ticket.requester is None
    assert not ticket.participants.exists()
    drain(Reaction)
    assert not OutgoingMail.objects.filter(purpose="receipt").exists()


@pytest.mark.parametrize("has_same_bytes", [True, False])
def test_a_mail_to_two_desks_is_a_request_at_each(shop: Shop, has_same_bytes: bool) -> None:
    sales = Desk.objects.create(name="Sales", position=2)
    other = Mailbox.objects.create(address=f"sales@{shop.host}", desk=sales, name="Sales")
    mail = write_mail(shop)
    first = take_in(shop, mail)
    content = mail.as_bytes() if has_same_bytes else b"Received: by another way\r\n" + mail.as_bytes()
    second = take_in(shop, content, mailbox=other)
    assert (first.outcome, second.outcome) == ("opened", "opened")
    one, two = (Ticket.objects.get(number=raw.ticket_number) for raw in (first, second))
    assert (one.desk_id, two.desk_id) == (shop.mailbox().desk_id, sales.pk)
    assert TicketLink.objects.filter(source=two, target=one, kind="related").exists()
    # Whatever comes a third time has come before, at either desk.
    assert take_in(shop, content, mailbox=other).outcome == "duplicate"
    assert take_in(shop, mail).outcome == "duplicate"
    assert Ticket.objects.count() == 2


def test_an_answer_that_reaches_two_desks_joins_its_ticket_once(shop: Shop) -> None:
    sales = Desk.objects.create(name="Sales", position=2)
    other = Mailbox.objects.create(address=f"sales@{shop.host}", desk=sales, name="Sales")
    first = take_in(shop, write_mail(shop))
    ticket = Ticket.objects.get(number=first.ticket_number)
    sent = answer_of(shop, ticket)
    reply = write_mail(shop, subject="Re: it", text="Still humming.")
    reply["In-Reply-To"] = sent.message_id
    assert take_in(shop, reply).outcome == "replied"
    assert take_in(shop, b"Received: twice\r\n" + reply.as_bytes(), mailbox=other).outcome == "duplicate"
    assert Message.objects.filter(ticket=ticket, direction="in").count() == 2


def test_the_receipt_to_an_unproven_address_has_only_our_own_words(shop: Shop) -> None:
    raw = take_in(shop, write_mail(shop, subject="Buy pills", text="Click here"))
    drain(Reaction)
    receipt = OutgoingMail.objects.get(purpose="receipt")
    everything = receipt.subject + receipt.text + receipt.html + str(receipt.to)
    assert str(raw.ticket_number) in receipt.subject
    assert "pills" not in everything
    assert "Click" not in everything
    assert "Rosa" not in everything
    assert receipt.is_automatic


def test_an_unproven_address_gets_one_receipt_a_day(shop: Shop) -> None:
    take_in(shop, write_mail(shop, subject="One"))
    take_in(shop, write_mail(shop, subject="Two"))
    drain(Reaction)
    assert OutgoingMail.objects.filter(purpose="receipt").count() == 1
    assert ContactAddress.objects.get(value="rosa@client.example").receipt_sent_at is not None


@pytest.mark.parametrize("way", ["references", "plus-tag", "body"])
def test_the_answer_of_a_participant_joins_by_any_of_the_three_tokens(shop: Shop, way: str) -> None:
    ticket = Ticket.objects.get(number=take_in(shop, write_mail(shop)).ticket_number)
    ours = answer_of(shop, ticket)
    mail = write_mail(shop, subject="whatever", text="It still hums.")
    envelope = None
    if way == "references":
        mail["In-Reply-To"] = ours.message_id
    elif way == "plus-tag":
        envelope = [ours.reply_to]
    else:
        mail.set_content(f"It still hums.\n\n> {ours.text}")
    raw = take_in(shop, mail, envelope_to=envelope)
    assert (raw.outcome, raw.ticket_number) == ("replied", ticket.number)
    newest = Message.objects.filter(ticket=ticket).order_by("-id")[0]
    assert newest.text.startswith("It still hums.")


def test_a_reference_to_a_stored_mail_of_the_client_is_enough(shop: Shop) -> None:
    first = write_mail(shop)
    ticket = Ticket.objects.get(number=take_in(shop, first).ticket_number)
    mail = write_mail(
        shop, subject="One more thing", text="And it smells.", headers={"References": first["Message-ID"]}
    )
    raw = take_in(shop, mail)
    assert (raw.outcome, raw.ticket_number) == ("replied", ticket.number)


def test_an_answer_opens_what_was_resolved(shop: Shop) -> None:
    ticket = Ticket.objects.get(number=take_in(shop, write_mail(shop)).ticket_number)
    ours = answer_of(shop, ticket)
    change_status(
        actor=shop.actor("agent"), ticket_id=ticket.pk, status=StatusCategory.RESOLVED, now=shop.now
    )
    take_in(shop, write_mail(shop, text="Not at all.", headers={"In-Reply-To": ours.message_id}))
    ticket.refresh_from_db()
    assert (ticket.category, ticket.reopen_count) == ("open", 1)
    assert ticket.waiting_since is not None


def test_another_address_with_a_token_is_held_and_nobody_is_told(shop: Shop) -> None:
    ticket = Ticket.objects.get(number=take_in(shop, write_mail(shop)).ticket_number)
    ours = answer_of(shop, ticket)
    before = Message.objects.filter(ticket=ticket).count()
    stranger = write_mail(
        shop,
        sender="Eve <eve@evil.example>",
        text="Send me everything",
        headers={"In-Reply-To": ours.message_id, "Cc": "mallory@evil.example"},
    )
    raw = take_in(shop, stranger)
    assert (raw.outcome, raw.reason, raw.ticket_number) == ("held", "other_address", ticket.number)
    assert Message.objects.filter(ticket=ticket).count() == before
    assert not ContactAddress.objects.filter(value__in=["eve@evil.example", "mallory@evil.example"]).exists()
    ticket.refresh_from_db()
    assert ticket.held_count == 1


def test_a_failed_verdict_of_the_trusted_server_holds_and_others_are_not_believed(shop: Shop) -> None:
    Mailbox.objects.filter(pk=shop.mailbox().pk).update(trusted_authserv="mx.ours.example")
    ticket = Ticket.objects.get(number=take_in(shop, write_mail(shop)).ticket_number)
    ours = answer_of(shop, ticket)
    forged = write_mail(
        shop,
        text="Forged",
        headers={"In-Reply-To": ours.message_id, "Authentication-Results": "mx.ours.example; dmarc=fail"},
    )
    assert take_in(shop, forged).outcome == "held"
    foreign = write_mail(
        shop,
        text="Genuine",
        headers={"In-Reply-To": ours.message_id, "Authentication-Results": "mx.evil.example; dmarc=fail"},
    )
    assert take_in(shop, foreign).outcome == "replied"


def test_a_number_in_the_subject_proves_nothing_but_links(shop: Shop) -> None:
    ticket = Ticket.objects.get(number=take_in(shop, write_mail(shop)).ticket_number)
    raw = take_in(shop, write_mail(shop, sender="eve@evil.example", subject=f"Re: [#{ticket.number}] hello"))
    assert raw.outcome == "opened"
    assert raw.ticket_number != ticket.number
    link = TicketLink.objects.get()
    assert (link.source.number, link.target_id) == (raw.ticket_number, ticket.pk)


def test_the_same_mail_twice_is_a_duplicate_and_the_same_id_with_other_words_is_not(shop: Shop) -> None:
    mail = write_mail(shop)
    first = take_in(shop, mail)
    again = take_in(shop, mail)
    assert (again.outcome, again.ticket_number) == ("duplicate", first.ticket_number)
    by_another_way = write_mail(shop)
    by_another_way["Received"] = "from elsewhere"
    assert take_in(shop, by_another_way).outcome == "duplicate"
    other = write_mail(shop, text="Something else", headers={"Message-ID": mail["Message-ID"]})
    assert take_in(shop, other).outcome == "opened"


def test_our_own_mail_that_comes_back_is_ignored(shop: Shop) -> None:
    ticket = Ticket.objects.get(number=take_in(shop, write_mail(shop)).ticket_number)
    ours = answer_of(shop, ticket)
    mail = write_mail(shop, sender=f"support@{shop.host}", headers={"Message-ID": ours.message_id})
    assert take_in(shop, mail).outcome == "ignored"


def test_an_automatic_answer_makes_no_ticket_and_changes_no_status(shop: Shop) -> None:
    absent = {"Auto-Submitted": "auto-replied"}
    assert take_in(shop, write_mail(shop, text="I am away", headers=absent)).outcome == "auto_reply"
    assert not Ticket.objects.exists()
    ticket = Ticket.objects.get(number=take_in(shop, write_mail(shop)).ticket_number)
    ours = answer_of(shop, ticket)
    change_status(actor=shop.actor("agent"), ticket_id=ticket.pk, status=StatusCategory.WAITING, now=shop.now)
    raw = take_in(shop, write_mail(shop, text="Away", headers={**absent, "In-Reply-To": ours.message_id}))
    assert (raw.outcome, raw.ticket_number) == ("auto_reply", ticket.number)
    ticket.refresh_from_db()
    assert ticket.category == "waiting"


def test_a_machine_that_reports_opens_a_ticket_but_gets_no_receipt(shop: Shop) -> None:
    raw = take_in(shop, write_mail(shop, text="Disk full", headers={"Auto-Submitted": "auto-generated"}))
    assert raw.outcome == "opened"
    assert not OutgoingMail.objects.filter(purpose="receipt").exists()


def test_what_does_not_say_who_sent_it_opens_a_ticket_without_requester_and_is_never_answered(
    shop: Shop,
) -> None:
    raw = take_in(shop, b"Subject: nobody\r\n\r\nhello")
    assert (raw.outcome, raw.reason, raw.sender) == ("opened", "no_sender", "")
    ticket = Ticket.objects.get(number=raw.ticket_number)
    assert (ticket.requester, ticket.subject) == (None, "nobody")
    message = Message.objects.get(ticket=ticket)
    assert (message.author_name, message.from_address, message.text) == ("(no sender)", "", "hello")
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize(
    ("decision", "outcome", "messages"),
    [("accepted", "replied", 3), ("new_ticket", "opened", 2), ("spam", "spam", 2)],
)
def test_an_agent_decides_on_a_held_mail(shop: Shop, decision: str, outcome: str, messages: int) -> None:
    ticket = Ticket.objects.get(number=take_in(shop, write_mail(shop)).ticket_number)
    ours = answer_of(shop, ticket)
    raw = take_in(shop, write_mail(shop, sender="eve@evil.example", headers={"In-Reply-To": ours.message_id}))
    held = HeldMessage.objects.get(raw=raw)
    settle_held(actor=shop.actor("agent"), held_id=held.pk, decision=decision, now=shop.now)
    settle_held(actor=shop.actor("agent"), held_id=held.pk, decision=decision, now=shop.now)
    drain(RawMail)
    raw.refresh_from_db()
    assert raw.outcome == outcome
    assert Message.objects.filter(ticket=ticket).count() == messages
    ticket.refresh_from_db()
    assert ticket.held_count == 0


def test_a_member_answers_a_notification_and_it_becomes_a_reply(shop: Shop) -> None:
    shop.actor("agent")
    ticket = Ticket.objects.get(number=take_in(shop, write_mail(shop)).ticket_number)
    from okno.team.models import Team, TeamMembership

    TeamMembership.objects.create(team=Team.objects.get(), member=shop.member("agent"))
    raw = take_in(shop, write_mail(shop, subject="Another"))
    from okno.spine.models import Reaction

    drain(Reaction)
    notice = OutgoingMail.objects.get(
        purpose="staff", subject_ref=Ticket.objects.get(number=raw.ticket_number).pk
    )
    mail = write_mail(
        shop, sender=shop.member("agent").email, text="On my way.", headers={"In-Reply-To": notice.message_id}
    )
    answered = take_in(shop, mail)
    assert (answered.outcome, answered.reason) == ("replied", "staff")
    message = Message.objects.get(raw=answered)
    assert (message.direction, message.author_member_id) == ("out", shop.member("agent").pk)
    by_another_way = take_in(shop, b"Received: from a by b; Mon, 1 Jan 2024 10:00:00 +0000\r\n" + bytes(mail))
    assert (by_another_way.outcome, by_another_way.message_ref) == ("duplicate", message.pk)
    stranger = write_mail(
        shop, sender="eve@evil.example", text="Pwned", headers={"In-Reply-To": notice.message_id}
    )
    assert take_in(shop, stranger).outcome == "held"
    assert ticket.number != raw.ticket_number


def test_one_mail_makes_one_event_of_each_kind(shop: Shop) -> None:
    before = set(Event.objects.values_list("pk", flat=True))
    take_in(shop, write_mail(shop))
    types = sorted(Event.objects.exclude(pk__in=before).values_list("type", flat=True))
    assert types == ["contact.created", "ticket.created", "ticket.message_added"]

"""Reports, complaints, absences and loops: each where it belongs, believed no further than it is proven."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.message import Message as Part
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from uuid import uuid4

import pytest

from okno.channels.base import Bounce, ParsedMessage
from okno.channels.email import sender
from okno.channels.email.answering import forget_answers, take_answer
from okno.channels.email.compose import compose
from okno.channels.email.models import AutomaticAnswers, OutgoingMail, RawMail, SuppressedAddress
from okno.channels.email.parse import parse_message
from okno.lib.addresses import Address
from okno.people.commands import verify_address
from okno.reactors.intake import pipeline
from okno.reactors.intake.mails import Mail, Settled
from okno.reactors.notify.models import Notification
from okno.spine.models import Event, Reaction
from okno.spine.work import drain
from okno.tenancy.scope import scope
from okno.tickets.commands.deliveries import record_delivery
from okno.tickets.commands.reply import reply_to_ticket
from okno.tickets.commands.status import change_status
from okno.tickets.models import Delivery, HeldMessage, Message, StatusCategory, Ticket
from tests.conftest import Shop, make_shop

GONE = Bounce(recipient="requester@client.example", status="5.1.1", reason="550 5.1.1 No such user")
FULL = Bounce(
    recipient="requester@client.example", status="5.2.2", reason="552 5.2.2 Over quota", permanent=False
)
DAEMON = Address("mailer-daemon@mx.client.example", "Mail Delivery System")


def answered(shop: Shop, *, ticket: Ticket | None = None, cc: list[str] | None = None) -> OutgoingMail:
    """Let an agent answer a ticket and the mail leave; returns it."""
    shop.mailbox()
    ticket = ticket or shop.ticket()
    message = reply_to_ticket(
        actor=shop.actor("agent"),
        ticket_id=ticket.pk,
        text="Turn it off and on.",
        to=["requester@client.example"],
        cc=cc,
        now=shop.now,
    )
    mail = OutgoingMail.objects.get(subject_kind="message", subject_ref=message.pk)
    return left(shop, mail)


def left(shop: Shop, mail: OutgoingMail) -> OutgoingMail:
    """Say that a server took a mail for all its recipients."""
    results = {address: {"state": "sent", "code": 250, "words": ""} for address in mail.recipients()}
    OutgoingMail.objects.filter(pk=mail.pk).update(state="done", results=results)
    record_delivery(mail=mail, results=results, now=shop.now)
    mail.refresh_from_db()
    return mail


def take_in(shop: Shop, parsed: ParsedMessage, *, verdict: str = "none", **values: object) -> Settled:
    """Settle a mail that has been read, as the worker does."""
    mailbox = shop.mailbox()
    raw = RawMail.objects.create(
        mailbox=mailbox,
        source="smtp",
        sha256=uuid4().hex,
        size=1,
        message_id=parsed.message_id,
        sender=parsed.sender.address if parsed.sender else "",
        envelope_from="" if parsed.is_bounce else "requester@client.example",
        **{"created_at": shop.now, **values},
    )
    mail = Mail(
        raw=raw,
        parsed=parsed,
        files=[],
        mailbox=mailbox,
        own_addresses=frozenset({mailbox.address}),
        verdict=verdict,  # type: ignore[arg-type]
    )
    settled = pipeline.settle(mail, now=shop.now)
    RawMail.objects.filter(pk=raw.pk).update(state="done", **settled.columns())
    return settled


def report(mail: OutgoingMail | None, *bounces: Bounce, **values: object) -> ParsedMessage:
    """Return a delivery report about a mail of ours."""
    return replace(
        ParsedMessage(
            message_id=f"<{uuid4()}@mx.client.example>",
            subject="Undelivered Mail Returned to Sender",
            senders=(DAEMON,),
            text="I am sorry.",
            reply_text="I am sorry.",
            is_automatic=True,
            is_bounce=True,
            bounces=bounces or (GONE,),
            reported_ids=(mail.message_id,) if mail else (),
        ),
        **values,  # type: ignore[arg-type]
    )


def person(text: str, **values: object) -> ParsedMessage:
    """Return a mail that the requester might write."""
    return replace(
        ParsedMessage(
            message_id=f"<{uuid4()}@client.example>",
            subject="Re: The printer",
            senders=(Address("requester@client.example", "Requester"),),
            text=text,
            reply_text=text,
        ),
        **values,  # type: ignore[arg-type]
    )


def before_and_after(ticket: Ticket) -> list[object]:
    ticket = Ticket.objects.get(pk=ticket.pk)
    names = ("category", "waiting_since", "last_requester_at", "last_agent_at", "reopen_count", "last_words")
    return [getattr(ticket, name) for name in names]


def test_a_report_lands_on_the_exact_mail_and_recipient(shop: Shop) -> None:
    ticket = shop.ticket()
    mail = answered(shop, ticket=ticket, cc=["copied@client.example"])
    before = before_and_after(ticket)
    Reaction.objects.all().delete()
    settled = take_in(shop, report(mail))
    assert (settled.outcome, settled.reason) == ("bounced", "")
    states = {row.address: row for row in Delivery.objects.filter(mail=mail)}
    failed = states["requester@client.example"]
    assert (failed.state, failed.status, failed.is_permanent) == ("failed", "5.1.1", True)
    assert failed.words == "550 5.1.1 No such user"
    assert states["copied@client.example"].state == "sent"
    assert before_and_after(ticket) == before
    entry = Message.objects.get(pk=settled.message.pk)  # type: ignore[union-attr]
    assert (entry.ticket_id, entry.kind, entry.is_automatic) == (ticket.pk, "note", True)
    assert entry.raw is not None
    assert OutgoingMail.objects.filter(is_automatic=True, pk__gt=mail.pk).count() == 0
    drain(Reaction)
    assert Notification.objects.get(kind="delivery_failed").member == shop.member("agent")


def test_a_report_that_comes_twice_is_told_once(shop: Shop) -> None:
    mail = answered(shop)
    take_in(shop, report(mail))
    told = Event.objects.filter(type="ticket.delivery_changed").count()
    again = take_in(shop, report(mail))
    assert again.outcome == "bounced"
    assert Event.objects.filter(type="ticket.delivery_changed").count() == told
    assert SuppressedAddress.objects.count() == 1


@pytest.mark.parametrize("way", ["body", "recipient"])
def test_without_the_headers_a_token_of_ours_leads_to_the_mail(shop: Shop, way: str) -> None:
    mail = answered(shop)
    if way == "body":
        parsed = report(None, text=f"The mail said:\n{mail.text}")
    else:
        parsed = report(None, to=(Address(mail.reply_to),))
    take_in(shop, parsed)
    assert Delivery.objects.get(mail=mail).state == "failed"


@pytest.mark.parametrize(
    ("ids", "outcome", "reason"),
    [(("<made-up@client.example>",), "bounced", "report_of_nothing"), ((), "bounced", "report_of_nothing")],
)
def test_a_forged_report_changes_nothing(shop: Shop, ids: tuple[str, ...], outcome: str, reason: str) -> None:
    mail = answered(shop)
    before = Message.objects.count()
    settled = take_in(shop, report(None, reported_ids=ids))
    assert (settled.outcome, settled.reason, settled.ticket) == (outcome, reason, None)
    assert Delivery.objects.get(mail=mail).state == "sent"
    assert not SuppressedAddress.objects.exists()
    assert Message.objects.count() == before


def test_a_report_of_somebody_who_did_not_get_the_mail_changes_no_delivery(shop: Shop) -> None:
    mail = answered(shop, cc=["copied@client.example"])
    settled = take_in(shop, report(mail, replace(GONE, recipient="victim@bank.example")))
    assert settled.reason == "report_of_others"
    assert set(Delivery.objects.filter(mail=mail).values_list("state", flat=True)) == {"sent"}
    assert not SuppressedAddress.objects.exists()


def test_an_address_that_mail_was_forwarded_to_fails_the_one_that_we_wrote_to_but_suppresses_nobody(
    shop: Shop,
) -> None:
    mail = answered(shop)
    take_in(shop, report(mail, replace(GONE, recipient="old@elsewhere.example")))
    assert Delivery.objects.get(mail=mail).state == "failed"
    assert not SuppressedAddress.objects.exists()


def test_a_delay_is_noted_and_alarms_nobody(shop: Shop) -> None:
    mail = answered(shop)
    Reaction.objects.all().delete()
    delayed = replace(GONE, status="4.4.1", action="delayed", permanent=False, reason="Connection refused")
    take_in(shop, report(mail, delayed))
    delivery = Delivery.objects.get(mail=mail)
    assert (delivery.state, delivery.status, delivery.words) == ("sent", "4.4.1", "Connection refused")
    drain(Reaction)
    assert not Notification.objects.exists()
    take_in(shop, report(mail))
    assert Delivery.objects.get(mail=mail).state == "failed"


def test_a_report_that_is_faster_than_our_own_mark_is_believed(shop: Shop) -> None:
    mail = answered(shop)
    OutgoingMail.objects.filter(pk=mail.pk).update(state="due", results={}, attempts=1)
    Delivery.objects.filter(mail=mail).update(state="waiting")
    take_in(shop, report(mail))
    assert Delivery.objects.get(mail=mail).state == "failed"
    mail.refresh_from_db()
    assert mail.unsettled_recipients() == []


def test_a_late_report_of_an_attempt_that_was_followed_by_another_is_kept_and_changes_nothing(
    shop: Shop,
) -> None:
    mail = answered(shop)
    newer = OutgoingMail.objects.get(pk=mail.pk)
    newer.pk, newer.message_id = None, "<okno-newer@shop.example>"
    newer.save(force_insert=True)
    Delivery.objects.filter(mail=mail).update(mail=newer)
    settled = take_in(shop, report(mail))
    assert settled.message is not None
    assert Delivery.objects.get(mail=newer).state == "sent"


def test_a_report_on_a_receipt_stands_in_the_outbox_and_on_the_ticket(shop: Shop) -> None:
    shop.mailbox()
    settled = take_in(shop, person("Help!", senders=(Address("wrong@client.example"),)))
    drain(Reaction)
    receipt = left(shop, OutgoingMail.objects.get(purpose="receipt"))
    bounced = take_in(shop, report(receipt, replace(GONE, recipient="wrong@client.example")))
    assert (bounced.outcome, bounced.ticket) == ("bounced", settled.ticket)
    receipt.refresh_from_db()
    assert receipt.results["wrong@client.example"]["state"] == "failed"
    assert receipt.results["wrong@client.example"]["status"] == "5.1.1"


def test_only_who_is_gone_for_good_is_suppressed(shop: Shop) -> None:
    mail = answered(shop)
    take_in(shop, report(mail, FULL))
    assert not SuppressedAddress.objects.exists()
    other = answered(shop)
    take_in(shop, report(other), verdict="fail")
    assert not SuppressedAddress.objects.exists()
    take_in(shop, report(answered(shop)))
    row = SuppressedAddress.objects.get()
    assert (row.address, row.cause, row.status) == ("requester@client.example", "bounced", "5.1.1")
    assert row.raw is not None


def test_a_mail_to_several_proves_a_report_to_each_of_them_so_it_suppresses_none(shop: Shop) -> None:
    mail = answered(shop, cc=["boss@client.example"])
    take_in(shop, report(mail))
    failed = Delivery.objects.get(mail=mail, address="requester@client.example")
    assert (failed.state, failed.status) == ("failed", "5.1.1")
    complaint = report(
        mail, bounces=(), is_bounce=False, is_complaint=True, reported_recipients=mail.recipients()
    )
    take_in(shop, complaint)
    assert not SuppressedAddress.objects.exists()


def test_a_complaint_ends_automatic_mail_to_whom_it_names(shop: Shop) -> None:
    ticket = shop.ticket()
    mail = answered(shop, ticket=ticket)
    before = before_and_after(ticket)
    complaint = report(
        mail,
        bounces=(),
        is_bounce=False,
        is_complaint=True,
        reported_recipients=("requester@client.example", "victim@bank.example"),
    )
    settled = take_in(shop, complaint)
    assert (settled.outcome, settled.ticket) == ("complaint", ticket)
    assert SuppressedAddress.objects.get().cause == "complaint"
    assert Delivery.objects.get(mail=mail).state == "sent"
    assert before_and_after(ticket) == before


@pytest.mark.parametrize("category", [StatusCategory.WAITING, StatusCategory.RESOLVED, StatusCategory.CLOSED])
def test_an_absence_is_kept_and_changes_nothing(shop: Shop, category: StatusCategory) -> None:
    ticket = shop.ticket()
    mail = answered(shop, ticket=ticket)
    change_status(actor=shop.actor("agent"), ticket_id=ticket.pk, status=category, now=shop.now)
    before, sent = before_and_after(ticket), OutgoingMail.objects.count()
    absent = person(
        "I am away until Monday.",
        subject="Out of office",
        in_reply_to=(mail.message_id,),
        is_automatic=True,
        headers=(("auto-submitted", "auto-replied"),),
    )
    settled = take_in(shop, absent)
    assert (settled.outcome, settled.ticket) == ("auto_reply", ticket)
    entry = Message.objects.get(pk=settled.message.pk)  # type: ignore[union-attr]
    assert (entry.is_automatic, entry.kind) == (True, "note")
    assert before_and_after(ticket) == before
    assert OutgoingMail.objects.count() == sent


def test_a_machine_that_reports_by_itself_opens_a_ticket_and_one_that_answers_does_not(shop: Shop) -> None:
    alarm = person(
        "Disk full", subject="Alarm", is_automatic=True, headers=(("auto-submitted", "auto-generated"),)
    )
    assert take_in(shop, alarm).outcome == "opened"
    away = person("Away", subject="Автоответ: Вопрос", is_automatic=True)
    settled = take_in(shop, away)
    assert (settled.outcome, settled.reason) == ("auto_reply", "answer_without_ticket")
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize("mails", [40, pytest.param(500, marks=pytest.mark.soak)])
def test_a_flood_of_absences_is_held_and_told_once(shop: Shop, mails: int) -> None:
    ticket = shop.ticket()
    mail = answered(shop, ticket=ticket)
    sent = OutgoingMail.objects.count()
    Ticket.objects.filter(pk=ticket.pk).update(assignee=shop.member("agent"))
    type(shop.mailbox()).objects.update(sender_hour_limit=0)
    Reaction.objects.all().delete()
    outcomes = [
        take_in(
            shop,
            person(
                f"Away {number}",
                in_reply_to=(mail.message_id,),
                is_automatic=True,
                headers=(("auto-submitted", "auto-replied"),),
            ),
        ).outcome
        for number in range(mails)
    ]
    assert outcomes == ["auto_reply"] * 20 + ["held"] * (mails - 20)
    assert HeldMessage.objects.filter(reason="loop").count() == mails - 20
    assert OutgoingMail.objects.count() == sent
    drain(Reaction)
    assert Notification.objects.filter(kind="loop").count() == 1


def test_a_flood_of_reports_does_not_bury_the_ticket_and_each_is_in_the_journal(shop: Shop) -> None:
    ticket = shop.ticket()
    mail = answered(shop, ticket=ticket, cc=["copied@client.example"])
    for _number in range(25):
        take_in(shop, report(mail, FULL))
    assert Message.objects.filter(ticket=ticket, is_automatic=True).count() == 20
    late = take_in(shop, report(mail, replace(GONE, recipient="copied@client.example")))
    assert (late.outcome, late.reason, late.ticket) == ("bounced", "loop", ticket)
    assert RawMail.objects.filter(outcome="bounced", ticket_number=ticket.number).count() == 26
    # What the last one says of the recipient counts all the same.
    assert Delivery.objects.get(mail=mail, address="copied@client.example").state == "failed"


def test_after_a_pause_the_same_person_is_heard_again(shop: Shop) -> None:
    ticket = shop.ticket()
    mail = answered(shop, ticket=ticket)
    type(shop.mailbox()).objects.update(sender_hour_limit=0)
    for number in range(20):
        take_in(shop, person(f"One more thing {number}", in_reply_to=(mail.message_id,)))
    assert take_in(shop, person("And this", in_reply_to=(mail.message_id,))).outcome == "held"
    RawMail.objects.update(created_at=shop.now - timedelta(minutes=11))
    assert take_in(shop, person("Are you there?", in_reply_to=(mail.message_id,))).outcome == "replied"


def test_two_systems_that_open_tickets_at_each_other_get_three_answers_a_day(shop: Shop) -> None:
    shop.mailbox()
    verify_address(contact=shop.contact(), address="requester@client.example", now=shop.now)
    for number in range(5):
        take_in(shop, person(f"Your request {number} was received", subject=f"Ticket {number} received"))
    drain(Reaction)
    receipts = OutgoingMail.objects.filter(purpose="receipt").order_by("id")
    assert [receipt.state for receipt in receipts] == ["due"] * 3 + ["cancelled"] * 2
    assert receipts[4].last_error


def test_two_desks_that_write_to_each_other_stop_at_once(db: None, now: datetime) -> None:
    ours, theirs = make_shop(now), make_shop(now)
    with scope(ours.workspace):
        ours.mailbox()
        take_in(ours, person("Hello", senders=(Address(f"support@{theirs.host}"),)))
    here, there, rounds = ours, theirs, 0
    while rounds < 10:
        with scope(here.workspace):
            drain(Reaction)
            leaving = list(OutgoingMail.objects.filter(state="due", purpose="receipt"))
            written = [compose(sender._outbound(mail)) for mail in leaving]
            OutgoingMail.objects.update(state="done")
        if not written:
            break
        with scope(there.workspace):
            for content in written:
                take_in(there, parse_message(content))
        here, there, rounds = there, here, rounds + 1
    assert rounds == 1


def test_an_automatic_mail_of_any_kind_counts_and_the_next_day_begins_anew(shop: Shop) -> None:
    tomorrow = shop.now + timedelta(days=1)
    assert [take_answer("a@client.example", now=shop.now) for _ in range(4)] == [True, True, True, False]
    assert take_answer("b@client.example", now=shop.now)
    assert take_answer("a@client.example", now=tomorrow)
    forget_answers(shop.now + timedelta(days=9))
    assert AutomaticAnswers.objects.count() == 0


def test_an_rfc_3464_report_as_servers_write_it_is_read_and_acted_upon(shop: Shop) -> None:
    mail = answered(shop)
    parsed = parse_message(rfc_3464(mail, "requester@client.example").as_bytes())
    assert take_in(shop, parsed).outcome == "bounced"
    assert Delivery.objects.get(mail=mail).state == "failed"


def rfc_3464(mail: OutgoingMail, recipient: str) -> Part:
    """Return a report as a server writes it."""
    whole = MIMEMultipart("report", report_type="delivery-status")
    whole["From"] = "Mail Delivery System <MAILER-DAEMON@mx.client.example>"
    whole["To"] = mail.from_address
    whole["Subject"] = "Undelivered Mail Returned to Sender"
    whole["Message-ID"] = "<report-1@mx.client.example>"
    whole["Auto-Submitted"] = "auto-replied"
    whole.attach(MIMEText("Your message could not be delivered."))
    server, one = Part(), Part()
    server["Reporting-MTA"] = "dns; mx.client.example"
    one["Final-Recipient"] = f"rfc822; {recipient}"
    one["Action"] = "failed"
    one["Status"] = "5.1.1"
    one["Diagnostic-Code"] = "smtp; 550 5.1.1 No such user"
    status = Part()
    status["Content-Type"] = "message/delivery-status"
    status.set_payload([server, one])
    whole.attach(status)
    original = EmailMessage()
    original["From"], original["To"] = mail.from_address, recipient
    original["Message-ID"], original["Subject"] = mail.message_id, mail.subject
    original.set_content(mail.text)
    whole.attach(MIMEMessage(original))
    return whole

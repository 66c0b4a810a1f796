"""Many mails at once end as each would end alone; what is bad or slow among them delays and spoils nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from okno.channels.base import ParsedMessage
from okno.channels.email.models import BlockedSender, RawMail
from okno.channels.email.parse import ParseFailed
from okno.lib.stores import raw_store
from okno.people.models import ContactAddress
from okno.reactors.intake import batch, outcomes, reading
from okno.reactors.intake.pipeline import RAW_MAIL
from okno.spine.models import Event, Reaction
from okno.spine.work import drain, run_once
from okno.tenancy.scope import scope
from okno.tickets.models import Message, Participant, Ticket
from tests.conftest import Shop


def written(number: int, **headers: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = f"Client {number} <client{number}@client.example>"
    mail["Subject"] = f"Request {number}"
    mail["Message-ID"] = f"<{number}@client.example>"
    mail.set_content(f"Please help with {number}.")
    for name, value in headers.items():
        del mail[name]
        mail[name] = value
    return mail


def stored(shop: Shop, *mails: EmailMessage | bytes) -> list[RawMail]:
    """Store mails as the channels do, in one moment."""
    contents = []
    for mail in mails:
        if isinstance(mail, EmailMessage) and "To" not in mail:
            mail["To"] = f"support@{shop.host}"
        contents.append(mail if isinstance(mail, bytes) else mail.as_bytes())
    blobs = [raw_store().put(shop.workspace.pk, content) for content in contents]
    mailbox = shop.mailbox()
    return [
        RawMail.objects.create(
            mailbox=mailbox, source="smtp", sha256=blob.sha256, size=blob.size, envelope_from="a@b.example"
        )
        for blob in blobs
    ]


def outcomes_of(raws: list[RawMail]) -> list[str]:
    return [RawMail.objects.get(pk=raw.pk).outcome for raw in raws]


def test_many_mails_open_a_ticket_each(shop: Shop) -> None:
    raws = stored(shop, *(written(number) for number in range(30)))
    assert run_once(RAW_MAIL) == 30
    for number, raw in enumerate(raws):
        raw.refresh_from_db()
        ticket = Ticket.objects.get(number=raw.ticket_number)
        message = Message.objects.get(ticket=ticket)
        assert (raw.state, raw.outcome, raw.message_ref) == ("done", "opened", message.pk)
        assert raw.finished_at is not None
        assert ticket.subject == f"Request {number}"
        assert (ticket.message_count, ticket.last_words) == (1, f"Please help with {number}.")
        assert ticket.last_requester_at is not None
        assert ticket.requester.name == f"Client {number}"
        assert Participant.objects.get(ticket=ticket).contact_id == ticket.requester_id
        assert (message.raw_id, message.from_address) == (raw.pk, f"client{number}@client.example")
        kinds = Event.objects.filter(subject_kind="ticket", subject_id=ticket.pk).order_by("id")
        assert list(kinds.values_list("type", flat=True)) == ["ticket.created", "ticket.message_added"]
    assert len(set(Ticket.objects.values_list("number", flat=True))) == 30
    assert list(Message.objects.order_by("id").values_list("raw_id", flat=True)) == [raw.pk for raw in raws]
    assert Reaction.objects.filter(reactor="receipt").count() == 30


def test_the_database_is_asked_as_often_for_many_as_for_few(shop: Shop) -> None:
    def asked(first: int, count: int) -> int:
        raws = stored(shop, *(written(number) for number in range(first, first + count)))
        with CaptureQueriesContext(connection) as queries:
            run_once(RAW_MAIL)
        assert outcomes_of(raws) == ["opened"] * count
        return len(queries)

    assert asked(100, 20) == asked(200, 5)


def test_what_is_not_plain_ends_as_it_would_alone(shop: Shop) -> None:
    known = written(1)
    (first,) = stored(shop, known)
    drain(RawMail)
    BlockedSender.objects.create(pattern="@junk.example")
    answered = written(5)
    raws = stored(
        shop,
        written(2),
        known,
        written(3, From="Robot <robot@junk.example>"),
        written(4, **{"Auto-Submitted": "auto-replied"}),
        answered,
        written(6, **{"From": "client5@client.example", "In-Reply-To": answered["Message-ID"]}),
        answered,
        written(7, **{"In-Reply-To": known["Message-ID"]}),
        written(8, Subject="About #1234567"),
        written(9, **{"X-Spam-Flag": "YES"}),
        written(10),
    )
    drain(RawMail)
    ends = outcomes_of(raws)
    assert ends[:9] == [
        "opened",
        "duplicate",
        "spam",
        "auto_reply",
        "opened",
        "replied",
        "duplicate",
        "held",
        "opened",
    ]
    assert ends[10] == "opened"
    first.refresh_from_db()
    assert Ticket.objects.get(number=first.ticket_number).message_count == 1


def test_two_mails_of_a_new_sender_make_one_contact(shop: Shop) -> None:
    stored(shop, written(1), written(2, From="Client 1 <client1@client.example>", Cc="boss@client.example"))
    run_once(RAW_MAIL)
    assert ContactAddress.objects.filter(value="client1@client.example").count() == 1
    assert sorted(Participant.objects.values_list("role", flat=True)) == ["copied", "requester", "requester"]


def test_a_sender_is_held_beyond_his_rate_within_a_batch_too(shop: Shop) -> None:
    mailbox = shop.mailbox()
    mailbox.sender_hour_limit = 3
    mailbox.save()
    raws = stored(
        shop, *(written(number, From="Flood <flood@client.example>") for number in range(5)), written(9)
    )
    drain(RawMail)
    assert sorted(outcomes_of(raws)) == ["held", "held", "opened", "opened", "opened", "opened"]


def test_a_mail_that_fails_spoils_no_other(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = outcomes.open_from_mail

    def fail(mail: outcomes.Mail, **values: object) -> outcomes.Settled:
        if mail.parsed.subject == "Request 2":
            raise RuntimeError("this one")
        return plain(mail, **values)  # type: ignore[arg-type]

    monkeypatch.setattr(outcomes, "open_from_mail", fail)
    raws = stored(shop, *(written(number) for number in range(5)))
    run_once(RAW_MAIL)
    assert outcomes_of(raws) == ["opened", "opened", "", "opened", "opened"]
    bad = RawMail.objects.get(pk=raws[2].pk)
    assert (bad.state, "this one" in bad.last_error) == ("due", True)
    assert Ticket.objects.count() == 4


def test_a_mail_that_cannot_be_read_is_set_aside_and_the_others_come(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = reading.parse_raw

    def parse(raw: RawMail) -> ParsedMessage:
        if raw.pk == raws[1].pk:
            raise ParseFailed("too_many_parts")
        return plain(raw)

    monkeypatch.setattr(reading, "parse_raw", parse)
    raws = stored(shop, written(1), written(2), written(3))
    run_once(RAW_MAIL)
    assert outcomes_of(raws) == ["opened", "quarantined", "opened"]
    refused = RawMail.objects.get(pk=raws[1].pk)
    # Its header is read all the same, so that the journal can name it.
    assert (refused.subject, refused.sender) == ("Request 2", "client2@client.example")


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let mails that are read wait for no other."""
    monkeypatch.setattr(reading, "PATIENCE_SECONDS", 0.5)


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Give what a slow mail waits for; opened in the end, whatever happens."""
    event = threading.Event()
    yield event
    event.set()


def test_a_slow_mail_is_waited_for_beside_the_others(
    open_shop: Shop, monkeypatch: pytest.MonkeyPatch, hurried: None, gate: threading.Event
) -> None:
    shop, plain = open_shop, reading.parse_raw

    def parse(raw: RawMail) -> ParsedMessage:
        if raw.pk == raws[0].pk:
            assert gate.wait(30)
        return plain(raw)

    monkeypatch.setattr(reading, "parse_raw", parse)
    with scope(shop.workspace):
        raws = stored(shop, written(1), written(2), written(3))
    run_once(RAW_MAIL)
    with scope(shop.workspace):
        assert outcomes_of(raws) == ["", "opened", "opened"]
    gate.set()
    assert RAW_MAIL.aside is not None
    assert RAW_MAIL.aside() == 1
    with scope(shop.workspace):
        assert outcomes_of(raws) == ["opened"] * 3


def test_the_second_try_of_a_mail_that_killed_its_parser_is_made_beside_the_others(
    open_shop: Shop, monkeypatch: pytest.MonkeyPatch, gate: threading.Event
) -> None:
    shop, plain = open_shop, reading.parse_raw

    def parse(raw: RawMail) -> ParsedMessage:
        if raw.pk == raws[0].pk:
            assert gate.wait(30)
            raise ParseFailed("timeout")
        return plain(raw)

    monkeypatch.setattr(reading, "parse_raw", parse)
    with scope(shop.workspace):
        raws = stored(shop, written(1), written(2))
        RawMail.objects.filter(pk=raws[0].pk).update(attempts=1, last_error="timeout")
    run_once(RAW_MAIL)
    with scope(shop.workspace):
        assert outcomes_of(raws) == ["", "opened"]
    gate.set()
    assert RAW_MAIL.aside is not None
    assert RAW_MAIL.aside() == 1
    with scope(shop.workspace):
        assert outcomes_of(raws) == ["quarantined", "opened"]


def test_a_batch_is_never_larger_than_its_chunk(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "CHUNK", 4)
    raws = stored(shop, *(written(number) for number in range(10)))
    run_once(RAW_MAIL)
    assert outcomes_of(raws) == ["opened"] * 10


def test_a_mail_that_kills_the_worker_is_an_attempt_on_itself_alone(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(_raw: RawMail) -> None:
        raise Killed

    raws = stored(shop, written(1), written(2), written(3))
    # The worker that died had all three in its hands.
    RawMail.objects.update(attempts=1)
    monkeypatch.setattr(RAW_MAIL, "handle", die)
    with pytest.raises(Killed):
        run_once(RAW_MAIL)
    attempts = dict(RawMail.objects.values_list("pk", "attempts"))
    assert [attempts[raw.pk] for raw in raws] == [2, 1, 1]
    # The next time the others come first.
    monkeypatch.undo()
    order: list[int] = []
    monkeypatch.setattr(RAW_MAIL, "handle", lambda raw: order.append(raw.pk))
    RawMail.objects.update(lease_until=None)
    run_once(RAW_MAIL)
    assert order == [raws[1].pk, raws[2].pk, raws[0].pk]


def test_an_answer_waits_for_a_mail_of_its_batch_that_is_settled_alone(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "CHUNK", 3)
    # What a machine reports by itself is no plain mail; its answers come in its own portion and in the next.
    report = written(1, **{"Auto-Submitted": "auto-generated"})
    first = written(2, **{"In-Reply-To": "<1@client.example>", "From": "client1@client.example"})
    second = written(3, **{"In-Reply-To": "<2@client.example>", "From": "client1@client.example"})
    raws = stored(shop, report, first, written(4), second, written(5))
    run_once(RAW_MAIL)
    assert outcomes_of(raws) == ["opened", "replied", "opened", "replied", "opened"]


def test_what_is_settled_alone_is_not_read_twice(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    plain, read = reading.parse_raw, list[int]()

    def parse(raw: RawMail) -> ParsedMessage:
        read.append(raw.pk)
        return plain(raw)

    monkeypatch.setattr(reading, "parse_raw", parse)
    same = written(1, **{"In-Reply-To": "<1@client.example>", "Message-ID": "<2@client.example>"})
    raws = stored(shop, written(1), same, written(3))
    run_once(RAW_MAIL)
    assert outcomes_of(raws) == ["opened", "replied", "opened"]
    assert sorted(read) == [raw.pk for raw in raws]


def test_whatever_fails_in_reading_costs_the_others_nothing(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = reading.parse_raw

    def parse(raw: RawMail) -> ParsedMessage:
        if raw.pk == raws[0].pk:
            raise RuntimeError("can't start new thread")
        return plain(raw)

    monkeypatch.setattr(reading, "parse_raw", parse)
    raws = stored(shop, written(1), written(2), written(3))
    run_once(RAW_MAIL)
    assert outcomes_of(raws) == ["", "opened", "opened"]
    assert RawMail.objects.get(pk=raws[0].pk).state == "due"

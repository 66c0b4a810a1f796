"""The outgoing ledger against a real relay: nothing lost, nothing doubled but where SMTP allows no better."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from okno.channels.email import sender
from okno.channels.email.models import Mailbox, OutgoingMail
from okno.channels.email.parse import parse_message
from okno.channels.email.smtp_out import SmtpSender, Timeouts
from okno.channels.email.threading import is_own, thread_key
from okno.lib.stores import file_store
from okno.spine.work import drain
from okno.tenancy.scope import scope
from tests.conftest import Shop
from tests.servers.smtp_relay import Script, SmtpRelay


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, str]]]:
    """Collect what the layers above are told: address and state."""
    found: list[tuple[str, str]] = []

    def hook(*, mail: OutgoingMail, results: Mapping[str, Mapping[str, Any]], now: datetime) -> None:
        assert mail.workspace_id
        assert now.tzinfo
        found.extend((address, result["state"]) for address, result in results.items())

    monkeypatch.setattr(sender, "_hooks", [hook])
    yield found
    for kept in sender._thread.__dict__.pop("senders", {}).values():
        kept.close()


@pytest.fixture
def box(open_shop: Shop, relay: SmtpRelay, monkeypatch: pytest.MonkeyPatch) -> Mailbox:
    """Give a mailbox whose way out is the relay."""
    quick = Timeouts(connect=2, command=2, data=0.5)
    monkeypatch.setattr(
        sender, "SmtpSender", lambda server, hello: SmtpSender(server, hello=hello, timeouts=quick)
    )
    with scope(open_shop.workspace):  # type: ignore[arg-type]
        mailbox = open_shop.mailbox()
        assert isinstance(mailbox, Mailbox)
        Mailbox.objects.filter(pk=mailbox.pk).update(
            smtp_host="127.0.0.1", smtp_port=relay.port, smtp_security="none"
        )
    return mailbox


def outgoing(box: Mailbox, *addresses: str, **values: Any) -> OutgoingMail:
    with scope(box.workspace_id):
        row: OutgoingMail = OutgoingMail.objects.create(
            mailbox=box,
            purpose=values.pop("purpose", "reply"),
            message_id=values.pop("message_id", "<okno-x@okno.example>"),
            from_address=box.address,
            from_name="Support",
            to=[{"address": address, "name": "Anna"} for address in addresses or ("a@example.org",)],
            subject="Re: Printer",
            text="It works now.",
            html="<p>It works now.</p>",
            **values,
        )
    return row


def again(mail: OutgoingMail, *, is_due: bool = False) -> OutgoingMail:
    with scope(mail.workspace_id):
        if is_due:
            OutgoingMail.objects.filter(pk=mail.pk).update(due_at="2000-01-01T00:00:00Z")
        row: OutgoingMail = OutgoingMail.objects.select_related("mailbox").get(pk=mail.pk)
    return row


def test_a_mail_leaves_once_and_everybody_knows(
    box: Mailbox, relay: SmtpRelay, told: list[tuple[str, str]]
) -> None:
    with scope(box.workspace_id):
        blob = file_store().put(box.workspace_id, b"%PDF-1.4 x")
    mail = outgoing(
        box,
        "a@example.org",
        "b@example.org",
        bcc=[{"address": "hidden@example.org"}],
        attachments=[
            {
                "sha256": blob.sha256,
                "filename": "счёт.pdf",
                "content_type": "application/pdf",
                "inline": False,
            }
        ],
    )
    drain(OutgoingMail)
    drain(OutgoingMail)
    (delivered,) = relay.delivered
    assert delivered.sender == box.address
    assert delivered.recipients == ("a@example.org", "b@example.org", "hidden@example.org")
    parsed = parse_message(delivered.data)
    assert parsed.message_id == mail.message_id
    assert parsed.text.strip() == "It works now."
    assert [file.filename for file in parsed.attachments] == ["счёт.pdf"]
    assert b"hidden" not in delivered.data
    assert is_own(thread_key(), parsed, workspace_id=box.workspace_id)
    assert not parsed.is_automatic
    assert again(mail).state == "done"
    assert told == [(address, "sent") for address in delivered.recipients]


def test_automatic_mail_says_so(box: Mailbox, relay: SmtpRelay, told: list[tuple[str, str]]) -> None:
    outgoing(box, purpose="receipt", is_automatic=True)
    drain(OutgoingMail)
    assert parse_message(relay.delivered[0].data).header("auto-submitted") == "auto-replied"
    assert told


def test_a_temporary_refusal_is_repeated_under_the_same_id(
    box: Mailbox, relay: SmtpRelay, told: list[tuple[str, str]]
) -> None:
    relay.script(*[Script(data="451 4.7.1 greylisted") for _ in range(5)])
    mail = outgoing(box)
    for attempt in range(1, 6):
        drain(OutgoingMail)
        row = again(mail)
        assert (row.state, row.attempts) == ("due", attempt)
        assert "greylisted" in row.last_error
        wait = row.due_at - (row.lease_until or row.created_at)
        assert wait > sender.retry_delay(attempt) - timedelta(seconds=30)
        again(mail, is_due=True)
    drain(OutgoingMail)
    assert again(mail).state == "done"
    assert [parse_message(one.data).message_id for one in relay.delivered] == [mail.message_id]
    assert told == [("a@example.org", "sent")]


def test_the_schedule_of_repetitions() -> None:
    minutes = [sender.retry_delay(attempt).total_seconds() / 60 for attempt in range(1, 10)]
    assert minutes == [1, 5, 15, 30, 60, 120, 240, 240, 240]


def test_a_final_refusal_is_not_repeated(box: Mailbox, relay: SmtpRelay, told: list[tuple[str, str]]) -> None:
    relay.script(Script(rcpt={"a@example.org": "550 5.1.1 unknown user"}))
    mail = outgoing(box)
    drain(OutgoingMail)
    row = again(mail)
    assert row.state == "dead"
    assert row.results["a@example.org"]["words"] == "550 5.1.1 unknown user"
    again(mail, is_due=True)
    drain(OutgoingMail)
    assert relay.delivered == []
    assert told == [("a@example.org", "failed")]


def test_only_the_waiting_recipient_is_tried_again(
    box: Mailbox, relay: SmtpRelay, told: list[tuple[str, str]]
) -> None:
    relay.script(Script(rcpt={"b@example.org": "450 later", "c@example.org": "550 no"}))
    mail = outgoing(box, "a@example.org", "b@example.org", "c@example.org")
    drain(OutgoingMail)
    assert again(mail, is_due=True).state == "due"
    drain(OutgoingMail)
    assert [one.recipients for one in relay.delivered] == [("a@example.org",), ("b@example.org",)]
    assert again(mail).state == "done"
    assert sorted(told) == [("a@example.org", "sent"), ("b@example.org", "sent"), ("c@example.org", "failed")]


def test_a_relay_that_never_answers_gets_it_again_under_the_same_id(
    box: Mailbox, relay: SmtpRelay, told: list[tuple[str, str]]
) -> None:
    relay.script(Script(data="take_and_drop"))
    mail = outgoing(box)
    drain(OutgoingMail)
    assert told == []
    again(mail, is_due=True)
    drain(OutgoingMail)
    first, second = relay.delivered
    assert first.data == second.data
    assert told == [("a@example.org", "sent")]


def test_after_three_days_it_is_given_up(box: Mailbox, relay: SmtpRelay, told: list[tuple[str, str]]) -> None:
    relay.script(Script(data="451 later"))
    mail = outgoing(box)
    with scope(box.workspace_id):
        OutgoingMail.objects.filter(pk=mail.pk).update(created_at="2000-01-01T00:00:00Z")
    drain(OutgoingMail)
    assert again(mail).state == "dead"
    assert told == [("a@example.org", "failed")]


def test_a_relay_that_is_away_is_said_on_the_mailbox_until_it_is_back(
    box: Mailbox, relay: SmtpRelay, told: list[tuple[str, str]]
) -> None:
    with scope(box.workspace_id):
        Mailbox.objects.filter(pk=box.pk).update(smtp_port=1)
    mail = outgoing(box)
    drain(OutgoingMail)
    row = again(mail, is_due=True)
    assert row.state == "due"
    assert row.mailbox.send_error
    with scope(box.workspace_id):
        Mailbox.objects.filter(pk=box.pk).update(smtp_port=relay.port)
    drain(OutgoingMail)
    row = again(mail)
    assert (row.state, row.mailbox.send_error) == ("done", "")
    assert told == [("a@example.org", "sent")]


def test_without_a_way_out_a_demo_keeps_and_others_wait(
    box: Mailbox, open_shop: Shop, told: list[tuple[str, str]]
) -> None:
    from okno.tenancy.models import Workspace

    with scope(box.workspace_id):
        Mailbox.objects.filter(pk=box.pk).update(smtp_host="")
    waiting = outgoing(box)
    drain(OutgoingMail)
    assert again(waiting).state == "due"
    assert "OKNO_SMTP_URL" in again(waiting).mailbox.send_error
    Workspace.objects.filter(pk=box.workspace_id).update(is_demo=True)
    again(waiting, is_due=True)
    drain(OutgoingMail)
    assert again(waiting).state == "kept"
    assert told == [("a@example.org", "kept")]


def test_what_cannot_be_a_mail_fails_visibly(
    box: Mailbox, relay: SmtpRelay, told: list[tuple[str, str]]
) -> None:
    mail = outgoing(box, message_id="<no id>")
    drain(OutgoingMail)
    assert again(mail).state == "dead"
    assert told == [("a@example.org", "failed")]
    assert relay.delivered == []


def test_a_file_that_is_gone_fails_visibly(
    box: Mailbox, relay: SmtpRelay, told: list[tuple[str, str]]
) -> None:
    lost = {"sha256": "0" * 64, "filename": "a.txt", "content_type": "text/plain", "inline": False}
    mail = outgoing(box, attachments=[lost])
    drain(OutgoingMail)
    assert again(mail).state == "dead"
    assert told == [("a@example.org", "failed")]
    assert relay.delivered == []


def test_a_password_that_cannot_be_read_is_said_on_the_mailbox(
    box: Mailbox, relay: SmtpRelay, told: list[tuple[str, str]]
) -> None:
    with scope(box.workspace_id):
        Mailbox.objects.filter(pk=box.pk).update(smtp_secret="v1.sealed with another key")
    mail = outgoing(box)
    drain(OutgoingMail)
    assert again(mail).state == "due"
    assert "password" in again(mail).mailbox.send_error
    assert (told, relay.delivered) == ([], [])


def test_a_worker_that_lost_its_lease_sends_nothing(
    box: Mailbox, relay: SmtpRelay, told: list[tuple[str, str]]
) -> None:
    mail = outgoing(box)
    with scope(box.workspace_id):
        (mine,) = OutgoingMail.claim([mail.pk], lease=timedelta(seconds=-1))
        (theirs,) = OutgoingMail.claim([mail.pk], lease=timedelta(seconds=60))
    sender.send_mail(mine)
    assert relay.delivered == []
    sender.send_mail(theirs)
    assert len(relay.delivered) == 1
    assert told == [("a@example.org", "sent")]

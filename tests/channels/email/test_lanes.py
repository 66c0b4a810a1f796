"""Mails of one talk leave in their order, whoever sends them, and a mail keeps its lease while it is handed over."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from okno.channels.email import lanes, sender
from okno.channels.email.models import Mailbox, OutgoingMail
from okno.channels.email.smtp_out import SmtpSender, Timeouts
from okno.lib.clock import current_time
from okno.spine.work import drain
from okno.tenancy.scope import scope
from tests.conftest import Shop
from tests.servers.smtp_relay import Script, SmtpRelay

LANE = "ticket:1"


@pytest.fixture(autouse=True)
def no_kept_connections(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let each test begin without connections, and let nobody above hear of its mail."""
    monkeypatch.setattr(sender, "_hooks", [])
    yield
    for kept in sender._thread.__dict__.pop("senders", {}).values():
        kept.close()


@pytest.fixture
def box(open_shop: Shop, relay: SmtpRelay, monkeypatch: pytest.MonkeyPatch) -> Mailbox:
    """Give a mailbox whose way out is the relay."""
    quick = Timeouts(connect=2, command=2, data=5)
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


def write(box: Mailbox, name: str, *addresses: str, lane: str = LANE, **values: Any) -> OutgoingMail:
    with scope(box.workspace_id):
        row: OutgoingMail = OutgoingMail.objects.create(
            mailbox=box,
            purpose="reply",
            message_id=f"<{name}@okno.example>",
            from_address=box.address,
            to=[{"address": address, "name": ""} for address in addresses or ("a@example.org",)],
            subject=name,
            text=values.pop("text", name),
            lane=lane,
            **values,
        )
    return row


def now_due(box: Mailbox, *mails: OutgoingMail) -> None:
    """Let time pass until these mails are due again."""
    with scope(box.workspace_id):
        ids = [mail.pk for mail in mails]
        OutgoingMail.objects.filter(pk__in=ids, state="due").update(due_at="2000-01-01T00:00:00Z")


def names(relay: SmtpRelay) -> list[str]:
    marks = (b"first", b"second", b"third")
    return [next(mark.decode() for mark in marks if mark in mail.data) for mail in relay.delivered]


def row(mail: OutgoingMail) -> OutgoingMail:
    with scope(mail.workspace_id):
        return OutgoingMail.objects.get(pk=mail.pk)


def test_what_was_written_later_waits_for_what_was_put_off(box: Mailbox, relay: SmtpRelay) -> None:
    relay.script(Script(data="451 4.7.1 greylisted"))
    first = write(box, "first")
    drain(OutgoingMail)
    second = write(box, "second")
    drain(OutgoingMail)
    assert relay.delivered == []
    waiting = row(second)
    assert (waiting.state, waiting.attempts) == ("due", 0)
    assert row(first).due_at < waiting.due_at < row(first).due_at + timedelta(seconds=5)
    now_due(box, first, second)
    drain(OutgoingMail)
    now_due(box, second)
    drain(OutgoingMail)
    assert names(relay) == ["first", "second"]


@pytest.mark.parametrize(
    ("lane", "address"), [("ticket:2", "a@example.org"), ("", "a@example.org"), (LANE, "b@example.org")]
)
def test_other_talks_and_other_people_wait_for_nothing(
    box: Mailbox, relay: SmtpRelay, lane: str, address: str
) -> None:
    relay.script(Script(data="451 4.7.1 later"))
    write(box, "first")
    drain(OutgoingMail)
    write(box, "second", address, lane=lane)
    drain(OutgoingMail)
    assert names(relay) == ["second"]


def test_only_those_wait_to_whom_the_earlier_mail_did_not_get_yet(box: Mailbox, relay: SmtpRelay) -> None:
    relay.script(Script(rcpt={"b@example.org": "450 4.2.1 busy"}))
    write(box, "first", "a@example.org", "b@example.org")
    drain(OutgoingMail)
    write(box, "second", "a@example.org")
    drain(OutgoingMail)
    assert names(relay) == ["first", "second"]


def test_nobody_waits_for_a_mail_that_fails_again_and_again(box: Mailbox, relay: SmtpRelay) -> None:
    relay.script(*[Script(data="451 4.7.1 later")] * lanes.PATIENCE)
    first = write(box, "first")
    for _attempt in range(lanes.PATIENCE):
        now_due(box, first)
        drain(OutgoingMail)
    second = write(box, "second")
    drain(OutgoingMail)
    assert names(relay) == ["second"]
    assert row(second).state == "done"


def test_what_ended_holds_nobody_up(box: Mailbox, relay: SmtpRelay) -> None:
    relay.script(Script(data="550 5.7.1 no"))
    write(box, "first")
    drain(OutgoingMail)
    write(box, "second")
    drain(OutgoingMail)
    assert names(relay) == ["second"]


def test_a_mail_that_another_worker_sends_this_moment_goes_first(box: Mailbox, relay: SmtpRelay) -> None:
    first, second = write(box, "first"), write(box, "second")
    with scope(box.workspace_id):
        (claimed,) = OutgoingMail.claim([first.pk], lease=timedelta(seconds=60))
    drain(OutgoingMail)
    assert relay.delivered == []
    sender.send_mail(claimed)
    now_due(box, second)
    drain(OutgoingMail)
    assert names(relay) == ["first", "second"]


def test_a_slow_mail_keeps_its_lease(box: Mailbox, relay: SmtpRelay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "LEASE_RENEWED_SECONDS", 0)
    leases: list[datetime] = []
    extend = OutgoingMail.extend

    def noted(self: OutgoingMail, lease: timedelta) -> bool:
        leases.append(current_time())
        return bool(extend(self, lease))

    monkeypatch.setattr(OutgoingMail, "extend", noted)
    mail = write(box, "first", text="word " * 100_000)
    drain(OutgoingMail)
    assert row(mail).state == "done"
    # Once before the work, and then with each step and piece.
    assert len(leases) > 5


def test_a_mail_whose_lease_was_lost_on_the_way_is_not_finished(
    box: Mailbox, relay: SmtpRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "LEASE_RENEWED_SECONDS", 0)
    mail = write(box, "first")
    lost = threading.Event()
    compose = sender.compose

    def overtaken(outbound: Any) -> bytes:
        with scope(box.workspace_id):
            OutgoingMail.objects.filter(pk=mail.pk).update(attempts=2)
        lost.set()
        return compose(outbound)

    with scope(box.workspace_id):
        (claimed,) = OutgoingMail.claim([mail.pk], lease=timedelta(seconds=60))
    monkeypatch.setattr(sender, "compose", overtaken)
    sender.send_mail(claimed)
    assert lost.is_set()
    assert relay.delivered == []
    assert row(mail).state == "due"

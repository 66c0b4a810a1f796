"""A mailbox with a limit: never more in a minute, over all workers; what is above it waits and none is lost."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection

from okno.channels.email import sender
from okno.channels.email.mailboxes import MailboxSettings, update_mailbox
from okno.channels.email.models import Mailbox, OutgoingMail
from okno.channels.email.pace import take_turn
from okno.lib.errors import Invalid
from okno.spine.work import drain
from okno.tenancy.scope import scope
from tests.conftest import Shop
from tests.servers.smtp_relay import Script, SmtpRelay

LIMIT = 5


@pytest.fixture
def box(open_shop: Shop, relay: SmtpRelay) -> Mailbox:
    """Give a mailbox that may send five mails a minute through the relay."""
    with scope(open_shop.workspace):  # type: ignore[arg-type]
        mailbox = open_shop.mailbox()
        assert isinstance(mailbox, Mailbox)
        Mailbox.objects.filter(pk=mailbox.pk).update(
            smtp_host="127.0.0.1", smtp_port=relay.port, smtp_security="none", minute_limit=LIMIT
        )
    return mailbox


def write(box: Mailbox, count: int) -> None:
    """Write mails into the ledger, each with a word of its own."""
    with scope(box.workspace_id):
        for number in range(count):
            OutgoingMail.objects.create(
                mailbox=box,
                purpose="reply",
                message_id=f"<okno-{number}@okno.example>",
                from_address=box.address,
                to=[{"address": f"reader{number}@example.org", "name": ""}],
                subject=f"Mail {number}",
                text=f"number {number}",
            )


def rows(box: Mailbox, **values: Any) -> list[OutgoingMail]:
    with scope(box.workspace_id):
        return list(OutgoingMail.objects.filter(**values).order_by("due_at", "id"))


def let_pass(box: Mailbox, span: timedelta) -> None:
    """Let time pass, by moving everything that has a time into the past."""
    with scope(box.workspace_id), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE email_outgoingmail SET due_at = due_at - %(span)s, turn_at = turn_at - %(span)s,"
            " left_at = left_at - %(span)s",
            {"span": span},
        )
        cursor.execute("UPDATE email_mailbox SET turns_until = turns_until - %s", [span])


def test_twenty_mails_leave_five_a_minute_and_none_is_lost(box: Mailbox, relay: SmtpRelay) -> None:
    write(box, 20)
    drain(OutgoingMail)
    assert len(relay.delivered) == LIMIT
    waiting = rows(box, state="due")
    assert len(waiting) == 15
    assert {row.attempts for row in waiting} == {0}
    assert all("turn" in row.last_error for row in waiting)
    moments: list[datetime] = [row.due_at for row in waiting]
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(moments)]
    assert gaps == pytest.approx([60 / LIMIT] * 14)
    per_minute = [len(relay.delivered)]
    for _minute in range(4):
        let_pass(box, timedelta(minutes=1))
        drain(OutgoingMail)
        per_minute.append(len(relay.delivered) - sum(per_minute))
    assert max(per_minute) <= LIMIT
    assert sum(per_minute) == 20
    assert len({delivered.recipients for delivered in relay.delivered}) == 20
    assert not rows(box, state="due")
    assert not rows(box, state="dead")


def test_workers_that_were_away_do_not_catch_up_at_once(box: Mailbox, relay: SmtpRelay) -> None:
    write(box, 20)
    drain(OutgoingMail)
    let_pass(box, timedelta(hours=1))
    drain(OutgoingMail)
    assert len(relay.delivered) == 2 * LIMIT


def test_many_workers_together_keep_the_limit(box: Mailbox) -> None:
    write(box, 20)
    with scope(box.workspace_id):
        ids = list(OutgoingMail.objects.values_list("pk", flat=True))
        claimed = OutgoingMail.claim(ids, lease=timedelta(minutes=1))
    left: list[int] = []
    start = threading.Barrier(4)

    def work(part: list[OutgoingMail]) -> None:
        start.wait(10)
        left.extend(mail.pk for mail in part if take_turn(mail))
        connection.close()

    threads = [threading.Thread(target=work, args=(claimed[number::4],)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(left) == LIMIT
    turns = [row.turn_at for row in rows(box, turn_at__isnull=False)]
    assert len(set(turns)) == 15


def test_a_new_mail_does_not_pass_those_that_wait(box: Mailbox, relay: SmtpRelay) -> None:
    write(box, LIMIT + 2)
    drain(OutgoingMail)
    let_pass(box, timedelta(seconds=61))
    with scope(box.workspace_id):
        late = OutgoingMail.objects.create(
            mailbox=box,
            purpose="reply",
            message_id="<okno-late@okno.example>",
            from_address=box.address,
            to=[{"address": "late@example.org", "name": ""}],
            subject="Late",
            text="late",
        )
    drain(OutgoingMail)
    assert "late@example.org" not in [one for delivered in relay.delivered for one in delivered.recipients]
    let_pass(box, timedelta(seconds=61))
    drain(OutgoingMail)
    assert relay.delivered[-1].recipients == ("late@example.org",)
    assert rows(box, pk=late.pk)[0].state == "done"


def test_waiting_for_room_is_no_reason_to_give_up(box: Mailbox, relay: SmtpRelay) -> None:
    write(box, LIMIT + 1)
    drain(OutgoingMail)
    long_ago = timedelta(days=4)
    with scope(box.workspace_id):
        OutgoingMail.objects.filter(state="due").update(
            created_at=rows(box, state="due")[0].created_at - long_ago
        )
    let_pass(box, timedelta(minutes=2))
    relay.script(Script(data="451 4.7.1 later"))
    drain(OutgoingMail)
    assert [row.state for row in rows(box, state="due")] == ["due"]


def test_without_a_limit_nothing_waits_and_nothing_is_counted(box: Mailbox, relay: SmtpRelay) -> None:
    with scope(box.workspace_id):
        Mailbox.objects.update(minute_limit=None)
    write(box, 12)
    drain(OutgoingMail)
    assert len(relay.delivered) == 12
    assert rows(box, left_at__isnull=False) == []


def test_a_higher_limit_lets_those_go_that_wait(box: Mailbox, open_shop: Shop, relay: SmtpRelay) -> None:
    write(box, 12)
    drain(OutgoingMail)
    with scope(box.workspace_id):
        stored = Mailbox.objects.get(pk=box.pk)
        update_mailbox(
            actor=open_shop.actor("administrator"),  # type: ignore[arg-type]
            mailbox_id=box.pk,
            settings=settings_of(stored, minute_limit=100),
            now=open_shop.now,
        )
    drain(OutgoingMail)
    assert len(relay.delivered) == 12


@pytest.mark.parametrize("limit", [0, -1, 100_001])
def test_impossible_limits(box: Mailbox, open_shop: Shop, limit: int) -> None:
    with scope(box.workspace_id):
        stored = Mailbox.objects.get(pk=box.pk)
        with pytest.raises(Invalid) as refused:
            update_mailbox(
                actor=open_shop.actor("administrator"),  # type: ignore[arg-type]
                mailbox_id=box.pk,
                settings=settings_of(stored, minute_limit=limit),
                now=open_shop.now,
            )
    assert list(refused.value.fields) == ["minute_limit"]


def settings_of(mailbox: Mailbox, **values: Any) -> MailboxSettings:
    kept = ("address", "smtp_host", "smtp_port", "smtp_security")
    return MailboxSettings(**{name: getattr(mailbox, name) for name in kept}, **values)


@pytest.fixture(autouse=True)
def closed_connections() -> Any:
    """Close what the sender keeps open."""
    yield
    for kept in sender._thread.__dict__.pop("senders", {}).values():
        kept.close()

"""Nothing leaves by a mailbox before it is released, and everything after: a real inbox, a real relay."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from okno.channels.email import sender
from okno.channels.email.first_connection import hold_mailbox, start_mailbox, waiting_mail
from okno.channels.email.mailboxes import create_mailbox
from okno.channels.email.models import Mailbox, OutgoingMail, RawMail
from okno.lib.clock import current_time
from okno.lib.errors import Denied, NotFound
from okno.lib.stores import file_store, raw_store
from okno.reactors.delivery.release import release_mailbox
from okno.reactors.notify.models import Notification
from okno.spine.models import Event, Reaction
from okno.spine.work import drain
from okno.tenancy.scope import scope
from okno.tickets.commands.reply import reply_to_ticket
from okno.tickets.commands.status import change_status
from okno.tickets.models import Delivery, StatusCategory, Ticket
from tests.channels.email.mail import simple
from tests.channels.email.test_first_connection import fetch, typed_for
from tests.conftest import Shop
from tests.servers.imap_server import Dovecot
from tests.servers.smtp_relay import Script, SmtpRelay


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, settings: Any) -> Iterator[None]:
    """Keep files of each test apart."""
    settings.DATA_DIR = tmp_path / "data"
    file_store.cache_clear()
    raw_store.cache_clear()
    yield
    file_store.cache_clear()
    raw_store.cache_clear()
    for kept in sender._thread.__dict__.pop("senders", {}).values():
        kept.close()


@pytest.fixture
def dovecot() -> Iterator[Dovecot]:
    """Give an inbox with a mail of last week in it."""
    with Dovecot() as server:
        client = server.client()
        old = simple("Old trouble", Subject="Old", From="old@client.example", Message_ID="<old@x>")
        client.append("INBOX", "", current_time() - timedelta(days=6), old)  # type: ignore[arg-type]
        client.logout()
        yield server


@pytest.fixture
def relay() -> Iterator[SmtpRelay]:
    """Give a relay that takes everything unless scripted."""
    with SmtpRelay() as relay:
        yield relay


@pytest.fixture
def box(open_shop: Shop, dovecot: Dovecot, relay: SmtpRelay) -> Mailbox:
    """Give a mailbox that was connected and started: an old mail and a new one have become tickets."""
    with scope(open_shop.workspace):  # type: ignore[arg-type]
        boss: Any = open_shop.actor("administrator")
        mailbox = create_mailbox(actor=boss, settings=typed_for(dovecot.port), now=open_shop.now)
        start_mailbox(actor=boss, mailbox_id=mailbox.pk, window="month", now=current_time())
        Mailbox.objects.filter(pk=mailbox.pk).update(
            smtp_host="127.0.0.1", smtp_port=relay.port, smtp_security="none"
        )
    new = simple("New trouble", Subject="New", From="new@client.example", Message_ID="<new@x>")
    dovecot.deliver(new)
    assert [is_import for _, is_import in fetch(mailbox)] == [True, False]
    drain(RawMail, Reaction)
    return mailbox


def ticket_of(box: Mailbox, subject: str) -> Ticket:
    with scope(box.workspace_id):
        return Ticket.objects.get(subject=subject)


def answer(shop: Shop, box: Mailbox, subject: str) -> None:
    with scope(box.workspace_id):
        reply_to_ticket(
            actor=shop.actor("agent", role="agent"),  # type: ignore[arg-type]
            ticket_id=ticket_of(box, subject).pk,
            text=f"About {subject}",
            now=current_time() - timedelta(minutes=1),
        )


def release(shop: Shop, box: Mailbox, waiting: Any = "send") -> None:
    with scope(box.workspace_id):
        release_mailbox(
            actor=shop.actor("administrator"),  # type: ignore[arg-type]
            mailbox_id=box.pk,
            waiting=waiting,
            now=current_time(),
        )


def recipients(relay: SmtpRelay) -> list[str]:
    return sorted(one for mail in relay.delivered for one in mail.recipients)


def states(box: Mailbox) -> set[tuple[str, str]]:
    with scope(box.workspace_id):
        return set(Delivery.objects.values_list("state", "words"))


def test_nothing_leaves_before_and_everything_after(open_shop: Shop, box: Mailbox, relay: SmtpRelay) -> None:
    answer(open_shop, box, "Old")
    drain()
    assert relay.connections == 0
    with scope(box.workspace_id):
        assert waiting_mail(box) == {"receipt": 1, "reply": 1}
        receipt = OutgoingMail.objects.get(purpose="receipt")
        assert [person["address"] for person in receipt.to] == ["new@client.example"]
    assert states(box) == {("kept", "Kept until the mailbox is released.")}
    release(open_shop, box)
    assert states(box) == {("sending", "")}
    drain()
    assert recipients(relay) == ["new@client.example", "old@client.example"]
    assert states(box) == {("sent", "")}
    release(open_shop, box)
    drain()
    assert len(relay.delivered) == 2
    with scope(box.workspace_id):
        released = Event.objects.get(type="mailbox.released")
        assert released.payload["sent"] == 2
        assert not OutgoingMail.objects.filter(awaits_release=True).exists()


def test_what_waited_may_be_discarded_and_later_mail_leaves(
    open_shop: Shop, box: Mailbox, relay: SmtpRelay
) -> None:
    answer(open_shop, box, "New")
    drain()
    release(open_shop, box, "discard")
    drain()
    assert relay.connections == 0
    assert states(box) == {("cancelled", "Discarded when the mailbox was released.")}
    answer(open_shop, box, "Old")
    drain()
    assert recipients(relay) == ["old@client.example"]


def test_old_mail_is_answered_by_no_machine_even_after(
    open_shop: Shop, box: Mailbox, relay: SmtpRelay
) -> None:
    release(open_shop, box, "discard")
    with scope(box.workspace_id):
        agent: Any = open_shop.actor("agent", role="agent")
        for subject in ("Old", "New"):
            change_status(
                actor=agent,
                ticket_id=ticket_of(box, subject).pk,
                status=StatusCategory.RESOLVED,
                now=current_time(),
            )
    drain()
    assert recipients(relay) == ["new@client.example"]
    with scope(box.workspace_id):
        assert not Notification.objects.filter(ticket=ticket_of(box, "Old")).exists()


def test_back_in_safe_mode_what_is_due_is_kept_again(open_shop: Shop, box: Mailbox, relay: SmtpRelay) -> None:
    release(open_shop, box, "discard")
    answer(open_shop, box, "Old")
    with scope(box.workspace_id):
        boss: Any = open_shop.actor("administrator")
        hold_mailbox(actor=boss, mailbox_id=box.pk, now=current_time())
        hold_mailbox(actor=boss, mailbox_id=box.pk, now=current_time())
        assert Event.objects.filter(type="mailbox.held").count() == 1
    drain()
    assert relay.connections == 0
    release(open_shop, box)
    drain()
    assert recipients(relay) == ["old@client.example"]


def test_a_mail_that_waited_for_days_has_three_days_from_its_release(
    open_shop: Shop, box: Mailbox, relay: SmtpRelay
) -> None:
    answer(open_shop, box, "Old")
    drain()
    with scope(box.workspace_id):
        OutgoingMail.objects.update(created_at=current_time() - timedelta(days=9))
    relay.script(*[Script(mail="451 4.7.1 greylisted")] * 2)
    release(open_shop, box)
    drain()
    with scope(box.workspace_id):
        assert set(OutgoingMail.objects.values_list("state", flat=True)) == {"due"}
        OutgoingMail.objects.update(due_at=current_time() - timedelta(minutes=1))
    drain()
    assert recipients(relay) == ["new@client.example", "old@client.example"]


def test_killed_between_claim_and_keeping(open_shop: Shop, box: Mailbox, relay: SmtpRelay) -> None:
    """A worker dies with a mail in its hands; somebody releases the mailbox before the lease runs out."""
    with scope(box.workspace_id):
        ids = list(OutgoingMail.objects.filter(state="due").values_list("pk", flat=True))
        assert len(OutgoingMail.claim(ids, lease=timedelta(seconds=60))) == 1
    release(open_shop, box)
    drain()
    assert relay.connections == 0, "the lease of the killed worker still holds"
    with scope(box.workspace_id):
        OutgoingMail.objects.update(lease_until=current_time() - timedelta(seconds=1))
    drain()
    assert recipients(relay) == ["new@client.example"]


def test_killed_in_mid_release_nothing_is_half_done(
    open_shop: Shop, box: Mailbox, relay: SmtpRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    from okno.reactors.delivery import release as module

    drain()

    def die(*_args: object, **_values: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(module, "emit", die)
        with pytest.raises(KeyboardInterrupt):
            release(open_shop, box)
    drain()
    assert relay.connections == 0
    with scope(box.workspace_id):
        assert not Mailbox.objects.get(pk=box.pk).is_released
        assert waiting_mail(box) == {"receipt": 1}
    release(open_shop, box)
    drain()
    assert recipients(relay) == ["new@client.example"]


def test_who_may_not(open_shop: Shop, box: Mailbox, relay: SmtpRelay) -> None:
    drain()
    with scope(box.workspace_id):
        with pytest.raises(Denied):
            release_mailbox(
                actor=open_shop.actor("supervisor"),  # type: ignore[arg-type]
                mailbox_id=box.pk,
                now=current_time(),
            )
        with pytest.raises(NotFound):
            release_mailbox(
                actor=open_shop.actor("administrator"),  # type: ignore[arg-type]
                mailbox_id=0,
                now=current_time(),
            )
    drain()
    assert relay.connections == 0

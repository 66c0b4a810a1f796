"""Mail of a connected mailbox is fetched and sent by its tokens, and what is lost with the consent stands on it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from okno.channels.email import fetcher
from okno.channels.email.consents import Wish, connect_mailbox
from okno.channels.email.models import Mailbox, OutgoingMail, Provider, RawMail
from okno.spine.work import drain
from okno.tenancy.scope import scope
from tests.channels.email.mail import simple
from tests.channels.email.test_oauth import BACK, agree, connected, trust
from tests.conftest import Shop
from tests.servers.identity_provider import IdentityProvider
from tests.servers.imap_gate import ImapGate
from tests.servers.imap_server import ImapServer
from tests.servers.smtp_relay import SmtpRelay

SECONDS = 20


@pytest.fixture
def google(settings: Any) -> Iterator[IdentityProvider]:
    """Give Google, with a new refresh token each time."""
    with IdentityProvider("google", redirect_uris={BACK}, rotates=True) as made:
        trust(settings, made)
        yield made


@pytest.fixture
def box(open_shop: Shop, google: IdentityProvider, imap: ImapServer) -> Iterator[Mailbox]:
    """Give a connected mailbox whose servers are stand-ins that take its tokens."""
    with ImapGate(imap, google.accepts) as gate, SmtpRelay(accepts=google.accepts) as relay:
        with scope(open_shop.workspace):  # type: ignore[arg-type]
            mailbox = connected(open_shop, google)
            Mailbox.objects.filter(pk=mailbox.pk).update(
                imap_host="127.0.0.1",
                imap_port=gate.port,
                imap_security="none",
                smtp_host="127.0.0.1",
                smtp_port=relay.port,
                smtp_security="none",
                awaits_window=False,
                is_released=True,
            )
        mailbox.relay = relay  # type: ignore[attr-defined]
        yield mailbox


@pytest.fixture
def service(box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Run the fetchers."""
    monkeypatch.setattr(fetcher, "LOOK_AROUND_SECONDS", 0.1)
    monkeypatch.setattr(fetcher, "FIRST_PAUSE_SECONDS", 0.1)
    monkeypatch.setattr(fetcher, "LONGEST_PAUSE_SECONDS", 0.2)
    stop = threading.Event()
    thread = threading.Thread(target=fetcher.serve, args=(stop,))
    thread.start()
    yield
    stop.set()
    thread.join(SECONDS)
    assert not thread.is_alive()


def stored(box: Mailbox) -> Mailbox:
    with scope(box.workspace_id):
        found: Mailbox = Mailbox.objects.get(pk=box.pk)
    return found


def wait_until(condition: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(SECONDS * 20):
        if condition():
            return
        pause.wait(0.05)
    pytest.fail("it did not happen in time")


def fetched(box: Mailbox) -> int:
    with scope(box.workspace_id):
        return RawMail.objects.count()


def outgoing(box: Mailbox, number: int) -> OutgoingMail:
    with scope(box.workspace_id):
        row: OutgoingMail = OutgoingMail.objects.create(
            mailbox=box,
            purpose="reply",
            message_id=f"<{number}@shop.example>",
            from_address=box.address,
            to=[{"address": "client@client.example", "name": ""}],
            subject="Re: Printer",
            text="It works.",
        )
    return row


@pytest.mark.usefixtures("service")
def test_mail_is_fetched_by_tokens_and_again_after_a_new_consent(
    open_shop: Shop, box: Mailbox, google: IdentityProvider, imap: ImapServer
) -> None:
    imap.deliver(simple("one"))
    wait_until(lambda: fetched(box) == 1)
    assert stored(box).fetch_error == ""
    google.revoke()
    imap.stop()
    imap.start()
    wait_until(lambda: stored(box).oauth_error.startswith("withdrawn"))
    wait_until(lambda: "Connect the mailbox again" in stored(box).fetch_error)
    assert stored(box).fetch_failing_since is not None
    servers = {name: getattr(stored(box), name) for name in ("imap_host", "imap_port", "imap_security")}
    with scope(box.workspace_id):
        wish = Wish(provider=Provider.GOOGLE, mailbox_id=box.pk)
        connect_mailbox(
            actor=open_shop.actor("administrator"),  # type: ignore[arg-type]
            wish=wish,
            consent=agree(google, open_shop),
            now=open_shop.now,
        )
        Mailbox.objects.filter(pk=box.pk).update(**servers, awaits_window=False)
    imap.deliver(simple("two", Message_ID="<m2@example.org>"))
    wait_until(lambda: fetched(box) == 2)
    wait_until(lambda: stored(box).fetch_error == "")
    assert stored(box).fetch_failing_since is None


def test_mail_is_sent_by_tokens_and_waits_for_a_new_consent(box: Mailbox, google: IdentityProvider) -> None:
    relay: SmtpRelay = box.relay  # type: ignore[attr-defined]
    outgoing(box, 1)
    drain(OutgoingMail)
    assert len(relay.delivered) == 1
    assert stored(box).sent_at is not None
    google.revoke()
    relay_closes_kept_connections()
    mail = outgoing(box, 2)
    drain(OutgoingMail)
    with scope(box.workspace_id):
        mail.refresh_from_db()
    assert (mail.state, len(relay.delivered)) == ("due", 1)
    assert "Connect the mailbox again" in mail.last_error
    assert "Connect the mailbox again" in stored(box).send_error
    assert stored(box).send_failing_since is not None


def relay_closes_kept_connections() -> None:
    """Let the next mail sign in anew."""
    from okno.channels.email import sender

    for kept in sender._thread.__dict__.pop("senders", {}).values():
        kept.close()

"""The server for sending misbehaves: every mail arrives once, or its end is told; nobody is asked in a frenzy."""

from __future__ import annotations

import io
import socket
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from okno.channels.base import InboundMail
from okno.channels.email import sender
from okno.channels.email.models import Mailbox, OutgoingMail, RawMail, SuppressedAddress
from okno.channels.email.smtp_out import SmtpSender, Timeouts
from okno.channels.email.store import Route, store_raw
from okno.reactors.notify.models import Notification
from okno.spine.models import Reaction
from okno.spine.work import drain
from okno.tenancy.scope import scope
from okno.tickets.commands.reply import reply_to_ticket
from okno.tickets.models import Delivery
from tests.conftest import Shop
from tests.reactors.intake.test_machines import rfc_3464
from tests.servers.certificates import make_certificate
from tests.servers.smtp_relay import Script, SmtpRelay

CLIENT = "requester@client.example"


@pytest.fixture
def shop_by_mail(open_shop: Shop, relay: SmtpRelay, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """Give a committed workspace whose mail leaves by the relay, with short patience."""
    quick = Timeouts(connect=1, command=1, data=0.5)
    monkeypatch.setattr(
        sender, "SmtpSender", lambda server, hello: SmtpSender(server, hello=hello, timeouts=quick)
    )
    connect(open_shop, relay.port)
    yield open_shop
    for kept in sender._thread.__dict__.pop("senders", {}).values():
        kept.close()


def connect(shop: Shop, port: int, *, security: str = "none") -> None:
    with scope(shop.workspace):  # type: ignore[arg-type]
        Mailbox.objects.filter(pk=shop.mailbox().pk).update(  # type: ignore[attr-defined]
            smtp_host="127.0.0.1", smtp_port=port, smtp_security=security
        )


def answered(shop: Shop) -> OutgoingMail:
    """Let an agent answer a new ticket; the mail is due."""
    with scope(shop.workspace):  # type: ignore[arg-type]
        message = reply_to_ticket(
            actor=shop.actor("agent"),  # type: ignore[arg-type]
            ticket_id=shop.ticket().pk,  # type: ignore[attr-defined]
            text="It works.",
            undo_seconds=0,
            now=shop.now,
        )
        return OutgoingMail.objects.get(subject_kind="message", subject_ref=message.pk)


def try_now(mail: OutgoingMail) -> OutgoingMail:
    """Let time pass until the mail is due, and the worker run."""
    with scope(mail.workspace_id):
        OutgoingMail.objects.filter(pk=mail.pk, state="due").update(due_at="2000-01-01T00:00:00Z")
    drain(OutgoingMail)
    return again(mail)


def again(mail: OutgoingMail) -> OutgoingMail:
    with scope(mail.workspace_id):
        return OutgoingMail.objects.get(pk=mail.pk)


def delivery_of(mail: OutgoingMail) -> Delivery:
    with scope(mail.workspace_id):
        return Delivery.objects.get(mail=mail)


def ids(relay: SmtpRelay) -> list[str]:
    return [str(message_from_bytes(one.data, policy=policy.default)["Message-ID"]) for one in relay.delivered]


def test_a_server_that_puts_us_off_five_times_gets_it_once(shop_by_mail: Shop, relay: SmtpRelay) -> None:
    relay.script(*[Script(data="451 4.7.1 greylisted, come back later")] * 5)
    mail = answered(shop_by_mail)
    waits = []
    for _attempt in range(5):
        tried = try_now(mail)
        with scope(mail.workspace_id):
            before = OutgoingMail.objects.filter(pk=mail.pk, due_at__gt=sender.current_time())
            assert before.exists(), "it would be tried again at once"
        waits.append(round((tried.due_at - sender.current_time()) / timedelta(minutes=1)))
        drain(OutgoingMail)
        assert relay.delivered == []
    assert waits == [1, 5, 15, 30, 60]
    assert try_now(mail).state == "done"
    assert ids(relay) == [mail.message_id]
    assert delivery_of(mail).state == "sent"


@pytest.mark.parametrize(
    "script",
    [
        Script(mail="421 4.3.2 going down"),
        Script(rcpt={CLIENT: "421 4.3.2 going down"}),
        Script(data="421 4.3.2 going down"),
        Script(data="cut"),
        Script(data="drop"),
    ],
)
def test_a_server_that_goes_away_in_the_middle(shop_by_mail: Shop, relay: SmtpRelay, script: Script) -> None:
    relay.script(script)
    mail = answered(shop_by_mail)
    assert try_now(mail).state == "due"
    assert relay.delivered == []
    assert try_now(mail).state == "done"
    assert ids(relay) == [mail.message_id]


def test_nobody_answers_the_connection(shop_by_mail: Shop, relay: SmtpRelay) -> None:
    with socket.socket() as silent:
        # Whoever connects is left waiting for a greeting.
        silent.bind(("127.0.0.1", 0))
        silent.listen(1)
        connect(shop_by_mail, silent.getsockname()[1])
        mail = answered(shop_by_mail)
        tried = try_now(mail)
    assert (tried.state, tried.attempts) == ("due", 1)
    with scope(mail.workspace_id):
        assert Mailbox.objects.get(pk=mail.mailbox_id).send_error
    connect(shop_by_mail, relay.port)
    assert try_now(mail).state == "done"
    assert ids(relay) == [mail.message_id]


def test_a_server_whose_certificate_is_not_to_be_trusted_gets_nothing(
    shop_by_mail: Shop, relay: SmtpRelay, tmp_path: Path
) -> None:
    certificate = make_certificate(tmp_path)
    with SmtpRelay(tls=certificate.server_context(), is_implicit_tls=True) as impostor:
        connect(shop_by_mail, impostor.port, security="tls")
        mail = answered(shop_by_mail)
        assert try_now(mail).state == "due"
        assert impostor.delivered == []
    with scope(mail.workspace_id):
        assert "certificate" in Mailbox.objects.get(pk=mail.mailbox_id).send_error.lower()
    connect(shop_by_mail, relay.port)
    assert try_now(mail).state == "done"
    assert ids(relay) == [mail.message_id]


def test_a_server_that_takes_the_mail_and_never_answers_frees_the_worker_and_gets_it_again(
    shop_by_mail: Shop, relay: SmtpRelay
) -> None:
    relay.script(Script(data="hang"))
    mail = answered(shop_by_mail)
    tried = try_now(mail)
    assert (tried.state, tried.lease_until) == ("due", None)
    assert Timeouts().data <= 60
    assert try_now(mail).state == "done"
    assert ids(relay) == [mail.message_id]


def test_refused_at_once_or_reported_later_it_ends_the_same(shop_by_mail: Shop, relay: SmtpRelay) -> None:
    relay.script(Script(rcpt={CLIENT: "550 5.1.1 No such user"}))
    refused = answered(shop_by_mail)
    assert try_now(refused).state == "dead"
    assert ends(shop_by_mail, refused) == ("failed", "5.1.1", True, ["bounced"], 1)
    with scope(shop_by_mail.workspace):  # type: ignore[arg-type]
        SuppressedAddress.objects.all().delete()
        Notification.objects.all().delete()
    reported = answered(shop_by_mail)
    assert try_now(reported).state == "done"
    assert delivery_of(reported).state == "sent"
    raw = take_in(shop_by_mail, rfc_3464(reported, CLIENT).as_bytes(), reported)
    assert raw.outcome == "bounced"
    assert ends(shop_by_mail, reported) == ("failed", "5.1.1", True, ["bounced"], 1)
    before = len(relay.delivered)
    drain(OutgoingMail)
    assert len([one for one in relay.delivered[before:] if CLIENT in one.recipients]) == 0


def ends(shop: Shop, mail: OutgoingMail) -> tuple[Any, ...]:
    """Return what is known of the only recipient, why he is suppressed, and how often the agent was told."""
    drain(Reaction)
    with scope(shop.workspace):  # type: ignore[arg-type]
        one = Delivery.objects.get(mail=mail)
        causes = list(SuppressedAddress.objects.filter(address=one.address).values_list("cause", flat=True))
        told = Notification.objects.filter(kind="delivery_failed").count()
        return one.state, one.status, one.is_permanent, causes, told


def take_in(shop: Shop, content: bytes, mail: OutgoingMail) -> RawMail:
    route = Route(workspace_id=mail.workspace_id, mailbox_id=mail.mailbox_id)
    envelope = InboundMail(source="smtp", envelope_from="", envelope_to=(mail.from_address,))
    raw = store_raw(route, io.BytesIO(content), envelope)
    drain(RawMail)
    with scope(shop.workspace):  # type: ignore[arg-type]
        return RawMail.objects.get(pk=raw.pk)

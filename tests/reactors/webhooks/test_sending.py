"""Events arrive signed, are repeated until they do, and what never does is given up in the open."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from okno.reactors.notify.models import Notification
from okno.reactors.webhooks.again import send_again
from okno.reactors.webhooks.commands import change_webhook, delete_webhook, rotate_secret, send_test
from okno.reactors.webhooks.housekeeping import forget_deliveries
from okno.reactors.webhooks.models import Webhook, WebhookDelivery
from okno.reactors.webhooks.sending import PAUSES
from okno.spine.actor import SYSTEM
from okno.spine.models import ConfigVersion, Event, Reaction
from okno.spine.work import drain
from okno.team.models import Desk, Team
from okno.tickets.commands.properties import change_subject
from okno.tickets.commands.reply import add_note
from tests.conftest import Shop
from tests.reactors.webhooks.conftest import deliver, let_time_pass
from tests.reactors.webhooks.receiver import Received, Receiver

Hook = Callable[..., Any]


def is_signed(one: Received, secret: str) -> bool:
    """Check a message as the standard says, with nothing of ours."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    said = f"{one.headers['webhook-id']}.{one.headers['webhook-timestamp']}.".encode() + one.body
    wanted = "v1," + base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()
    return wanted in one.headers["webhook-signature"].split(" ")


def test_an_event_arrives_once_and_signed(shop: Shop, hook: Hook, receiver: Receiver) -> None:
    made = hook(receiver.url)
    ticket: Any = shop.ticket()
    count = deliver()
    assert deliver() == 0
    assert count == len(receiver.received) == WebhookDelivery.objects.filter(state="done").count()
    one = next(one for one in receiver.received if one.document["type"] == "ticket.created")
    event = Event.objects.get(type="ticket.created")
    assert one.headers["webhook-id"] == one.document["id"] == str(event.uid)
    assert one.document["subject"] == {"kind": "ticket", "id": ticket.pk, "number": ticket.number}
    assert not one.document["is_internal"]
    assert one.headers["content-type"] == "application/json"
    assert is_signed(one, made.plain_secret)
    assert not is_signed(one, "whsec_" + base64.b64encode(b"x" * 32).decode())


def test_the_words_of_messages_never_leave(shop: Shop, hook: Hook, receiver: Receiver) -> None:
    hook(receiver.url)
    ticket: Any = shop.ticket()
    actor: Any = shop.actor("agent")
    add_note(actor=actor, ticket_id=ticket.pk, text="a word for ourselves", now=shop.now)
    deliver()
    said = {one.document["type"]: one.document["is_internal"] for one in receiver.received}
    assert (said["ticket.message_added"], said["ticket.note_added"]) == (False, True)
    assert not any(b"for ourselves" in one.body or b"Please help" in one.body for one in receiver.received)


def test_only_the_chosen_events_are_sent(shop: Shop, hook: Hook, receiver: Receiver) -> None:
    hook(receiver.url, events=("ticket.subject_changed",))
    ticket: Any = shop.ticket()
    change_subject(actor=SYSTEM, ticket_id=ticket.pk, subject="Another", now=shop.now)
    assert WebhookDelivery.objects.count() == 1
    deliver()
    assert receiver.events() == ["ticket.subject_changed"]


def test_what_its_owner_may_not_see_is_not_sent(shop: Shop, hook: Hook, receiver: Receiver) -> None:
    desk = Desk.objects.create(name="Elsewhere", position=9)
    team = Team.objects.create(name="Elsewhere", desk=desk, line=1)
    hook(receiver.url, owner="outsider", role="configurator", scope="team", team=team)
    shop.ticket()
    assert WebhookDelivery.objects.filter(event_type="ticket.created").exists()
    deliver()
    assert receiver.events() == ["contact.created"]
    assert not WebhookDelivery.objects.exclude(event_type="contact.created").exists()


def test_rights_count_as_they_are_when_it_is_sent(shop: Shop, hook: Hook, receiver: Receiver) -> None:
    made = hook(receiver.url)
    shop.ticket()
    made.owner.is_active = False
    made.owner.save()
    deliver()
    assert receiver.received == []


def test_a_token_makes_nothing_wider_than_itself(shop: Shop, receiver: Receiver) -> None:
    from okno.reactors.webhooks.commands import create_webhook
    from okno.team.queries import actor_for

    member: Any = shop.member("administrator", role="administrator")
    actor = actor_for(member, token_id=1, token_scopes=["settings:write"])
    create_webhook(actor=actor, name="x", url=receiver.url, events=[], owner=member, now=shop.now)
    shop.ticket()
    deliver()
    assert {one.document["subject"]["kind"] for one in receiver.received} == {"webhook"}


def test_what_fails_is_tried_again_with_growing_pauses_and_then_given_up(
    shop: Shop, hook: Hook, receiver: Receiver
) -> None:
    hook(receiver.url, events=("ticket.created",))
    receiver.status, receiver.words = 503, b"later" + b"x" * 5000
    shop.ticket()
    for pause in PAUSES:
        assert deliver() == 1
        row = WebhookDelivery.objects.get()
        assert (row.state, row.status, row.last_error) == ("due", 503, "HTTP 503")
        assert row.due_at > row.created_at + pause * 0.9
        let_time_pass()
    assert deliver() == 1
    row = WebhookDelivery.objects.get()
    assert (row.state, len(row.tries), len(row.answer)) == ("dead", len(PAUSES) + 1, 1000)
    assert len({(one.headers["webhook-id"], one.body) for one in receiver.received}) == 1
    assert Webhook.objects.get().failures == len(PAUSES) + 1

    receiver.status, receiver.words = 204, b""
    actor: Any = shop.actor("administrator")
    assert send_again(actor=actor, webhook_id=row.webhook_id, delivery_ids=None, now=shop.now) == 1
    assert deliver() == 1
    row = WebhookDelivery.objects.get()
    assert (row.state, row.status, row.last_error, row.answer) == ("done", 204, "", "")
    assert (Webhook.objects.get().failures, Webhook.objects.get().failing_since) == (0, None)


@pytest.mark.parametrize("status", [301, 302, 307, 400, 404, 500])
def test_anything_but_a_yes_is_a_failure(shop: Shop, hook: Hook, receiver: Receiver, status: int) -> None:
    receiver.status, receiver.headers = status, {"Location": receiver.url + "/moved"}
    hook(receiver.url, events=("ticket.created",))
    shop.ticket()
    deliver()
    assert [one.path for one in receiver.received] == ["/hook"]
    assert WebhookDelivery.objects.get().state == "due"


def test_whoever_is_gone_is_switched_off_at_once(shop: Shop, hook: Hook, receiver: Receiver) -> None:
    hook(receiver.url, events=("ticket.created",))
    receiver.status = 410
    shop.ticket("one")
    shop.ticket("two")
    deliver()
    assert not Webhook.objects.get().is_active
    assert sorted(WebhookDelivery.objects.values_list("state", flat=True)) == ["cancelled", "dead"]
    shop.ticket("three")
    assert WebhookDelivery.objects.count() == 2


def test_after_days_without_success_it_is_switched_off_and_told_of(
    shop: Shop, hook: Hook, receiver: Receiver
) -> None:
    for name in ("administrator", "supervisor", "agent"):
        shop.member(name, role=name)
    made = hook(receiver.url, owner="configurator", events=("ticket.created",))
    receiver.status = 500
    shop.ticket()
    Webhook.objects.update(failures=20, failing_since=shop.now - timedelta(days=2))
    deliver()
    assert Webhook.objects.get().is_active
    Webhook.objects.update(failing_since=shop.now - timedelta(days=3, minutes=1))
    let_time_pass()
    deliver()
    assert not Webhook.objects.get().is_active
    drain(Reaction)
    told = Notification.objects.filter(kind="webhook", webhook_id=made.pk)
    assert set(told.values_list("member__name", flat=True)) == {"Administrator", "Configurator"}
    newest = ConfigVersion.objects.filter(kind="webhook").order_by("number").last()
    assert newest is not None
    assert (newest.values["is_active"], newest.actor_kind) == (False, "system")

    actor: Any = shop.actor("administrator")
    change_webhook(actor=actor, webhook_id=made.pk, is_active=True, now=shop.now)
    assert (Webhook.objects.get().failures, Webhook.objects.get().failing_since) == (0, None)


def test_both_secrets_sign_while_the_receiver_changes_over(
    shop: Shop, hook: Hook, receiver: Receiver
) -> None:
    made = hook(receiver.url, events=("ticket.created",))
    actor: Any = shop.actor("administrator")
    newer = rotate_secret(actor=actor, webhook_id=made.pk, now=shop.now)
    shop.ticket()
    deliver()
    (one,) = receiver.received
    assert is_signed(one, made.plain_secret)
    assert is_signed(one, newer)
    Webhook.objects.update(earlier_until=shop.now - timedelta(minutes=1))
    shop.ticket()
    deliver()
    assert is_signed(receiver.received[1], newer)
    assert not is_signed(receiver.received[1], made.plain_secret)


def test_a_secret_is_nowhere_to_be_read(shop: Shop, hook: Hook, receiver: Receiver) -> None:
    made = hook(receiver.url)
    plain = made.plain_secret.removeprefix("whsec_")
    assert plain not in str(Webhook.objects.values().get())
    assert plain not in str(list(ConfigVersion.objects.values()))
    assert plain not in str(list(Event.objects.values("payload", "snapshot")))


def test_a_test_is_told_to_its_webhook_only(shop: Shop, hook: Hook, receiver: Receiver) -> None:
    first, second = hook(receiver.url + "/1"), hook(receiver.url + "/2")
    WebhookDelivery.objects.all().delete()
    actor: Any = shop.actor("administrator")
    send_test(actor=actor, webhook_id=second.pk, now=shop.now)
    deliver()
    assert [(one.path, one.document["type"]) for one in receiver.received] == [("/hook/2", "webhook.tested")]
    assert not WebhookDelivery.objects.filter(webhook=first).exists()


def test_what_is_deleted_is_silent_and_goes(shop: Shop, hook: Hook, receiver: Receiver) -> None:
    made = hook(receiver.url)
    shop.ticket()
    delete_webhook(actor=SYSTEM, webhook_id=made.pk, now=shop.now)
    shop.ticket()
    deliver()
    assert receiver.received == []
    forget_deliveries(shop.now + timedelta(days=2))
    assert not Webhook.objects.exists()
    assert not WebhookDelivery.objects.exists()


def test_the_log_is_kept_for_a_month_and_what_waits_stays(shop: Shop, hook: Hook, receiver: Receiver) -> None:
    hook(receiver.url, events=("ticket.created",))
    shop.ticket("arrives")
    deliver()
    shop.ticket("waits")
    forget_deliveries(shop.now + timedelta(days=29))
    assert WebhookDelivery.objects.count() == 2
    forget_deliveries(shop.now + timedelta(days=31))
    assert WebhookDelivery.objects.get().state == "due"


def test_nothing_is_written_for_a_change_that_is_undone(shop: Shop, hook: Hook, receiver: Receiver) -> None:
    from django.db import transaction

    hook(receiver.url)
    with transaction.atomic():
        shop.ticket()
        transaction.set_rollback(True)
    assert not WebhookDelivery.objects.exists()

"""The ledger of deliveries: sign, send, write down what became of it, try again with growing pauses.

A slow receiver keeps nothing waiting but itself: each delivery has a thread of its own, of one webhook there are never
more than `AT_ONCE`, and nobody holds a transaction or a connection to the database while somebody else's server thinks.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F
from django.db.models.functions import Coalesce

from okno.lib.clock import current_time
from okno.lib.crypto import SecretUnreadable
from okno.lib.http_client import HttpFailure, post
from okno.reactors.webhooks.document import body_of, may_hear
from okno.reactors.webhooks.models import Webhook, WebhookDelivery
from okno.reactors.webhooks.signing import signed_headers
from okno.reactors.webhooks.switching import switch_off
from okno.spine.models import Event
from okno.spine.work import Ledger, register_ledger, work_on
from okno.tenancy.scope import scope

LEASE = timedelta(seconds=60)
PAUSES = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=2),
    timedelta(hours=4),
    timedelta(hours=8),
)
"""How long after each failed attempt the next one is made: ten attempts in about 16 hours."""
ANSWER_BYTES = 1000
GONE = 410
GIVE_UP_AFTER = timedelta(days=3)
GIVE_UP_FAILURES = 10
SLOTS = 16

_slots = threading.BoundedSemaphore(SLOTS)
_lock = threading.Lock()
_under_way: set[threading.Thread] = set()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one attempt came to."""

    at: datetime
    status: int | None
    duration: int
    answer: str
    error: str

    @property
    def has_arrived(self) -> bool:
        """Tell whether the receiver took it."""
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, slots=True, kw_only=True)
class _Message:
    url: str
    headers: dict[str, str]
    body: bytes


def send(delivery: WebhookDelivery) -> None:
    """Make one attempt at a claimed delivery and write down what came of it."""
    now = current_time()
    message = _message(delivery, now=now)
    if message is None:
        return
    # The connection goes back while the receiver thinks; it is the pool's, and there are few.
    if not connection.in_atomic_block:
        connection.close()
    outcome = _attempt(message, now=now)
    with scope(delivery.workspace_id):
        _settle(delivery, outcome)


def _message(delivery: WebhookDelivery, *, now: datetime) -> _Message | None:
    """Return what is to be sent, or None if there is nothing (any more) that its receiver may hear."""
    with scope(delivery.workspace_id):
        if not delivery.extend(LEASE):
            return None
        webhook = Webhook.objects.select_related("owner").get(pk=delivery.webhook_id)
        if not webhook.is_active:
            delivery.release()
            return None
        event = Event.objects.filter(uid=delivery.event_uid).first()
        if event is None or not may_hear(webhook, event):
            if delivery.hold():
                delivery.delete()
            return None
        body = body_of(event)
        try:
            headers = signed_headers(webhook, uid=str(event.uid), body=body, now=now)
        except SecretUnreadable:
            delivery.bury("the secret cannot be read any more: make a new one")
            return None
    return _Message(url=webhook.url, headers={"Content-Type": "application/json", **headers}, body=body)


def _attempt(message: _Message, *, now: datetime) -> Outcome:
    started = time.monotonic()
    status, answer, error = None, "", ""
    try:
        said = post(message.url, message.body, headers=message.headers, reads=ANSWER_BYTES)
    except HttpFailure as failure:
        error = str(failure)[:ANSWER_BYTES]
    else:
        status, answer = said.status, said.body.decode("utf-8", "replace").replace("\x00", "\ufffd")
        error = "" if 200 <= status < 300 else f"HTTP {status}"
    duration = int((time.monotonic() - started) * 1000)
    return Outcome(at=now, status=status, duration=duration, answer=answer, error=error)


def _settle(delivery: WebhookDelivery, outcome: Outcome) -> None:
    shown: dict[str, Any] = {
        "status": outcome.status,
        "duration": outcome.duration,
        "answer": outcome.answer,
        "tries": [*delivery.tries, _try(outcome)][-2 * (len(PAUSES) + 1) :],
    }
    webhook = Webhook.objects.filter(pk=delivery.webhook_id)
    if outcome.has_arrived:
        if delivery.finish(last_error="", **shown):
            webhook.filter(failures__gt=0).update(failures=0, failing_since=None)
        return
    is_last = delivery.attempts > len(PAUSES) or outcome.status == GONE
    if is_last:
        is_ours = delivery.bury(outcome.error, **shown)
    else:
        is_ours = delivery.retry_in(PAUSES[delivery.attempts - 1], outcome.error, **shown)
    if is_ours:
        webhook.update(failures=F("failures") + 1, failing_since=Coalesce("failing_since", outcome.at))
        _switch_off_if_hopeless(delivery.webhook_id, outcome)


def _try(outcome: Outcome) -> dict[str, Any]:
    return {
        "at": outcome.at.isoformat(),
        "status": outcome.status,
        "duration": outcome.duration,
        "error": outcome.error,
    }


def _switch_off_if_hopeless(webhook_id: int, outcome: Outcome) -> None:
    if outcome.status == GONE:
        switch_off(webhook_id=webhook_id, reason="gone", now=outcome.at)
        return
    hopeless = Webhook.objects.filter(
        pk=webhook_id, failures__gte=GIVE_UP_FAILURES, failing_since__lte=outcome.at - GIVE_UP_AFTER
    )
    if hopeless.exists():
        switch_off(webhook_id=webhook_id, reason="failing", now=outcome.at)


def _hand_over(delivery: WebhookDelivery) -> None:
    """Let a thread of its own send a delivery; waits while there are as many as there may be."""
    _slots.acquire()
    thread = threading.Thread(target=_in_slot, args=(delivery,), name="webhook", daemon=True)
    with _lock:
        _under_way.add(thread)
        thread.start()


def _in_slot(delivery: WebhookDelivery) -> None:
    try:
        work_on(ONE_BY_ONE, delivery)
    finally:
        connection.close()
        with _lock:
            _under_way.discard(threading.current_thread())
        _slots.release()


def _wait_for_all() -> int:
    with _lock:
        threads = list(_under_way)
    for thread in threads:
        thread.join()
    return len(threads)


ONE_BY_ONE = Ledger(model=WebhookDelivery, handle=send, lease=LEASE, backoff=PAUSES)
"""The same in the calling thread."""
DELIVERIES = register_ledger(
    Ledger(model=WebhookDelivery, handle=_hand_over, lease=LEASE, backoff=PAUSES, aside=_wait_for_all)
)

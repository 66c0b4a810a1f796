"""Many workers, slow receivers, workers that die: everything arrives, nothing waits for somebody else."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now

from okno.reactors.webhooks import sending
from okno.reactors.webhooks.models import AT_ONCE, WebhookDelivery
from okno.spine.work import drain, run_once
from okno.tenancy.scope import scope
from tests.conftest import Shop, make_shop
from tests.reactors.webhooks.conftest import make_hook
from tests.reactors.webhooks.receiver import Received, Receiver

EVENTS = ("ticket.created",)


def with_tickets(shop: Shop, *urls: str, count: int) -> None:
    with scope(shop.workspace):  # type: ignore[arg-type]
        for url in urls:
            make_hook(shop, url, events=EVENTS)
        for number in range(count):
            shop.ticket(f"number {number}")


def states(shop: Shop) -> Counter[str]:
    with scope(shop.workspace):  # type: ignore[arg-type]
        return Counter(WebhookDelivery.objects.values_list("state", flat=True))


def in_threads(work: Callable[[], object], count: int) -> None:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_several_workers_send_each_event_once(open_shop: Shop, receiver: Receiver) -> None:
    with_tickets(open_shop, receiver.url, count=20)
    in_threads(lambda: drain(WebhookDelivery), 3)
    drain(WebhookDelivery)
    assert states(open_shop) == {"done": 20}
    sent = Counter(one.headers["webhook-id"] for one in receiver.received)
    assert set(sent.values()) == {1}


def test_a_slow_receiver_holds_up_nobody_else_and_gets_no_more_at_once_than_it_may(
    open_shop: Shop, receiver: Receiver
) -> None:
    release, lock = threading.Event(), threading.Lock()
    busy, most = 0, 0

    def wait(_one: Received) -> None:
        nonlocal busy, most
        with lock:
            busy += 1
            most = max(most, busy)
        release.wait(8)
        with lock:
            busy -= 1

    with Receiver(before=wait) as slow:
        with_tickets(open_shop, slow.url, receiver.url, count=6)
        while len(receiver.received) < 6:
            run_once(sending.DELIVERIES)
        assert run_once(sending.DELIVERIES) == 0
        assert len(slow.received) <= AT_ONCE
        release.set()
        drain(WebhookDelivery)
    assert states(open_shop) == {"done": 12}
    assert most <= AT_ONCE


def test_a_worker_that_died_in_the_middle_leaves_nothing_undone(
    open_shop: Shop, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It had sent and not yet written that down: the receiver sees the same id again and knows it."""
    with_tickets(open_shop, receiver.url, count=1)

    class Killed(BaseException):
        """What no handler catches."""

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(sending, "_settle", die)
        with pytest.raises(Killed):
            run_once(sending.ONE_BY_ONE)
    assert run_once(sending.ONE_BY_ONE) == 0
    with scope(open_shop.workspace):  # type: ignore[arg-type]
        WebhookDelivery.objects.update(lease_until=Now())
    assert drain(WebhookDelivery) > 0
    assert states(open_shop) == {"done": 1}
    first, second = receiver.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body


def test_who_was_overtaken_changes_nothing(open_shop: Shop, receiver: Receiver) -> None:
    with_tickets(open_shop, receiver.url, count=1)

    def take_over(_one: Received) -> None:
        receiver.before = None
        receiver.status = 500
        with scope(open_shop.workspace):  # type: ignore[arg-type]
            WebhookDelivery.objects.update(lease_until=Now())
        run_once(sending.ONE_BY_ONE)
        connection.close()

    receiver.before = take_over
    run_once(sending.ONE_BY_ONE)
    with scope(open_shop.workspace):  # type: ignore[arg-type]
        row = WebhookDelivery.objects.get()
    assert (row.state, row.attempts, len(row.tries)) == ("due", 2, 1)


def test_one_workspace_never_sends_anothers_events(open_shop: Shop, receiver: Receiver, now: Any) -> None:
    other = make_shop(now)
    with scope(other.workspace):  # type: ignore[arg-type]
        make_hook(other, receiver.url)
    with scope(open_shop.workspace):  # type: ignore[arg-type]
        open_shop.ticket()
    drain(WebhookDelivery)
    assert receiver.received == []

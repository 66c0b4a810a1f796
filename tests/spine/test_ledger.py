"""Rows of work: claimed once, given back, overtaken, buried, revived. Faults of the notes: F1, F5, F13, F19, F26."""

from __future__ import annotations

import threading
from datetime import UTC, timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now

from okno.spine.models import Reaction, Receipt, Timer
from okno.spine.timers import clear_timer, set_timer
from okno.spine.work import GiveUp, Ledger, on_timer, run_once, work_on
from okno.tenancy.scope import scope
from tests.conftest import Shop

LEASE = timedelta(seconds=60)


def due_timer(shop: Shop, key: str = "1", *, kind: str = "test") -> Timer:
    set_timer(kind=kind, key=key, due_at=shop.now)
    return Timer.objects.get(kind=kind, key=key)


def test_a_claimed_row_cannot_be_claimed_again_until_its_lease_runs_out(shop: Shop) -> None:
    timer = due_timer(shop)
    [claimed] = Timer.claim([timer.pk], lease=LEASE)
    assert claimed.attempts == 1
    assert Timer.claim([timer.pk], lease=LEASE) == []
    assert Timer.due(10) == []
    Timer.objects.update(lease_until=Now() - timedelta(seconds=1))
    [again] = Timer.claim([timer.pk], lease=LEASE)
    assert again.attempts == 2


def test_whoever_was_overtaken_changes_nothing(shop: Shop) -> None:
    timer = due_timer(shop)
    [slow] = Timer.claim([timer.pk], lease=LEASE)
    Timer.objects.update(lease_until=Now() - timedelta(seconds=1))
    [fast] = Timer.claim([timer.pk], lease=LEASE)
    assert not slow.finish()
    assert not slow.retry_in(timedelta(0), "late")
    assert not slow.hold()
    assert fast.finish()
    assert not fast.finish()
    timer.refresh_from_db()
    assert (timer.state, timer.last_error) == ("done", "")


def test_a_future_row_is_not_due(shop: Shop) -> None:
    set_timer(kind="test", key="later", due_at=shop.now + timedelta(hours=1))
    assert Timer.due(10) == []


def test_due_rows_of_all_workspaces_are_listed_by_id_only_and_without_a_scope(open_shop: Shop) -> None:
    with scope(open_shop.workspace):  # type: ignore[arg-type]
        timer = due_timer(open_shop)
    assert Timer.due(10) == [(open_shop.workspace.pk, timer.pk)]  # type: ignore[attr-defined]


def test_of_many_workers_each_row_goes_to_one(open_shop: Shop) -> None:
    with scope(open_shop.workspace):  # type: ignore[arg-type]
        ids = [due_timer(open_shop, str(number)).pk for number in range(40)]
    claimed: list[int] = []
    start = threading.Barrier(4)

    def claim() -> None:
        start.wait()
        try:
            for _round in range(10):
                with scope(open_shop.workspace):  # type: ignore[arg-type]
                    claimed.extend(row.pk for row in Timer.claim(ids, lease=LEASE))
        finally:
            connection.close()

    threads = [threading.Thread(target=claim) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == sorted(ids)


def test_a_failing_row_is_tried_again_later_and_buried_at_last(shop: Shop) -> None:
    timer = due_timer(shop)

    def fail(_row: Timer) -> None:
        raise ValueError("no luck")

    ledger = Ledger(model=Timer, handle=fail, backoff=(timedelta(0),))
    assert run_once(ledger) == 1
    timer.refresh_from_db()
    assert (timer.state, timer.attempts, timer.last_error) == ("due", 1, "ValueError: no luck")
    assert run_once(ledger) == 1
    timer.refresh_from_db()
    assert (timer.state, timer.attempts) == ("dead", 2)
    assert run_once(ledger) == 0
    assert Timer.revive([timer.pk]) == 1
    assert Timer.due(10) == [(shop.workspace.pk, timer.pk)]  # type: ignore[attr-defined]


def test_whoever_has_to_stop_gives_back_what_he_has_not_begun(shop: Shop) -> None:
    for key in ("1", "2"):
        due_timer(shop, key)
    stop = threading.Event()
    done: list[str] = []

    def work(row: Timer) -> None:
        done.append(row.key)
        row.finish()
        stop.set()

    run_once(Ledger(model=Timer, handle=work), stop=stop)
    assert done == ["1"]
    left = Timer.objects.get(kind="test", key="2")
    assert (left.state, left.attempts, left.lease_until) == ("due", 0, None)


def test_what_can_never_succeed_is_buried_at_once(shop: Shop) -> None:
    [row] = Timer.claim([due_timer(shop).pk], lease=LEASE)

    def refuse(_row: Timer) -> None:
        raise GiveUp("not in this life")

    work_on(Ledger(model=Timer, handle=refuse), row)
    row.refresh_from_db()
    assert (row.state, row.last_error) == ("dead", "not in this life")


def test_setting_a_timer_again_moves_it_and_clearing_cancels_it(shop: Shop) -> None:
    due_timer(shop)
    set_timer(kind="test", key="1", due_at=shop.now + timedelta(days=1))
    assert Timer.objects.filter(kind="test").count() == 1
    assert Timer.due(10) == []
    clear_timer(kind="test", key="1")
    assert Timer.objects.get(kind="test").state == "cancelled"


def test_a_timer_goes_off_once_in_its_workspaces_scope(shop: Shop) -> None:
    heard: list[str] = []

    @on_timer("test.once")
    def ring(timer: Timer) -> None:
        heard.append(timer.key)

    due_timer(shop, "bell", kind="test.once")
    from okno.spine.work import TIMERS

    assert run_once(TIMERS) == 1
    assert run_once(TIMERS) == 0
    assert heard == ["bell"]


def test_a_reaction_that_is_run_twice_has_its_effect_once(shop: Shop) -> None:
    from okno.spine.work import REACTIONS

    shop.ticket()
    reaction = Reaction.objects.filter(reactor="notify").first()
    assert reaction is not None
    run_once(REACTIONS)
    assert Receipt.objects.filter(reactor="notify", event_uid=reaction.event.uid).count() == 1
    Reaction.objects.update(state="due", attempts=0, lease_until=None)
    before = Receipt.objects.count()
    run_once(REACTIONS)
    assert Receipt.objects.count() == before


@pytest.mark.django_db
def test_due_rows_are_found_by_their_partial_index(shop: Shop) -> None:
    from datetime import datetime

    Timer.objects.bulk_create(
        Timer(kind="far", key=str(number), due_at=datetime(2099, 1, 1, tzinfo=UTC)) for number in range(3000)
    )
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT id FROM spine_timer WHERE state = 'due' AND due_at <= statement_timestamp() "
            "ORDER BY due_at LIMIT 20"
        )
        assert "spine_timer_due" in "\n".join(row[0] for row in cursor.fetchall())


def test_the_end_of_a_row_that_never_worked_is_told_once(shop: Shop) -> None:
    told: list[tuple[str, str]] = []
    due_timer(shop)

    def fail(_row: Timer) -> None:
        raise ValueError("no luck")

    ledger = Ledger(
        model=Timer, handle=fail, backoff=(), buried=lambda row, words: told.append((row.key, words))
    )
    run_once(ledger)
    run_once(ledger)
    assert told == [("1", "ValueError: no luck")]

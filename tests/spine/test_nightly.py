"""Housekeeping comes round again."""

from __future__ import annotations

from datetime import datetime

import pytest

from okno.spine import work
from okno.spine.models import Timer
from okno.spine.nightly import PERIOD, arm_chores, nightly
from okno.spine.work import TIMERS, run_once
from okno.tenancy import commands
from tests.conftest import make_shop


@pytest.mark.django_db
def test_a_chore_runs_and_is_set_again(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    from okno.tenancy.scope import scope

    monkeypatch.setattr(commands, "_FURNISHERS", list(commands._FURNISHERS))
    monkeypatch.setattr(work, "_timers", dict(work._timers))
    done: list[datetime] = []
    nightly("test.chore")(done.append)
    shop = make_shop(now)
    with scope(shop.workspace):
        timer = Timer.objects.get(kind="test.chore")
        assert timer.due_at == now + PERIOD
        Timer.objects.filter(pk=timer.pk).update(due_at=now)
        run_once(TIMERS)
        timer.refresh_from_db()
    assert len(done) == 1
    assert (timer.state, timer.attempts) == ("due", 0)
    assert timer.due_at == done[0] + PERIOD


@pytest.mark.django_db
def test_a_workspace_is_given_the_chores_of_a_newer_version(now: datetime) -> None:
    from okno.tenancy.scope import scope

    shop = make_shop(now)
    with scope(shop.workspace):
        kinds = set(Timer.objects.values_list("kind", flat=True))
        kept = Timer.objects.order_by("id").first()
        assert kept is not None
        Timer.objects.exclude(pk=kept.pk).delete()
    arm_chores(now=now + 2 * PERIOD)
    with scope(shop.workspace):
        assert set(Timer.objects.values_list("kind", flat=True)) >= kinds
        kept.refresh_from_db()
        assert kept.due_at == now + PERIOD

"""Housekeeping comes round again."""

from __future__ import annotations

from datetime import datetime

import pytest

from okno.spine import work
from okno.spine.models import Timer
from okno.spine.nightly import PERIOD, nightly
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

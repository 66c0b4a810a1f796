"""The same at the same moment, from several connections."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

from django.db import connections

from okno.lib.clock import current_time
from okno.modules.phone.commands.finishing import finish_call
from okno.modules.phone.commands.reports import Report, report_call
from okno.modules.phone.commands.writing import Written, keep_call
from okno.spine.models import Event
from okno.tenancy.scope import scope
from okno.tickets.models import Message, Ticket
from tests.conftest import Shop


def at_once(shop: Shop, act: Any, many: int = 4) -> list[Any]:
    """Run something in several threads, each with its own connection."""

    def run(_number: int) -> Any:
        try:
            with scope(shop.workspace):  # type: ignore[arg-type]
                return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(many) as pool:
        return list(pool.map(run, range(many)))


def test_a_call_begins_and_ends_once(open_shop: Shop) -> None:
    with scope(open_shop.workspace):  # type: ignore[arg-type]
        actor: Any = open_shop.actor()
    now = current_time()
    written = Written(page=uuid4(), who="Boris", subject="Printer")
    at_once(open_shop, lambda: keep_call(actor=actor, number=None, written=written, now=now))
    done = at_once(open_shop, lambda: finish_call(actor=actor, number=None, written=written, now=now).pk)
    assert len(set(done)) == 1
    with scope(open_shop.workspace):  # type: ignore[arg-type]
        assert Ticket.objects.count() == 1
        assert Message.objects.count() == 1
        assert Event.objects.filter(type="call.finished").count() == 1


def test_missed_calls_of_one_number_share_a_draft(open_shop: Shop) -> None:
    with scope(open_shop.workspace):  # type: ignore[arg-type]
        actor: Any = open_shop.actor()
    now = current_time()
    report = Report(number="+79123456789", direction="in", is_missed=True, at=now)
    at_once(open_shop, lambda: report_call(actor=actor, report=report, now=now).is_new)
    with scope(open_shop.workspace):  # type: ignore[arg-type]
        assert Ticket.objects.count() == 1
        assert Message.objects.count() == 4

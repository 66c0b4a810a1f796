"""Tickets of a member who was switched off."""

from __future__ import annotations

from typing import Any

import pytest

from okno.spine.actor import SYSTEM
from okno.spine.models import Event, Timer
from okno.team.commands.members import activate_member, deactivate_member
from okno.tickets import handover
from okno.tickets.commands.assign import assign_ticket
from okno.tickets.models import Ticket


@pytest.fixture
def leaver(shop: Any) -> Any:
    """Give an agent with three open tickets."""
    agent = shop.member("agent")
    for number in range(3):
        ticket = shop.ticket(f"Printer {number}")
        assign_ticket(actor=SYSTEM, ticket_id=ticket.pk, to=agent, now=shop.now)
    return agent


def switch_off(shop: Any, member: Any, successor: Any = None) -> None:
    deactivate_member(
        actor=shop.actor("administrator"),
        workspace=shop.workspace,
        member_id=member.pk,
        successor_id=successor.pk if successor else None,
        now=shop.now,
    )


def go_off() -> None:
    """Do what the worker does with a due timer."""
    timer = Timer.objects.get(kind=handover.TIMER)
    if timer.state == "due":
        Timer.objects.filter(pk=timer.pk).update(state="done")
        handover.hand_over(timer)


def test_without_successor_they_are_unassigned_because_of_it(shop: Any, leaver: Any) -> None:
    switch_off(shop, leaver)
    go_off()
    assert set(Ticket.objects.values_list("assignee", flat=True)) == {None}
    cause = Event.objects.get(type="member.deactivated")
    assert Event.objects.filter(type="ticket.assigned", root=cause.root, cause=cause.uid).count() == 3


def test_successor_gets_them(shop: Any, leaver: Any) -> None:
    colleague = shop.member("colleague")
    switch_off(shop, leaver, colleague)
    go_off()
    assert set(Ticket.objects.values_list("assignee", flat=True)) == {colleague.pk}


def test_in_batches_and_repeated_without_harm(
    shop: Any, leaver: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handover, "BATCH", 2)
    switch_off(shop, leaver)
    go_off()
    assert Ticket.objects.filter(assignee=leaver).count() == 1
    go_off()
    go_off()
    assert Ticket.objects.filter(assignee=leaver).count() == 0
    assert Timer.objects.get(kind=handover.TIMER).state == "done"


def test_whoever_is_back_keeps_his(shop: Any, leaver: Any) -> None:
    switch_off(shop, leaver)
    activate_member(actor=shop.actor("administrator"), member_id=leaver.pk, now=shop.now)
    go_off()
    assert Ticket.objects.filter(assignee=leaver).count() == 3


def test_successor_who_cannot_work_leaves_them_unassigned(shop: Any, leaver: Any) -> None:
    reader = shop.member("reader", role="light_agent")
    switch_off(shop, leaver, reader)
    go_off()
    assert set(Ticket.objects.values_list("assignee", flat=True)) == {None}

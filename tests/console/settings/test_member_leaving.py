"""Somebody no longer works here: what he leaves is shown, handed over and counted down; his return brings none back."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from okno.spine.actor import SYSTEM
from okno.spine.models import Event, Timer
from okno.team.commands.tokens import create_token
from okno.team.models import Member, Role, Team
from okno.tickets import handover
from okno.tickets.commands.assign import assign_ticket, change_team
from okno.tickets.models import Ticket
from tests.conftest import Shop
from tests.console.conftest import Browser

MANAGERS = {Role.ADMINISTRATOR, Role.SUPPORT_ADMINISTRATOR}


@pytest.fixture
def boss(browser: Browser) -> Client:
    """Give an administrator's browser."""
    return browser("administrator")


@pytest.fixture
def leaver(shop: Shop) -> Any:
    """Give an agent with three open tickets, two of them in a team, and a token."""
    agent: Any = shop.member("agent")
    for number in range(3):
        ticket: Any = shop.ticket(f"Printer {number}")
        if number:
            change_team(actor=SYSTEM, ticket_id=ticket.pk, to=Team.objects.get(), now=shop.now)
        else:
            Ticket.objects.filter(pk=ticket.pk).update(team=None)
        assign_ticket(actor=SYSTEM, ticket_id=ticket.pk, to=agent, now=shop.now)
    create_token(
        actor=shop.actor("administrator"),  # type: ignore[arg-type]
        member=agent,
        name="Mine",
        scopes=["*"],
        now=shop.now,
    )
    return agent


def go_off() -> None:
    """Do what the worker does with the due timer."""
    timer = Timer.objects.get(kind=handover.TIMER, state="due")
    Timer.objects.filter(pk=timer.pk).update(state="done")
    handover.hand_over(timer)


def test_the_page_shows_what_is_left_behind(shop: Shop, boss: Client, leaver: Any) -> None:
    page = boss.get(f"/settings/members/{leaver.pk}/deactivation/")
    estate = page.context["estate"]
    assert estate.tickets == [("First line", 2), ("", 1)]
    assert (estate.open_tickets, page.context["tokens"], page.context["sessions"]) == (3, 1, 0)
    assert "does not bring them back" in page.content.decode()


def test_the_tickets_are_counted_down_while_they_go(
    shop: Shop, boss: Client, leaver: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handover, "BATCH", 2)
    heir: Any = shop.member("colleague")
    answer = boss.post(f"/settings/members/{leaver.pk}/deactivation/", {"successor": heir.pk})
    assert answer["Location"] == f"/settings/members/{leaver.pk}/"
    assert "3 open tickets are still to be handed over" in boss.get(answer["Location"]).content.decode()
    go_off()
    part = boss.get(f"/settings/members/{leaver.pk}/handover/").content.decode()
    assert "1 open ticket is still to be handed over" in part
    assert 'hx-trigger="every 2s"' in part
    go_off()
    assert "hx-trigger" not in boss.get(f"/settings/members/{leaver.pk}/handover/").content.decode()
    assert Ticket.objects.filter(assignee=heir).count() == 3
    boss.post(f"/settings/members/{leaver.pk}/activation/")
    assert Ticket.objects.filter(assignee=heir).count() == 3
    assert not leaver.tokens.filter(revoked_at=None).exists()


def test_a_second_time_changes_nothing(shop: Shop, boss: Client, leaver: Any) -> None:
    for _ in range(2):
        assert boss.post(f"/settings/members/{leaver.pk}/deactivation/", {}).status_code == 302
    assert Event.objects.filter(type="member.deactivated").count() == 1
    assert (
        boss.get(f"/settings/members/{leaver.pk}/deactivation/")["Location"]
        == f"/settings/members/{leaver.pk}/"
    )


def test_only_those_who_may_be_given_tickets_are_offered(shop: Shop, boss: Client, leaver: Any) -> None:
    light: Any = shop.member("light_agent", role="light_agent")
    gone: Any = shop.member("gone")
    Member.objects.filter(pk=gone.pk).update(is_active=False)
    page = boss.get(f"/settings/members/{leaver.pk}/deactivation/")
    offered = [value for value, _label in page.context["form"].fields["successor"].choices]
    assert shop.members["administrator"].pk in offered  # type: ignore[attr-defined]
    for nobody in (light.pk, gone.pk, leaver.pk, 999999, "x"):
        assert nobody not in offered
        answer = boss.post(f"/settings/members/{leaver.pk}/deactivation/", {"successor": nobody})
        assert answer.status_code == 422
    leaver.refresh_from_db()
    assert leaver.is_active


def test_oneself_and_the_last_administrator_stay(shop: Shop, boss: Client) -> None:
    own = shop.members["administrator"].pk  # type: ignore[attr-defined]
    assert "cannot switch yourself off" in boss.get(f"/settings/members/{own}/deactivation/").content.decode()
    assert boss.post(f"/settings/members/{own}/deactivation/", {}).status_code == 422
    assert Member.objects.get(pk=own).is_active


@pytest.mark.parametrize("role", Role.values)
def test_who_may_do_it(shop: Shop, browser: Browser, role: str) -> None:
    target: Any = shop.member("target", role="light_agent")
    mightier: Any = shop.member("mightier", role="administrator")
    client = browser(role)
    wanted = 200 if role in MANAGERS else 403
    for path in ("deactivation", "handover"):
        assert client.get(f"/settings/members/{target.pk}/{path}/").status_code == wanted
        expected = 200 if role == Role.ADMINISTRATOR else 403
        assert client.get(f"/settings/members/{mightier.pk}/{path}/").status_code == expected
    if role not in MANAGERS:
        assert client.post(f"/settings/members/{target.pk}/deactivation/", {}).status_code == 403
        assert Member.objects.get(pk=target.pk).is_active

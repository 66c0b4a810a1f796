"""Taking and assigning."""

from __future__ import annotations

import threading

import pytest

from okno.lib.errors import Conflict, Denied, NotFound
from okno.spine.models import Event
from okno.tenancy.scope import scope
from okno.tickets.commands.assign import assign_ticket, change_team, take_ticket
from okno.tickets.events import TicketAssigned
from okno.tickets.models import Participant, Ticket
from tests.conftest import Shop


def test_taking_assigns_opens_and_tells(shop: Shop) -> None:
    ticket = shop.ticket()
    taken = take_ticket(actor=shop.actor("agent"), ticket_id=ticket.pk, now=shop.now)
    assert (taken.assignee_id, taken.category) == (shop.member("agent").pk, "open")
    assert Participant.objects.filter(ticket=ticket, role="assignee").count() == 1
    types = list(Event.objects.filter(subject_id=ticket.pk).order_by("id").values_list("type", flat=True))
    assert types[-2:] == ["ticket.assigned", "ticket.status_changed"]


def test_taking_again_does_nothing(shop: Shop) -> None:
    ticket = shop.ticket()
    take_ticket(actor=shop.actor("agent"), ticket_id=ticket.pk, now=shop.now)
    before = Event.objects.count()
    take_ticket(actor=shop.actor("agent"), ticket_id=ticket.pk, now=shop.now)
    assert Event.objects.count() == before


def test_the_second_to_take_is_told_who_was_first(shop: Shop) -> None:
    ticket = shop.ticket()
    take_ticket(actor=shop.actor("agent"), ticket_id=ticket.pk, now=shop.now)
    with pytest.raises(Conflict) as refused:
        take_ticket(actor=shop.actor("other", role="agent"), ticket_id=ticket.pk, now=shop.now)
    assert "Agent" in str(refused.value.message)


def test_a_light_agent_is_denied_and_nothing_changes(shop: Shop) -> None:
    ticket = shop.ticket()
    before = Event.objects.count()
    with pytest.raises(Denied):
        take_ticket(actor=shop.actor("light_agent"), ticket_id=ticket.pk, now=shop.now)
    assert Event.objects.count() == before
    assert Ticket.objects.get(pk=ticket.pk).assignee_id is None


def test_a_stranger_finds_nothing(shop: Shop) -> None:
    ticket = shop.ticket()
    with pytest.raises(NotFound):
        take_ticket(actor=shop.actor("stranger", role=None), ticket_id=ticket.pk, now=shop.now)


def test_a_team_change_frees_whoever_is_not_in_it(shop: Shop) -> None:
    from okno.team.models import Desk, Team

    ticket = shop.ticket()
    actor = shop.actor("agent")
    assign_ticket(actor=actor, ticket_id=ticket.pk, to=shop.member("agent"), now=shop.now)
    second = Team.objects.create(desk=Desk.objects.get(), name="Second line", line=2)
    moved = change_team(actor=actor, ticket_id=ticket.pk, to=second, now=shop.now)
    assert (moved.team_id, moved.assignee_id) == (second.pk, None)


def test_of_two_who_take_at_once_one_wins(open_shop: Shop) -> None:
    from django.db import connection

    shop = open_shop
    with scope(shop.workspace):
        ticket = shop.ticket()
        actors = [shop.actor(name, role="agent") for name in ("anna", "boris", "chen")]
    outcomes: list[str] = []
    start = threading.Barrier(len(actors))

    def take(actor: object) -> None:
        start.wait()
        try:
            with scope(shop.workspace):
                take_ticket(actor=actor, ticket_id=ticket.pk, now=shop.now)
            outcomes.append("won")
        except Conflict:
            outcomes.append("lost")
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["lost", "lost", "won"]


def test_the_timeline_says_taking_and_assigning_apart(shop: Shop) -> None:
    taken = TicketAssigned(old=None, new=7)
    assert taken.describe({"actor": "member:7", "member:7": "Anna"}) == "took the ticket"
    assert taken.describe({"actor": "member:8", "member:7": "Anna"}) == "assigned the ticket to Anna"

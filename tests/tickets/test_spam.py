"""Calling a ticket spam and taking it back: who may, repeated, told once, and counted by its own index."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models import Count

from okno.lib.errors import Denied, NotFound
from okno.spine.models import Event
from okno.team.models import Desk, Team
from okno.tickets import policy
from okno.tickets.commands.spam import delete_spam, mark_spam, unmark_spam
from okno.tickets.models import Ticket
from tests.conftest import Shop
from tests.tickets.test_explain import explained

COMMANDS = [mark_spam, unmark_spam, delete_spam]


@pytest.mark.parametrize("role", ["agent", "supervisor", "support_administrator", "administrator"])
def test_who_works_on_tickets_may(shop: Shop, role: str) -> None:
    ticket, actor = shop.ticket(), shop.actor(role)
    marked = mark_spam(actor=actor, ticket_id=ticket.pk, now=shop.now)
    assert (marked.spam_at, marked.spam_by_id) == (shop.now, shop.members[role].pk)
    put_back = unmark_spam(actor=actor, ticket_id=ticket.pk, now=shop.now)
    assert (put_back.spam_at, put_back.spam_by_id) == (None, None)
    mark_spam(actor=actor, ticket_id=ticket.pk, now=shop.now)
    assert delete_spam(actor=actor, ticket_id=ticket.pk, now=shop.now)
    assert not Ticket.objects.exists()


@pytest.mark.parametrize("command", COMMANDS)
def test_others_may_not_and_strangers_find_nothing(shop: Shop, command: object) -> None:
    ticket = shop.ticket()
    mark_spam(actor=shop.actor("agent"), ticket_id=ticket.pk, now=shop.now)
    events = Event.objects.count()
    team = Team.objects.create(
        name="Elsewhere", desk=Desk.objects.create(name="Elsewhere", position=9), line=1
    )
    for role in ("light_agent", "configurator"):
        with pytest.raises(Denied):
            command(actor=shop.actor(role), ticket_id=ticket.pk, now=shop.now)  # type: ignore[operator]
    outsider = shop.actor("outsider", role="agent", scope="team", team=team)
    with pytest.raises(NotFound):
        command(actor=outsider, ticket_id=ticket.pk, now=shop.now)  # type: ignore[operator]
    assert Ticket.objects.get().spam_at == shop.now
    assert Event.objects.count() == events


def test_a_repetition_tells_nothing(shop: Shop) -> None:
    ticket, actor = shop.ticket(), shop.actor("agent")
    for command in (unmark_spam, mark_spam, mark_spam, unmark_spam, unmark_spam):
        command(actor=actor, ticket_id=ticket.pk, now=shop.now)
    told = Event.objects.filter(subject_id=ticket.pk, type__contains="spam").order_by("id")
    assert list(told.values_list("type", flat=True)) == ["ticket.marked_spam", "ticket.unmarked_spam"]


def test_what_is_no_spam_is_not_deleted(shop: Shop) -> None:
    ticket = shop.ticket()
    assert not delete_spam(actor=shop.actor("agent"), ticket_id=ticket.pk, now=shop.now)
    assert Ticket.objects.get() == ticket


def test_it_is_seen_but_not_listed(shop: Shop) -> None:
    ticket, actor = shop.ticket(), shop.actor("agent")
    mark_spam(actor=actor, ticket_id=ticket.pk, now=shop.now)
    assert Ticket.objects.filter(policy.visible_to(actor)).exists()
    assert not Ticket.objects.filter(policy.listed_to(actor)).exists()


def test_the_counts_of_views_have_an_index_that_spam_is_not_in(shop: Shop) -> None:
    shop.ticket()
    rows = Ticket.objects.filter(policy.listed_to(shop.actor("agent")), is_open=True)
    counted = rows.values_list("assignee_id", "team_id").annotate(count=Count("*")).order_by()
    assert "Seq Scan on tickets_ticket" not in explained(counted)
    # Which index a table of one row is read by is the planner's own affair.
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'tickets_open_counts'")
        assert "spam_at IS NULL" in cursor.fetchone()[0]

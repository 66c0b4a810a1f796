"""Who sees what: the rule as SQL and the rule as predicate are one rule."""

from __future__ import annotations

import pytest

from okno.spine.actor import Actor, ActorKind, Grant
from okno.team.models import Desk, Team
from okno.tickets import policy
from okno.tickets.commands.assign import assign_ticket
from okno.tickets.commands.participants import add_participant
from okno.tickets.models import Ticket
from okno.tickets.snapshot import ticket_snapshot
from tests.conftest import Shop


def actor_with(
    shop: Shop, *grants: Grant, name: str = "viewer", token: frozenset[str] | None = None
) -> Actor:
    member = shop.member(name, role=None)
    return Actor(kind=ActorKind.MEMBER, id=member.pk, name=name, grants=grants, token_scopes=token)  # type: ignore[attr-defined]


@pytest.fixture
def second(shop: Shop) -> Team:
    """Return the team of a second desk."""
    return Team.objects.create(desk=Desk.objects.create(name="HR"), name="HR team")


def seen(actor: Actor) -> set[int]:
    by_sql = set(Ticket.objects.filter(policy.visible_to(actor)).values_list("pk", flat=True))
    sees = policy.sees(actor)
    by_predicate = {ticket.pk for ticket in Ticket.objects.all() if sees(ticket_snapshot(ticket))}
    by_reading = {ticket.pk for ticket in Ticket.objects.all() if policy.can_read(actor, ticket)}
    assert by_sql == by_predicate == by_reading
    return by_sql


def test_each_scope_shows_its_own(shop: Shop, second: Team) -> None:
    first, other = shop.ticket("First"), shop.ticket("Other", team=second)
    whole = Grant(role="agent", scope="workspace")
    assert seen(actor_with(shop, whole)) == {first.pk, other.pk}
    assert seen(actor_with(shop, Grant(role="agent", scope="desk", desk_id=second.desk_id))) == {other.pk}
    assert seen(actor_with(shop, Grant(role="agent", scope="team", team_id=second.pk))) == {other.pk}
    assert seen(actor_with(shop)) == set()


def test_own_are_those_that_are_assigned_or_taken_part_in(shop: Shop) -> None:
    assigned, watched, foreign = shop.ticket("a"), shop.ticket("b"), shop.ticket("c")
    viewer = actor_with(shop, Grant(role="agent", scope="own"))
    agent = shop.actor("agent")
    member = shop.member("viewer")
    from okno.team.models import RoleGrant

    RoleGrant.objects.create(member=member, role="agent", scope="own")
    assign_ticket(actor=agent, ticket_id=assigned.pk, to=member, now=shop.now)
    add_participant(actor=agent, ticket_id=watched.pk, role="watcher", person=member, now=shop.now)
    assert seen(viewer) == {assigned.pk, watched.pk}
    assert foreign.pk not in seen(viewer)


def test_a_token_is_never_wider_than_its_scopes(shop: Shop) -> None:
    ticket = shop.ticket()
    whole = Grant(role="administrator", scope="workspace")
    assert seen(actor_with(shop, whole, token=frozenset({"people:read"}))) == set()
    reader = actor_with(shop, whole, token=frozenset({"tickets:read"}))
    assert seen(reader) == {ticket.pk}
    assert not policy.can_change(reader, ticket)
    assert policy.can_change(actor_with(shop, whole, token=frozenset({"*"})), ticket)


@pytest.mark.parametrize(
    ("role", "reads", "notes", "changes"),
    [
        ("administrator", True, True, True),
        ("support_administrator", True, True, True),
        ("configurator", True, False, False),
        ("supervisor", True, True, True),
        ("agent", True, True, True),
        ("light_agent", True, True, False),
    ],
)
def test_roles(shop: Shop, role: str, reads: bool, notes: bool, changes: bool) -> None:
    ticket = shop.ticket()
    actor = actor_with(shop, Grant(role=role, scope="workspace"))
    assert policy.can_read(actor, ticket) is reads
    assert policy.can_note(actor, ticket) is notes
    assert policy.can_reply(actor, ticket) is changes
    assert policy.can_change(actor, ticket) is changes


def test_a_requester_sees_his_own_only(shop: Shop) -> None:
    mine, _other = shop.ticket("Mine"), shop.ticket("Other", by="somebody")
    contact = shop.contact()
    actor = Actor(kind=ActorKind.CONTACT, id=contact.pk, name="x")  # type: ignore[attr-defined]
    assert seen(actor) == {mine.pk}
    assert not policy.can_change(actor, mine)

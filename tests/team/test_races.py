"""Two who do the same at the same moment: one of them wins, nothing breaks."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connections

from okno.accounts.models import User
from okno.lib.errors import Conflict, DomainError, NotFound
from okno.team.commands.first import FirstWords, create_first_administrator, first_link_path
from okno.team.commands.invite import accept_invitation, invite_member
from okno.team.commands.members import deactivate_member
from okno.team.commands.roles import RoleInScope
from okno.team.models import Member
from okno.tenancy.scope import scope

PASSWORD = "a long pass phrase"


def at_once(workspace: Any, *acts: Callable[[], Any]) -> list[type[DomainError] | None]:
    """Run acts in threads of their own, in scope, and return what each was refused with."""
    barrier = Barrier(len(acts))
    outcomes: list[type[DomainError] | None] = [None] * len(acts)

    def run(position: int, act: Callable[[], Any]) -> None:
        try:
            barrier.wait()
            with scope(workspace):
                act()
        except DomainError as error:
            outcomes[position] = type(error)
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_two_administrators_cannot_remove_each_other(open_shop: Any) -> None:
    shop = open_shop
    with scope(shop.workspace):
        actors = [shop.actor(name, role="administrator") for name in ("one", "two")]

    def remove(by: int, whom: int) -> Callable[[], Any]:
        return lambda: deactivate_member(
            actor=actors[by], workspace=shop.workspace, member_id=actors[whom].id, now=shop.now
        )

    outcomes = at_once(shop.workspace, remove(0, 1), remove(1, 0))
    assert outcomes.count(None) == 1
    assert outcomes.count(Conflict) == 1
    with scope(shop.workspace):
        assert Member.objects.filter(is_active=True).count() == 1


def test_invitation_lets_one_in(open_shop: Any) -> None:
    shop = open_shop
    with scope(shop.workspace):
        made = invite_member(
            actor=shop.actor("boss", role="administrator"),
            workspace=shop.workspace,
            email="new@client.example",
            role=RoleInScope(role="agent"),
            now=shop.now,
        )
    secret = made.url.partition("key=")[2]

    def accept(name: str) -> Callable[[], Any]:
        return lambda: accept_invitation(
            secret=secret, workspace=shop.workspace, name=name, password=PASSWORD, now=shop.now
        )

    outcomes = at_once(shop.workspace, accept("First"), accept("Second"))
    assert outcomes.count(None) == 1
    assert {outcome for outcome in outcomes if outcome} <= {NotFound, Conflict}
    assert User.objects.filter(email="new@client.example").count() == 1


def test_one_first_administrator(open_shop: Any) -> None:
    shop = open_shop
    with scope(shop.workspace):
        secret = first_link_path(workspace=shop.workspace, now=shop.now).partition("key=")[2]

    def begin(name: str) -> Callable[[], Any]:
        return lambda: create_first_administrator(
            secret=secret,
            workspace=shop.workspace,
            host=shop.host,
            words=FirstWords(workspace_name=name, language="en", timezone="UTC"),
            email=f"{name}@acme.example",
            name=name,
            password=PASSWORD,
            now=shop.now,
        )

    outcomes = at_once(shop.workspace, begin("one"), begin("two"))
    assert {outcome for outcome in outcomes if outcome} <= {NotFound, Conflict}
    assert outcomes.count(None) == 1
    assert User.objects.count() == 1


@pytest.mark.parametrize("email", ["new@client.example"])
def test_two_invitations_of_one_person(open_shop: Any, email: str) -> None:
    shop = open_shop
    with scope(shop.workspace):
        actor = shop.actor("boss", role="administrator")

    def invite() -> Any:
        return invite_member(
            actor=actor, workspace=shop.workspace, email=email, role=RoleInScope(role="agent"), now=shop.now
        )

    outcomes = at_once(shop.workspace, invite, invite)
    assert sorted(map(str, outcomes)) == sorted([str(None), str(Conflict)])

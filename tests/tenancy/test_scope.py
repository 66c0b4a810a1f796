"""Scopes, hosts and the module switch."""

from __future__ import annotations

import pytest

from okno.lib.errors import Conflict, Invalid
from okno.team.models import Desk
from okno.tenancy.commands import create_workspace
from okno.tenancy.models import Workspace
from okno.tenancy.modules import set_modules
from okno.tenancy.queries import normal_host, workspace_for_host
from okno.tenancy.scope import CrossedScope, current_workspace_id, scope, scoped_workspace_id
from tests.conftest import Shop, make_shop


@pytest.mark.django_db
def test_a_scope_in_another_workspaces_scope_is_a_bug_that_is_refused(now: object) -> None:
    first, second = make_shop(now), make_shop(now)  # type: ignore[arg-type]
    with scope(first.workspace), pytest.raises(CrossedScope), scope(second.workspace):  # type: ignore[arg-type]
        pass


def test_the_same_scope_again_is_a_savepoint(shop: Shop) -> None:
    with pytest.raises(RuntimeError), scope(shop.workspace):  # type: ignore[arg-type]  # noqa: PT012 (the scope has to be left by the error)
        Desk.objects.create(name="Gone")
        raise RuntimeError
    assert current_workspace_id() == shop.workspace.pk  # type: ignore[attr-defined]
    assert not Desk.objects.filter(name="Gone").exists()


@pytest.mark.django_db
def test_after_a_scope_there_is_none(now: object) -> None:
    shop = make_shop(now)  # type: ignore[arg-type]
    with scope(shop.workspace):  # type: ignore[arg-type]
        assert scoped_workspace_id() == shop.workspace.pk  # type: ignore[attr-defined]
    assert scoped_workspace_id() is None


@pytest.mark.parametrize(
    ("raw", "host"),
    [("Desk.Example", "desk.example"), ("desk.example.:8000", "desk.example"), ("[::1]:8000", "[::1]")],
)
def test_hosts_are_compared_without_case_dot_and_port(raw: str, host: str) -> None:
    assert normal_host(raw) == host


@pytest.mark.django_db
def test_one_workspace_answers_on_every_host_and_two_only_on_theirs(now: object) -> None:
    first = make_shop(now)  # type: ignore[arg-type]
    assert workspace_for_host("whatever.example:80") == first.workspace
    second = make_shop(now)  # type: ignore[arg-type]
    assert workspace_for_host("whatever.example") is None
    assert workspace_for_host(second.host.upper() + ":8443") == second.workspace


@pytest.mark.django_db
def test_a_host_belongs_to_one_workspace(now: object) -> None:
    first = make_shop(now)  # type: ignore[arg-type]
    with pytest.raises(Conflict):
        create_workspace(name="Copycat", host=first.host.upper(), now=now)  # type: ignore[arg-type]
    with pytest.raises(Invalid):
        create_workspace(name=" ", host="empty.example", now=now)  # type: ignore[arg-type]
    assert Workspace.objects.count() == 1


def test_an_unknown_module_cannot_be_switched_on(shop: Shop) -> None:
    with pytest.raises(Invalid):
        set_modules(shop.workspace, ["telepathy"], now=shop.now)  # type: ignore[arg-type]

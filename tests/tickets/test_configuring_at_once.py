"""Two who configure at the same moment: what holds for a whole list goes on holding."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from okno.lib.errors import Invalid
from okno.spine.models import ConfigVersion
from okno.tenancy.scope import scope
from okno.tickets.commands.statuses import change_status_setup
from okno.tickets.commands.topics import change_topic, create_topic
from okno.tickets.commands.types import change_type
from okno.tickets.models import RequestType, Status, Topic
from tests.team.test_races import at_once


def test_two_topics_cannot_hang_below_each_other(open_shop: Any) -> None:
    shop = open_shop
    with scope(shop.workspace):
        actor = shop.actor("boss", role="administrator")
        one, two = (
            create_topic(actor=actor, values={"names": {"en": name}}, now=shop.now) for name in ("One", "Two")
        )

    def hang(row: Topic, below: Topic) -> Callable[[], Any]:
        return lambda: change_topic(actor=actor, topic_id=row.pk, values={"parent": below.pk}, now=shop.now)

    outcomes = at_once(shop.workspace, hang(one, two), hang(two, one))
    assert sorted(map(str, outcomes)) == sorted([str(Invalid), "None"])
    with scope(shop.workspace):
        assert Topic.objects.filter(parent=None).count() == 1


def test_one_type_stays_the_usual_one(open_shop: Any) -> None:
    shop = open_shop
    with scope(shop.workspace):
        actor = shop.actor("boss", role="administrator")
        others = list(RequestType.objects.filter(is_default=False).order_by("id")[:2])

    def take_over(row: RequestType) -> Callable[[], Any]:
        return lambda: change_type(actor=actor, type_id=row.pk, values={"is_default": True}, now=shop.now)

    assert at_once(shop.workspace, *map(take_over, others)) == [None, None]
    with scope(shop.workspace):
        assert RequestType.objects.filter(is_default=True).count() == 1


def test_versions_of_one_status_are_numbered_in_a_row(open_shop: Any) -> None:
    shop = open_shop
    with scope(shop.workspace):
        actor = shop.actor("boss", role="administrator")
        status = Status.objects.get(key="open")

    def rename(name: str) -> Callable[[], Any]:
        return lambda: change_status_setup(
            actor=actor, status_id=status.pk, values={"names": {"en": name}}, now=shop.now
        )

    assert at_once(shop.workspace, rename("Doing"), rename("At work")) == [None, None]
    with scope(shop.workspace):
        kept = ConfigVersion.objects.filter(kind="status", object_id=status.pk).order_by("number")
        assert [version.number for version in kept] == [1, 2, 3]
        assert {version.values["names"]["en"] for version in kept} == {"Open", "Doing", "At work"}

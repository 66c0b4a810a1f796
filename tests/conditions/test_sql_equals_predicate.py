"""The promise of the package: a condition selects the same rows in the database and in memory."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conditions import sample
from tests.conditions.sample import NOW, VIEW, VIEWER, Thing

from okno.conditions import predicate, sql, tree
from okno.conditions.match import Op
from okno.conditions.viewer import Viewer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _tables(db: None) -> None:
    sample.create_tables()


def selected(condition: tree.Condition) -> set[int]:
    return set(Thing.objects.filter(sql.to_q(condition, VIEW, VIEWER)).values_list("id", flat=True))


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    snapshots=st.lists(sample.snapshots, min_size=1, max_size=5),
    conditions=st.lists(sample.conditions, min_size=1, max_size=6),
)
def test_every_condition_selects_the_same_rows(
    snapshots: list[dict[str, Any]], conditions: list[tree.Condition]
) -> None:
    with transaction.atomic():
        rows = {(thing := sample.store(snapshot)).pk: {**snapshot, "id": thing.pk} for snapshot in snapshots}
        for condition in conditions:
            holds = predicate.to_predicate(condition, VIEW, VIEWER)
            assert selected(condition) == {pk for pk, snapshot in rows.items() if holds(snapshot)}
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (tree.Test(field="state", values=("open",)), {"open"}),
        (tree.Not(of=tree.Test(field="state", values=("open",))), {"closed", "nothing"}),
        (tree.Test(field="state", values=(None,)), {"nothing"}),
        (tree.Test(field="state", values=(None, "open")), {"nothing", "open"}),
        (tree.Not(of=tree.Test(field="owner", values=("me", None))), {"closed"}),
        (tree.Test(field="tag", values=(2, 7)), {"closed"}),
        (tree.Test(field="tag", values=(None,)), {"nothing"}),
        (tree.Test(field="size", op=Op.BETWEEN, values=(2.0, 4.0)), set()),
        (tree.All(), {"open", "closed", "nothing"}),
        (tree.Any(), set()),
        (tree.Not(of=tree.Any()), {"open", "closed", "nothing"}),
    ],
)
def test_a_field_without_value_has_no_values(condition: tree.Condition, expected: set[str]) -> None:
    ids = {
        sample.store(sample.blank(state="open", owner_id=1, tag=(1,), size=(1.0, 5.0))).pk: "open",
        sample.store(sample.blank(state="closed", owner_id=2, tag=(1, 2))).pk: "closed",
        sample.store(sample.blank(state="", size=())).pk: "nothing",
    }
    assert {ids[pk] for pk in selected(condition)} == expected


def test_my_teams_of_nobody_are_no_teams() -> None:
    sample.store(sample.blank(owner_id=2))
    stranger = Viewer(now=NOW)
    condition = tree.Test(field="owner", values=("my_teams",))
    assert not Thing.objects.filter(sql.to_q(condition, VIEW, stranger)).exists()
    assert not predicate.to_predicate(condition, VIEW, stranger)(sample.blank(owner_id=2))


def test_a_condition_costs_one_query_whatever_it_asks(django_assert_num_queries: Any) -> None:
    condition = tree.All(
        of=tuple(
            tree.Test(field=name, values=(value,))
            for name, value in (("tag", 1), ("room", "a"), ("city", "b"))
        )
    )
    with django_assert_num_queries(1):
        assert selected(condition) == set()

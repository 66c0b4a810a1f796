"""A tree from outside is small, well-formed and about fields that exist, or it is refused with the reason."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from tests.conditions import sample
from tests.conditions.sample import REGISTRY, VIEW

from okno.conditions import tree
from okno.lib.errors import Invalid


@given(condition=sample.conditions)
def test_a_tree_survives_json(condition: tree.Condition) -> None:
    canonical = tree.check(condition, VIEW)
    assert tree.load(json.loads(json.dumps(tree.dump(canonical))), VIEW) == canonical


def one(field: str, op: str, *values: object) -> dict[str, Any]:
    return {"kind": "test", "field": field, "op": op, "values": list(values)}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (None, "bad_condition"),
        ([], "bad_condition"),
        ({"kind": "sql", "of": "1=1"}, "bad_condition"),
        ({"kind": "all", "of": [], "more": 1}, "bad_condition"),
        (one("state", "exec", "open"), "bad_condition"),
        (one("state", "in"), "bad_condition"),
        (one("state", "in", ["open"]), "bad_condition"),
        (one("state", "in", *["open"] * 201), "bad_condition"),
        (one("password", "in", "x"), "unknown_field"),
        (one("owner__user__password", "in", "x"), "unknown_field"),
        (one("state", "lt", "open"), "bad_test"),
        (one("state", "in", "no such state"), "bad_test"),
        (one("state", "in", 1), "bad_test"),
        (one("level", "in", True), "bad_test"),
        (one("owner", "in", "you"), "bad_test"),
        (one("owner", "in", 2**60), "bad_test"),
        (one("count", "in", 1.5), "bad_test"),
        (one("count", "between", 1), "bad_test"),
        (one("count", "gt", None), "bad_test"),
        (one("note", "contains", ""), "bad_test"),
        (one("note", "contains", "a\x00b"), "bad_test"),
        (one("note", "contains", "a" * 501), "bad_test"),
        (one("opened", "lt", "7d"), "bad_test"),
        (one("opened", "lt", "+999999w"), "bad_test"),
        (one("opened", "lt", "0001-01-01"), "bad_test"),
        (one("opened", "lt", "2026-02-30T00:00:00Z"), "bad_test"),
        ({"kind": "any", "of": [one("id", "in", 1)] * 300}, "condition_too_large"),
    ],
)
def test_what_is_wrong_is_refused(data: object, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        tree.load(data, VIEW)
    assert refusal.value.code == code


def test_depth_is_limited_before_anything_recursive_looks() -> None:
    data: dict[str, Any] = one("id", "in", 1)
    for _level in range(100_000):
        data = {"kind": "not", "of": data}
    with pytest.raises(Invalid) as refusal:
        tree.load(data, VIEW)
    assert refusal.value.code == "condition_too_large"
    while "of" in data:  # Taken apart by hand: freeing it at once would recurse too.
        data = data["of"]


def test_a_refusal_says_where() -> None:
    with pytest.raises(Invalid) as refusal:
        tree.load({"kind": "all", "of": [{"kind": "not", "of": {"kind": "test", "field": 1}}]}, VIEW)
    assert set(refusal.value.fields) == {"of.0.of.field", "of.0.of.values"}


def test_the_field_of_a_module_that_is_off_does_not_exist() -> None:
    asked = one("visit", "in", "today")
    assert tree.load(asked, REGISTRY.view(["visits"])) == tree.Test(field="visit", values=("today",))
    with pytest.raises(Invalid):
        tree.load(asked, REGISTRY.view([]))


def test_the_fields_of_a_tree_can_be_listed() -> None:
    condition = tree.load({"kind": "not", "of": {"kind": "any", "of": [one("id", "in", 1)]}}, VIEW)
    assert [test.field for test in tree.tests(condition)] == ["id"]

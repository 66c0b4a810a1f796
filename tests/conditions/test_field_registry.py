"""The registry keeps names and search words unambiguous, and shows each reader only what exists for him."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from tests.conditions import sample
from tests.conditions.sample import REGISTRY, VIEW

from okno.conditions.fields import Column, Field, FieldRegistry
from okno.conditions.kinds import Text

ROOM = Field(
    name="own_room", label="Room", kind=Text(), source=Column("room"), words={"en": ("floor", "state")}
)


@pytest.mark.parametrize("taken", [{"name": "state"}, {"words": {"ru": ("Статус",)}}])
def test_a_name_or_word_is_taken_once(taken: dict[str, object]) -> None:
    registry = FieldRegistry(subject="things")
    registry.register(*sample.FIELDS)
    with pytest.raises(ValueError, match="taken"):
        registry.register(replace(ROOM, **taken))  # type: ignore[arg-type]


def test_a_workspaces_own_field_takes_nothing_from_ours() -> None:
    view = REGISTRY.view([], extra=[ROOM, replace(ROOM, name="note")])
    assert view.called("floor") == ROOM
    assert view.called("state") == VIEW.get("state")
    assert view.get("note") == VIEW.get("note")


def test_a_module_that_is_off_takes_its_words_along() -> None:
    assert REGISTRY.view(["visits"]).called("visit")
    assert REGISTRY.view([]).called("visit") is None


def test_only_a_column_can_be_sorted_by() -> None:
    with pytest.raises(ValueError, match="sorted"):
        replace(VIEW.get("tag"), sortable=True)


def test_a_snapshot_is_a_mapping_or_an_object() -> None:
    @dataclass(frozen=True)
    class Snapshot:
        owner_id: int | None
        tag: tuple[int, ...] = ()

    assert VIEW.get("owner").values({"owner_id": 5}) == VIEW.get("owner").values(Snapshot(5)) == (5,)
    assert VIEW.get("owner").values(Snapshot(None)) == ()
    assert VIEW.get("tag").values(Snapshot(None, tag=(1, 2))) == (1, 2)
    counted = replace(VIEW.get("count"), read=len)
    assert counted.values("four") == (4,)

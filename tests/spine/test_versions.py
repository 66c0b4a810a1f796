"""Versions of configuration: kept once for each change, described, brought back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from okno.lib.errors import Denied, NotFound
from okno.people.models import Organization
from okno.spine import versions
from okno.spine.actor import SYSTEM, Actor, ActorKind
from okno.spine.events import typed
from okno.spine.models import Event
from okno.spine.unit import command
from okno.spine.versions import VersionedKind, keep_version, kind_called, roll_back, versioned, versions_of
from tests.conftest import Shop

STRANGER = Actor(kind=ActorKind.CONTACT, id=1, name="Stranger")


def read(row: Organization) -> dict[str, Any]:
    return {"name": row.name, "notes": row.notes}


def find(object_id: int) -> Organization:
    found: Organization = Organization.objects.get(pk=object_id)
    return found


@command
def change(*, actor: Actor, row: Organization, values: dict[str, Any], now: datetime) -> None:
    before = read(row)
    row.name, row.notes = values["name"], values["notes"]
    row.save()
    keep_version(actor=actor, kind=kind_called("sample"), row=row, now=now, before=before)


@pytest.fixture
def kind() -> Iterator[VersionedKind]:
    """Register a kind of configuration for one test."""
    yield versioned(
        VersionedKind(
            name="sample",
            label="Sample",
            find=find,
            read=read,
            restore=change,
            may_change=lambda actor: actor.is_system,
            labels={"name": "Name", "notes": "Notes"},
        )
    )
    del versions._KINDS["sample"]


@pytest.fixture
def row(shop: Shop) -> Organization:
    """Give a row that was there before versions were kept."""
    made: Organization = Organization.objects.create(name="First")
    return made


def said(row: Organization) -> list[str]:
    events = Event.objects.filter(type="config.changed", subject_id=row.pk).order_by("id")
    typed_ones = (typed(event.type, event.payload) for event in events)
    return [event.describe({}) for event in typed_ones if event is not None]


def test_the_first_change_keeps_what_was_before(shop: Shop, kind: VersionedKind, row: Organization) -> None:
    change(actor=SYSTEM, row=row, values={"name": "Second", "notes": ""}, now=shop.now)
    kept = [(one.number, one.values["name"]) for one in versions_of("sample", row.pk)]
    assert kept == [(2, "Second"), (1, "First")]
    assert said(row) == ["changed: Name"]


def test_what_changes_nothing_makes_no_version(shop: Shop, kind: VersionedKind, row: Organization) -> None:
    change(actor=SYSTEM, row=row, values={"name": "Second", "notes": ""}, now=shop.now)
    change(actor=SYSTEM, row=row, values={"name": "Second", "notes": ""}, now=shop.now)
    assert versions_of("sample", row.pk).count() == 2


def test_a_version_comes_back_as_a_new_one(shop: Shop, kind: VersionedKind, row: Organization) -> None:
    change(actor=SYSTEM, row=row, values={"name": "Second", "notes": "n"}, now=shop.now)
    roll_back(actor=SYSTEM, kind_name="sample", object_id=row.pk, number=1, now=shop.now)
    assert find(row.pk).name == "First"
    newest = versions_of("sample", row.pk)[0]
    assert (newest.number, newest.restores) == (3, 1)
    assert said(row)[-1] == "brought back version 1"


def test_the_event_holds_old_and_new_and_no_long_text(
    shop: Shop, kind: VersionedKind, row: Organization
) -> None:
    change(actor=SYSTEM, row=row, values={"name": "First", "notes": "x" * 5000}, now=shop.now)
    event = Event.objects.get(type="config.changed", subject_id=row.pk)
    assert event.payload["old"] == {"notes": ""}
    assert len(event.payload["new"]["notes"]) == versions.SHOWN_LENGTH
    assert len(versions_of("sample", row.pk)[0].values["notes"]) == 5000


def test_strangers_bring_nothing_back(shop: Shop, kind: VersionedKind, row: Organization) -> None:
    change(actor=SYSTEM, row=row, values={"name": "Second", "notes": ""}, now=shop.now)
    with pytest.raises(Denied):
        roll_back(actor=STRANGER, kind_name="sample", object_id=row.pk, number=1, now=shop.now)
    assert find(row.pk).name == "Second"


def test_what_is_not_there_is_not_found(shop: Shop, kind: VersionedKind, row: Organization) -> None:
    with pytest.raises(NotFound):
        roll_back(actor=SYSTEM, kind_name="sample", object_id=row.pk, number=9, now=shop.now)
    with pytest.raises(NotFound):
        roll_back(actor=SYSTEM, kind_name="nothing", object_id=1, number=1, now=shop.now)

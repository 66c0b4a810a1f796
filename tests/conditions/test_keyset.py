"""Paging visits every row once in both directions, and a cursor can carry nothing but a place."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.conditions import sample
from tests.conditions.sample import VIEW, Thing

from okno.conditions import cursors
from okno.conditions.ordering import Keyset, Order, Page, keyset
from okno.lib.errors import Invalid

ORDERS = st.sampled_from(["state", "count", "opened", "due", "id"]).flatmap(
    lambda column: st.builds(
        Order,
        column=st.just(column),
        descending=st.booleans(),
        nulls=st.just("never") if column in ("opened", "id") else st.sampled_from(["first", "last"]),
    )
)
TIE = st.builds(Order, column=st.just("id"), descending=st.booleans(), nulls=st.just("never"))
KEYSETS = st.builds(
    lambda orders, tie: Keyset((*orders, tie)),
    st.lists(
        ORDERS.filter(lambda order: order.column != "id"), max_size=3, unique_by=lambda order: order.column
    ),
    TIE,
)
# Few values, so that rows tie in every column.
SNAPSHOTS = st.builds(
    sample.blank,
    state=st.sampled_from([None, "", "open"]),
    count=st.sampled_from([None, 0, 1]),
    opened=st.sampled_from([sample.NOW, sample.NOW - timedelta(microseconds=1)]),
    due=st.sampled_from([None, sample.NOW]),
)


@pytest.fixture
def _tables(db: None) -> None:
    sample.create_tables()


def walk(keys: Keyset, size: int, *, backward: bool, cursor: str | None = None) -> list[Page[Thing]]:
    pages = [keys.page(Thing.objects.all(), cursor=cursor, size=size)]
    while cursor := pages[-1].previous if backward else pages[-1].next:
        pages.append(keys.page(Thing.objects.all(), cursor=cursor, size=size))
    return pages


@pytest.mark.django_db
@pytest.mark.usefixtures("_tables")
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(snapshots=st.lists(SNAPSHOTS, min_size=1, max_size=9), keys=KEYSETS, size=st.integers(1, 3))
def test_every_row_is_visited_once_in_order_both_ways(
    snapshots: list[dict[str, Any]], keys: Keyset, size: int
) -> None:
    with transaction.atomic():
        for snapshot in snapshots:
            sample.store(snapshot)
        expected = list(Thing.objects.order_by(*keys.order_by()))
        there = walk(keys, size, backward=False)
        assert [row for page in there for row in page.rows] == expected
        back = walk(keys, size, backward=True, cursor=there[-1].previous) if there[-1].previous else []
        assert [row for page in reversed(back) for row in page.rows] == expected[: -len(there[-1].rows)]
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.usefixtures("_tables")
def test_a_page_is_one_query_and_an_empty_list_has_no_neighbours(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        page = keyset("-opened", VIEW).page(Thing.objects.all(), cursor=None, size=25)
    assert page == Page([], None, None)


@pytest.mark.django_db
@pytest.mark.usefixtures("_tables")
def test_a_page_begins_at_its_place_in_the_index() -> None:
    keys = keyset("-opened", VIEW)
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX ON conditions_sample_thing (opened, id)")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
    beyond = Thing.objects.filter(keys.beyond((sample.NOW, 7))).order_by(*keys.order_by())
    plan = beyond.explain()
    assert "Index Cond: (opened <=" in plan
    assert "Sort" not in plan


@pytest.mark.parametrize(
    ("sort", "name"), [("-opened", "-opened,-id"), ("count", "count,id"), ("id", "id"), ("-id", "-id")]
)
def test_a_sort_is_made_total(sort: str, name: str) -> None:
    assert keyset(sort, VIEW).name == name


@pytest.mark.parametrize("sort", ["", "-", "note", "tag", "place__city", "--id", "id; DROP TABLE"])
def test_only_what_is_sortable_is_sorted_by(sort: str) -> None:
    with pytest.raises(Invalid) as refusal:
        keyset(sort, VIEW)
    assert refusal.value.code == "bad_sort"


KEYS = keyset("due", VIEW)
TYPES = KEYS._types(Thing)
GOOD = cursors.encode(cursors.Cursor(KEYS.name, (datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC), 7), True))


def pack(data: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(data).encode()).decode()


def test_a_cursor_comes_back_as_it_was() -> None:
    assert cursors.encode(cursors.decode(GOOD, KEYS.name, TYPES)) == GOOD


@pytest.mark.parametrize(
    "forged",
    [
        "not a cursor",
        "é",
        "a" * 9000,
        base64.b64encode(b"\xff\xfe").decode(),
        pack([]),
        pack({"order": KEYS.name}),
        pack(["-due,-id", 0, [None, 7]]),
        pack([KEYS.name, 2, [None, 7]]),
        pack([KEYS.name, True, [None, 7]]),
        pack([KEYS.name, 0, [None]]),
        pack([KEYS.name, 0, [None, 7, 8]]),
        pack([KEYS.name, 0, [None, None]]),
        pack([KEYS.name, 0, [None, "7"]]),
        pack([KEYS.name, 0, [None, 1.5]]),
        pack([KEYS.name, 0, [None, 2**70]]),
        pack([KEYS.name, 0, [None, True]]),
        pack([KEYS.name, 0, ["2026-01-01T00:00:00", 7]]),
        pack([KEYS.name, 0, ["0001-01-01T00:00:00+23:00", 7]]),
        pack([KEYS.name, 0, ["now()", 7]]),
        pack([KEYS.name, 0, [{"a": 1}, 7]]),
        base64.b64encode(b"[" * 5000).decode(),
        base64.b64encode(b'["due,id",0,[NaN,' + b"1" * 5000 + b"]]").decode(),
    ],
)
def test_a_forged_cursor_is_refused(forged: str) -> None:
    with pytest.raises(Invalid) as refusal:
        cursors.decode(forged, KEYS.name, TYPES)
    assert refusal.value.code == "bad_cursor"


@given(place=st.integers(0, len(GOOD) - 1), byte=st.characters(codec="utf-8"))
@example(place=0, byte="=")
def test_a_changed_byte_is_refused_or_is_another_place(place: int, byte: str) -> None:
    changed = GOOD[:place] + byte + GOOD[place + 1 :]
    try:
        moment, number = cursors.decode(changed, KEYS.name, TYPES).values
    except Invalid:
        return
    assert moment is None or isinstance(moment, datetime)
    assert type(number) is int

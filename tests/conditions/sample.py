"""A subject with a field of every kind, its tables, and hypothesis strategies for its rows and conditions."""

# ruff: noqa: DJ001 - null texts are what is tested
from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, models
from hypothesis import strategies as st

from okno.conditions import tree
from okno.conditions.fields import ME, MY_TEAMS, Column, Field, FieldRegistry, Rows, Shortcut
from okno.conditions.kinds import Boolean, Choice, Day, Kind, Moment, Number, Reference, Text
from okno.conditions.match import Op
from okno.conditions.options import Listed, Option
from okno.conditions.viewer import Viewer

NOW = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)  # The night in which Berlin loses an hour.
VIEWER = Viewer(
    now=NOW,
    zone=ZoneInfo("Europe/Berlin"),
    groups={"me": frozenset({1}), "my_teams": frozenset({2, 3})},
)


class Place(models.Model):
    city = models.TextField(null=True)

    class Meta:
        app_label = "conditions_sample"
        managed = False
        db_table = "conditions_sample_place"


class Thing(models.Model):
    state = models.TextField(null=True)
    level = models.SmallIntegerField(null=True)
    owner_id = models.BigIntegerField(null=True)
    note = models.TextField(null=True)
    count = models.BigIntegerField(null=True)
    weight = models.FloatField(null=True)
    is_new = models.BooleanField(null=True)
    opened = models.DateTimeField()
    due = models.DateTimeField(null=True)
    bought = models.DateField(null=True)
    place = models.ForeignKey(
        Place, null=True, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )

    class Meta:
        app_label = "conditions_sample"
        managed = False
        db_table = "conditions_sample_thing"


class Mark(models.Model):
    """A narrow row: a tag, or a value of a custom field."""

    thing = models.ForeignKey(Thing, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False)
    field_id = models.BigIntegerField()
    tag_id = models.BigIntegerField(null=True)
    text = models.TextField(null=True)
    number = models.FloatField(null=True)
    time = models.DateTimeField(null=True)

    class Meta:
        app_label = "conditions_sample"
        managed = False
        db_table = "conditions_sample_mark"


def create_tables() -> None:
    """Create the tables for this session only: the role that serves may not create others."""
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        for model in (Place, Thing, Mark):
            editor.create_model(model)
    with connection.cursor() as cursor:
        for statement in editor.collected_sql:
            temporary = statement.replace("CREATE TABLE", "CREATE TEMPORARY TABLE").replace(
                ");", ") ON COMMIT DROP;"
            )
            cursor.execute(temporary)


STATES = Listed(
    lambda: [
        Option(value="open", label="Open", words={"en": ("open",), "ru": ("открыта",)}),
        Option(value="waiting", label="Waiting for client", words={"ru": ("ждёт",)}),
        Option(value="closed", label="Closed", words={"en": ("closed",), "ru": ("закрыта",)}),
    ]
)
LEVELS = Listed(
    lambda: [
        Option(value=1, label="Low", words={"en": ("low",), "ru": ("низкий",)}),
        Option(value=2, label="High", words={"en": ("high",), "ru": ("высокий",)}),
    ]
)
OWNERS = Listed(
    lambda: [
        Option(value=1, label="Anna Ivanova"),
        Option(value=2, label="Chen"),
        Option(value=3, label="Chen"),  # Two people of one name.
        Option(value=4, label="me"),  # A name like a keyword.
        Option(value=5, label="#2"),
    ]
)
TAGS = Listed(lambda: [Option(value=1, label="vpn"), Option(value=2, label='a, "b"..c\\')])


def marks(field_id: int, value: str) -> Rows:
    return Rows(rows=lambda: Mark.objects.filter(field_id=field_id), owner="thing_id", value=value)


def simple(name: str, kind: Kind, **more: Any) -> Field:
    source = more.pop("source", Column(name))
    return Field(name=name, label=name.title(), kind=kind, source=source, words={"en": (name,)}, **more)


FIELDS = (
    simple("id", Number(), source=Column("id", nullable=False), sortable=True),
    Field(
        name="state",
        label="State",
        kind=Choice(),
        source=Column("state"),
        words={"en": ("state", "status"), "ru": ("статус",)},
        options=STATES,
        sortable=True,
    ),
    simple("level", Choice(stored="number"), options=LEVELS),
    simple(
        "owner",
        Reference(),
        source=Column("owner_id"),
        options=OWNERS,
        placeholders=(ME, MY_TEAMS),
        read="owner_id",
    ),
    simple("note", Text()),
    simple("count", Number(), sortable=True),
    simple("weight", Number(integer=False)),
    simple("fresh", Boolean(), source=Column("is_new")),
    simple("opened", Moment(), source=Column("opened", nullable=False), sortable=True),
    simple(
        "due",
        Moment(ahead=True),
        shortcuts=(
            Shortcut(
                label="Overdue",
                words={"en": ("overdue",), "ru": ("просрочено",)},
                op=Op.LT,
                values=("now",),
            ),
        ),
        sortable=True,
    ),
    simple("bought", Day()),
    simple("city", Text(usual=Op.IN), source=Column("place__city"), read="city"),
    simple("tag", Reference(), source=marks(1, "tag_id"), options=TAGS),
    simple("room", Text(), source=marks(2, "text")),
    simple("size", Number(integer=False), source=marks(3, "number")),
    simple("visit", Moment(), source=marks(4, "time"), module="visits"),
)
REGISTRY = FieldRegistry(subject=Thing, number="id")
REGISTRY.register(*FIELDS)
VIEW = REGISTRY.view(["visits"])

_TEXTS = ["abc", "ABC", "a%c", "a_c", "a\\c", "Ёж", "ёЖ", "straße", "STRASSE", "none", "null", " "]
_MIDNIGHT = datetime(2026, 3, 28, 23, 0, tzinfo=UTC)  # Of the 29th, in Berlin.
_INSTANTS = [
    base + shift
    for base in (NOW, _MIDNIGHT, _MIDNIGHT + timedelta(hours=23), NOW - timedelta(days=7))
    for shift in (timedelta(0), timedelta(microseconds=1), timedelta(microseconds=-1))
]
_LITERALS = [
    "now",
    "today",
    "yesterday",
    "tomorrow",
    "this_week",
    "this_month",
    "-7d",
    "+3h",
    "-30m",
    "+1w",
    "2026-03-29",
    "2026-03-29T00:30:00Z",
    "2026-03-29T02:30",
]


def _maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


texts = st.sampled_from(_TEXTS) | st.text("aбё%_\\\"'", min_size=1, max_size=3)
_numbers = st.integers(-2, 3)
_floats = st.sampled_from([-1.5, 0.0, 0.5, 1.0, 2.25])
_instants = st.sampled_from(_INSTANTS)
_days = st.sampled_from([date(2026, 3, day) for day in (22, 27, 28, 29, 30)])

snapshots = st.fixed_dictionaries(
    {
        "state": _maybe(st.sampled_from(["open", "waiting", "closed", ""])),
        "level": _maybe(st.integers(1, 3)),
        "owner_id": _maybe(st.integers(1, 5)),
        "note": _maybe(texts | st.just("")),
        "count": _maybe(_numbers),
        "weight": _maybe(_floats),
        "is_new": _maybe(st.booleans()),
        "opened": _instants,
        "due": _maybe(_instants),
        "bought": _maybe(_days),
        "city": _maybe(texts | st.just("")),
        "tag": st.lists(st.integers(1, 3), max_size=3, unique=True).map(tuple),
        "room": st.lists(texts | st.just(""), max_size=2, unique=True).map(tuple),
        "size": st.lists(_floats, max_size=2, unique=True).map(tuple),
        "visit": st.lists(_instants, max_size=2, unique=True).map(tuple),
    }
)


def _values(name: str) -> st.SearchStrategy[Any]:
    by_kind: dict[type[Kind], st.SearchStrategy[Any]] = {
        Text: texts,
        Boolean: st.booleans(),
        Moment: st.sampled_from(_LITERALS),
        Day: st.sampled_from(_LITERALS),
    }
    by_name: dict[str, st.SearchStrategy[Any]] = {
        "state": st.sampled_from(["open", "waiting", "closed"]),
        "level": st.sampled_from([1, 2]),
        "owner": st.sampled_from([1, 2, 3, 4, 5, 9, "me", "my_teams"]),
        "tag": st.integers(1, 3),
        "weight": _floats,
        "size": _floats,
    }
    return by_name[name] if name in by_name else by_kind.get(type(VIEW.get(name).kind), _numbers)


@st.composite
def tests(draw: st.DrawFn) -> tree.Test:
    """Draw a test of any field."""
    field = draw(st.sampled_from(FIELDS))
    op = draw(st.sampled_from(field.kind.operators))
    values = _values(field.name)
    if op is Op.IN:
        given = draw(st.lists(_maybe(values), min_size=1, max_size=3))
    else:
        size = {Op.BETWEEN: 2, Op.CONTAINS: draw(st.integers(1, 2))}.get(op, 1)
        given = draw(st.lists(values, min_size=size, max_size=size))
    return tree.Test(field=field.name, op=op, values=tuple(given))


conditions = st.recursive(
    tests(),
    lambda inner: (
        st.builds(tree.Not, of=inner)
        | st.builds(tree.All, of=st.lists(inner, max_size=3).map(tuple))
        | st.builds(tree.Any, of=st.lists(inner, max_size=3).map(tuple))
    ),
    max_leaves=6,
)


def blank(**values: object) -> dict[str, Any]:
    """Return the snapshot of a row that has only these values."""
    one = ("state", "level", "owner_id", "note", "count", "weight", "is_new", "due", "bought", "city")
    many: dict[str, Any] = dict.fromkeys(("tag", "room", "size", "visit"), ())
    return {**dict.fromkeys(one), **many, "opened": NOW, **values}


def store(snapshot: dict[str, Any]) -> Thing:
    """Write the rows that a snapshot describes."""
    beside = ("city", "tag", "room", "size", "visit")
    columns = {name: value for name, value in snapshot.items() if name not in beside}
    place = None if snapshot["city"] is None else Place.objects.create(city=snapshot["city"])
    thing = Thing.objects.create(**columns, place=place)
    Mark.objects.bulk_create(_marks(thing, snapshot))
    return thing


def _marks(thing: Thing, snapshot: dict[str, Any]) -> Iterator[Mark]:
    columns = {"tag": (1, "tag_id"), "room": (2, "text"), "size": (3, "number"), "visit": (4, "time")}
    for name, (field_id, column) in columns.items():
        for value in snapshot[name]:
            yield Mark(thing=thing, field_id=field_id, **{column: value})

"""Commands, events and reactors: together or not at all."""

from __future__ import annotations

import pytest

from okno.spine import reactors, unit
from okno.spine.actor import SYSTEM
from okno.spine.events import EventType, event_type, known_types, typed
from okno.spine.models import Event
from okno.spine.unit import Happened, RunawayReactors, command, emit
from okno.tenancy.scope import NoScope
from tests.conftest import Shop


@event_type("test.pinged")
class Pinged(EventType):
    """Something to react to."""

    number: int


@event_type("test.echoed")
class Echoed(EventType):
    """A consequence."""

    number: int


@pytest.fixture
def wired(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the test reactors of its own."""
    monkeypatch.setattr(reactors, "_inline", {name: list(known) for name, known in reactors._inline.items()})


@command
def ping(shop: Shop, number: int = 1, actor: object = SYSTEM) -> Happened:
    return emit(actor, Pinged(number=number), kind="workspace", subject=shop.workspace, now=shop.now)  # type: ignore[arg-type]


def react(shop: Shop, *, endless: bool = False) -> None:
    def echo(happened: Happened) -> None:
        event = happened.event
        assert isinstance(event, Pinged | Echoed)
        emit(
            happened.consequence_of(SYSTEM),
            Echoed(number=event.number + 1),
            kind="workspace",
            subject=shop.workspace,
            now=shop.now,
        )

    for cls in (Pinged, *([Echoed] if endless else [])):
        reactors._inline.setdefault(cls.name, []).append(reactors._Inline(1, "test", echo, None))


def test_an_event_keeps_who_what_when_and_why(shop: Shop) -> None:
    ping(shop, 7, actor=shop.actor("agent"))
    row = Event.objects.get(type="test.pinged")
    assert (row.actor_kind, row.actor_name, row.payload) == ("member", "Agent", {"number": 7})
    assert (row.root, row.cause) == (row.uid, None)
    assert typed(row.type, row.payload) == Pinged(number=7)


def test_a_consequence_knows_its_cause_and_root(shop: Shop, wired: None) -> None:
    react(shop)
    ping(shop)
    cause, consequence = Event.objects.filter(type__startswith="test.").order_by("id")
    assert (consequence.cause, consequence.root) == (cause.uid, cause.uid)


def test_reactors_that_never_end_roll_everything_back(shop: Shop, wired: None) -> None:
    react(shop, endless=True)
    with pytest.raises(RunawayReactors):
        ping(shop)
    assert not Event.objects.filter(type__startswith="test.").exists()


def test_a_failing_reactor_rolls_the_command_back(shop: Shop, wired: None) -> None:
    def break_down(_happened: Happened) -> None:
        raise ValueError

    reactors._inline["test.pinged"] = [reactors._Inline(1, "test", break_down, None)]
    with pytest.raises(ValueError):  # noqa: PT011 (raised above)
        ping(shop)
    assert not Event.objects.filter(type="test.pinged").exists()


def test_an_event_outside_a_command_is_a_bug(shop: Shop) -> None:
    with pytest.raises(RuntimeError):
        emit(SYSTEM, Pinged(number=1), kind="workspace", subject=shop.workspace, now=shop.now)


@pytest.mark.django_db
def test_a_command_outside_a_scope_is_a_bug() -> None:
    with pytest.raises(NoScope), unit.unit_of_work():
        pass


def test_an_unknown_or_grown_event_can_still_be_read() -> None:
    assert typed("from.the.future", {}) is None
    assert typed("test.pinged", {"number": 1, "more": 2}) == Pinged(number=1)


def test_every_event_type_describes_and_shreds_itself() -> None:
    for name, cls in known_types().items():
        assert cls.__doc__, name
        assert isinstance(cls.shred({}), dict), name

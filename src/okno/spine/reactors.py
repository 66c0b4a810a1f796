"""Who reacts to what has happened.

An *inline* reactor runs in the transaction of the event: bounded, without network, files or clock. A *deferred* one
gets a `Reaction` row in that transaction and runs in a worker, in a transaction of its own, exactly once as far as our
tables are concerned. Both are found by importing `reactors` (or a module's `reactors`) of each installed app at start.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from okno.spine.events import EventType
from okno.tenancy.modules import all_manifests

if TYPE_CHECKING:
    from okno.spine.models import Event
    from okno.spine.unit import Happened

    InlineReactor = Callable[[Happened], None]
    DeferredReactor = Callable[[Event], None]

_EVERY_TYPE = ""
_Function = TypeVar("_Function", bound=Callable[..., None])


@dataclass(frozen=True, slots=True)
class _Inline:
    order: int
    name: str
    run: InlineReactor
    module: str | None


_inline: dict[str, list[_Inline]] = defaultdict(list)
_deferred: dict[str, list[tuple[str, Callable[[EventType], bool] | None]]] = defaultdict(list)
_handlers: dict[str, DeferredReactor] = {}


def inline_reactor(
    *types: type[EventType], order: int, module: str | None = None
) -> Callable[[_Function], _Function]:
    """Run a function in the transaction of each event of these types; lower orders first.

    Without types it is run for every event, after those that name its type. With `module`, only in workspaces in which
    that module is on.
    """

    def register(function: _Function) -> _Function:
        for name in [cls.name for cls in types] or [_EVERY_TYPE]:
            _inline[name].append(
                _Inline(order, f"{function.__module__}.{function.__name__}", function, module)
            )
            _inline[name].sort(key=lambda reactor: (reactor.order, reactor.name))
        return function

    return register


def deferred_reactor(
    name: str, *types: type[EventType], when: Callable[[EventType], bool] | None = None
) -> Callable[[_Function], _Function]:
    """Run a function in a worker for each event of these types, under a name that never changes.

    With `when`, only for those of which it is true: it saves the work of finding out later.
    """

    def register(function: _Function) -> _Function:
        if name in _handlers:
            raise RuntimeError(f"deferred reactor {name} is defined twice")
        _handlers[name] = function
        for cls in types:
            _deferred[cls.name].append((name, when))
        return function

    return register


def run_inline(happened: Happened, *, modules: Callable[[], Collection[str]]) -> None:
    """Call the inline reactors of an event; `modules` tells which are switched on, and is asked only if it matters."""
    for reactor in (*_inline.get(happened.event.name, ()), *_inline.get(_EVERY_TYPE, ())):
        if reactor.module is None or (reactor.module in modules() and reactor.module in all_manifests()):
            reactor.run(happened)


def deferred_for(event: EventType) -> list[str]:
    """Return the names of the deferred reactors of an event."""
    return [name for name, when in _deferred.get(event.name, ()) if when is None or when(event)]


def deferred_handler(name: str) -> DeferredReactor | None:
    """Return the function of a deferred reactor, or None if this code does not know it."""
    return _handlers.get(name)

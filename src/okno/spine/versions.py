"""Versions of configuration: who changed what from which value to which, and the way back.

Whatever a workspace configures is a *versioned kind*, registered once by its owner:

    STATUS = versioned(VersionedKind(name="status", label=_("Status"), read=snapshot, restore=change_status_to, …))

The command that changes it calls `keep_version` when it is done. That keeps the values as the next version and emits
`config.changed` with the old and new value of each key that differs, which is all that the audit needs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from okno.lib.errors import Denied, NotFound, Words
from okno.spine.actor import Actor
from okno.spine.events import Change, EventType, event_type
from okno.spine.models import ConfigVersion
from okno.spine.unit import command, emit
from okno.tenancy.scope import current_workspace_id

ValueNames = Mapping[str, Mapping[Any, Words]]
SHOWN_LENGTH = 200
_KINDS: dict[str, VersionedKind] = {}
_restoring: ContextVar[int | None] = ContextVar("okno_restoring", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionedKind:
    """A kind of configuration that keeps its versions."""

    name: str
    """Also the kind of the subject of its events."""
    label: Words
    find: Callable[[int], Any]
    """Return the saved row of an object id. Raises NotFound."""
    read: Callable[[Any], dict[str, Any]]
    """Return the values of a row as JSON; no secrets."""
    restore: Callable[..., None]
    """Called as `restore(actor=…, row=…, values=…, now=…)`: give the row these values by its ordinary command."""
    may_change: Callable[[Actor], bool]
    labels: Mapping[str, Words]
    """What the values are called where people read them."""
    value_names: Callable[[], ValueNames] | None = None
    """What ids and keys among the values are called, by the name of the value; asked for where versions are read."""
    url_name: str = ""
    """The page that shows one, taking its id; without one it has no page."""


@event_type("config.changed")
class ConfigChanged(EventType):
    """A piece of configuration was made or changed: the values of the keys that differ, before and after."""

    kind: str
    number: int
    old: dict[str, Any]
    new: dict[str, Any]
    restores: int | None = None

    def describe(self, names: Mapping[str, str]) -> str:
        """Say which values changed, or which version came back."""
        if self.restores is not None:
            return _("brought back version %(number)d") % {"number": self.restores}
        known = _KINDS.get(self.kind)
        labels = known.labels if known else {}
        changed = ", ".join(str(labels.get(key, key)) for key in self.new)
        if self.number == 1:
            return _("made it")
        return _("changed: %(fields)s") % {"fields": changed}

    def changes(self, names: Mapping[str, str]) -> list[Change]:
        """Return the values that differ, called as their kind calls them."""
        known = _KINDS.get(self.kind)
        labels = known.labels if known else {}
        keys = {**self.old, **self.new}
        return [Change(str(labels.get(key, key)), self.old.get(key), self.new.get(key)) for key in keys]


@event_type("config.moved")
class ConfigMoved(EventType):
    """A piece of configuration changed places with its neighbour in the list."""

    kind: str
    direction: str

    def describe(self, names: Mapping[str, str]) -> str:
        """Say where it went."""
        return _("moved it up") if self.direction == "up" else _("moved it down")


def versioned(kind: VersionedKind) -> VersionedKind:
    """Register a kind of configuration under its name."""
    if kind.name in _KINDS:
        raise RuntimeError(f"the versioned kind {kind.name} is registered twice")
    _KINDS[kind.name] = kind
    return kind


def known_kinds() -> Mapping[str, VersionedKind]:
    """Return every registered kind by name."""
    return _KINDS


def kind_called(name: str) -> VersionedKind:
    """Return a registered kind. Raises NotFound."""
    try:
        return _KINDS[name]
    except KeyError:
        raise NotFound(_("There is no such kind of setting.")) from None


@command
def keep_version(
    *,
    actor: Actor,
    kind: VersionedKind,
    row: Any,
    now: datetime,
    before: Mapping[str, Any] | None = None,
    is_told: bool = False,
) -> ConfigVersion | None:
    """Keep how a row is now as its next version, and emit what changed; None if nothing did.

    With `is_told` the command has an event of its own that tells it. `before` are the values from before the change:
    they become the first version of a row that has none yet.
    """
    object_id, restores = row.pk, _restoring.get()
    values = kind.read(row)
    _one_at_a_time(kind, object_id)
    last = versions_of(kind.name, object_id).first()
    if last is None and before is not None and before != values:
        last = _keep(kind, object_id, dict(before), number=1, actor=actor, now=now)
    old = last.values if last is not None else {}
    if last is not None and old == values:
        return None
    number = last.number + 1 if last is not None else 1
    kept = _keep(kind, object_id, values, number=number, actor=actor, now=now, restores=restores)
    if is_told:
        return kept
    differing = [key for key in {**old, **values} if old.get(key) != values.get(key)]
    emit(
        actor,
        ConfigChanged(
            kind=kind.name,
            number=number,
            old={key: shown(old.get(key)) for key in differing if key in old},
            new={key: shown(values.get(key)) for key in differing},
            restores=restores,
        ),
        kind=kind.name,
        subject=row,
        now=now,
    )
    return kept


def tell_moved(*, actor: Actor, kind: VersionedKind, row: Any, direction: str, now: datetime) -> None:
    """Emit that a row changed its place, which is no version of it. Part of a command."""
    emit(actor, ConfigMoved(kind=kind.name, direction=direction), kind=kind.name, subject=row, now=now)


@command
def roll_back(*, actor: Actor, kind_name: str, object_id: int, number: int, now: datetime) -> None:
    """Give an object the values of an earlier version, as a new version. Raises NotFound, Denied, Invalid, Conflict."""
    kind = kind_called(kind_name)
    if not kind.may_change(actor):
        raise Denied(_("You may not change this."))
    wanted = versions_of(kind_name, object_id).filter(number=number).first()
    if wanted is None:
        raise NotFound(_("There is no such version."))
    row = kind.find(object_id)
    token = _restoring.set(number)
    try:
        kind.restore(actor=actor, row=row, values=wanted.values, now=now)
    finally:
        _restoring.reset(token)


def versions_of(kind_name: str, object_id: int) -> QuerySet[ConfigVersion]:
    """Return the versions of an object, the newest first."""
    versions: QuerySet[ConfigVersion] = ConfigVersion.objects.filter(kind=kind_name, object_id=object_id)
    return versions.order_by("-number")


def _one_at_a_time(kind: VersionedKind, object_id: int) -> None:
    """Let two changes of one object wait for each other: their versions are numbered."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"{current_workspace_id()} {kind.name} {object_id}"],
        )


def _keep(
    kind: VersionedKind,
    object_id: int,
    values: dict[str, Any],
    *,
    number: int,
    actor: Actor,
    now: datetime,
    restores: int | None = None,
) -> ConfigVersion:
    kept: ConfigVersion = ConfigVersion.objects.create(
        kind=kind.name,
        object_id=object_id,
        number=number,
        values=values,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name,
        restores=restores,
        created_at=now,
    )
    return kept


def shown(value: Any) -> Any:
    """Return a value as an event keeps it: long texts are in the version."""
    if isinstance(value, str) and len(value) > SHOWN_LENGTH:
        return value[: SHOWN_LENGTH - 1] + "…"
    return value

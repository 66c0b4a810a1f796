"""The tree of topics."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import F, Func, Value
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from okno.lib.errors import Conflict, Invalid
from okno.spine.actor import Actor
from okno.spine.unit import command
from okno.spine.versions import ValueNames, VersionedKind, keep_version, tell_moved, versioned
from okno.team.policy import can_manage_settings
from okno.tickets.commands.configuring import (
    clean_names,
    find_row,
    lock_list,
    lock_row,
    move_among,
    next_position,
    require_rights,
)
from okno.tickets.models import Topic

TOPICS_LIMIT = 1000
DEPTH_LIMIT = 6


@command
def create_topic(*, actor: Actor, values: Mapping[str, Any], now: datetime) -> Topic:
    """Add a topic below another or at the top. Raises Denied, Invalid, Conflict."""
    require_rights(actor)
    lock_list(Topic)
    if Topic.objects.count() >= TOPICS_LIMIT:
        words = _("There are %(count)d topics already.") % {"count": TOPICS_LIMIT}
        raise Conflict(words, code="too_many_topics")
    row = Topic(names=clean_names(values.get("names", {})), position=next_position(Topic))
    row.parent = _parent(values.get("parent"))
    row.save()
    row.path = _path_below(row.parent, row)
    row.save(update_fields=["path"])
    keep_version(actor=actor, kind=TOPIC, row=row, now=now)
    return row


@command
def change_topic(*, actor: Actor, topic_id: int, values: Mapping[str, Any], now: datetime) -> Topic:
    """Rename a topic, hang it elsewhere with all below it, or switch it off. Raises NotFound, Denied, Invalid."""
    require_rights(actor)
    row = lock_row(Topic, topic_id)
    before = topic_values(row)
    wanted = {**before, **values}
    row.names = clean_names(wanted["names"])
    row.is_active = bool(wanted["is_active"])
    if wanted["parent"] != before["parent"]:
        _hang(row, _parent(wanted["parent"]))
    row.save(update_fields=["names", "is_active", "parent", "path"])
    keep_version(actor=actor, kind=TOPIC, row=row, now=now, before=before)
    return row


@command
def move_topic(*, actor: Actor, topic_id: int, direction: str, now: datetime) -> None:
    """Move a topic up or down among its sisters. Raises NotFound, Denied."""
    require_rights(actor)
    row = lock_row(Topic, topic_id)
    if move_among(list(Topic.objects.filter(parent=row.parent).order_by("position", "id")), row, direction):
        tell_moved(actor=actor, kind=TOPIC, row=row, direction=direction, now=now)


def topic_values(row: Topic) -> dict[str, Any]:
    """Return what of a topic is configuration, as JSON."""
    return {"names": row.names, "parent": row.parent_id, "is_active": row.is_active}


def _hang(row: Topic, parent: Topic | None) -> None:
    """Hang a topic below another; the paths of all below it change with it."""
    if parent is not None and parent.path.startswith(row.path):
        words = _("A topic cannot hang below itself.")
        raise Invalid(words, fields={"parent": [words]})
    old, row.parent = row.path, parent
    row.path = _path_below(parent, row)
    below = Topic.objects.filter(path__startswith=old).exclude(pk=row.pk)
    deepest = max((path.count("/") for path in below.values_list("path", flat=True)), default=0)
    if deepest - old.count("/") + row.path.count("/") - 1 > DEPTH_LIMIT:
        raise _too_deep()
    tail = Func(F("path"), Value(len(old) + 1), function="substr")
    below.update(path=Func(Value(row.path), tail, function="concat"))


def _path_below(parent: Topic | None, row: Topic) -> str:
    path = f"{parent.path if parent else '/'}{row.pk}/"
    if path.count("/") - 1 > DEPTH_LIMIT:
        raise _too_deep()
    return path


def _too_deep() -> Invalid:
    words = _("Topics go %(limit)d levels deep.") % {"limit": DEPTH_LIMIT}
    return Invalid(words, fields={"parent": [words]})


def _parent(topic_id: Any) -> Topic | None:
    if not topic_id:
        return None
    found: Topic | None = Topic.objects.filter(pk=topic_id).first()
    if found is None:
        words = _("There is no such topic.")
        raise Invalid(words, fields={"parent": [words]})
    return found


def _find(object_id: int) -> Topic:
    return find_row(Topic, object_id)


def _value_names() -> ValueNames:
    return {"parent": {topic.pk: topic.name for topic in Topic.objects.all()}}


def _restore(*, actor: Actor, row: Topic, values: Mapping[str, Any], now: datetime) -> None:
    change_topic(actor=actor, topic_id=row.pk, values=values, now=now)


TOPIC = versioned(
    VersionedKind(
        name="topic",
        label=gettext_lazy("Topic"),
        find=_find,
        read=topic_values,
        restore=_restore,
        may_change=can_manage_settings,
        labels={
            "names": pgettext_lazy("of a thing", "Name"),
            "parent": gettext_lazy("Below"),
            "is_active": gettext_lazy("In use"),
        },
        value_names=_value_names,
        url_name="console:topic",
    )
)

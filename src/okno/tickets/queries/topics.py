"""The topics as a tree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from okno.tickets.models import Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicRow:
    """A topic at its place in the tree."""

    topic: Topic
    level: int
    whole_name: str
    """With the names above it: `1C › Start`."""


def topic_tree() -> list[TopicRow]:
    """Return all topics, each behind the one above it, in their order (one query)."""
    below: dict[int | None, list[Topic]] = defaultdict(list)
    for topic in Topic.objects.order_by("position", "id"):
        below[topic.parent_id].append(topic)

    def walk(parent_id: int | None, above: str, level: int) -> Iterator[TopicRow]:
        for topic in below[parent_id]:
            whole = f"{above} › {topic.name}" if above else topic.name
            yield TopicRow(topic=topic, level=level, whole_name=whole)
            yield from walk(topic.pk, whole, level + 1)

    return list(walk(None, "", 0))

"""The tags in use and those that the workspace knows."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from okno.tickets.models import Tag, TagWork, TicketTag

SHOWN = 500
RECENT_WORK = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class TagRow:
    """A tag, known or only used."""

    name: str
    colour: str = ""
    purpose: str = ""
    tickets: int = 0


def tag_rows(*, beginning: str = "") -> list[TagRow]:
    """Return tags by name, each with the number of its tickets (two queries)."""
    known = {tag.name: tag for tag in Tag.objects.filter(name__startswith=beginning).order_by("name")[:SHOWN]}
    used = TicketTag.objects.filter(name__startswith=beginning).order_by("name").values("name")
    counts = {row["name"]: row["tickets"] for row in used.annotate(tickets=Count("id"))[:SHOWN]}
    return [
        TagRow(
            name=name,
            colour=known[name].colour if name in known else "",
            purpose=known[name].purpose if name in known else "",
            tickets=counts.get(name, 0),
        )
        for name in sorted({*known, *counts})[:SHOWN]
    ]


def tag_work() -> list[TagWork]:
    """Return the newest changes of tags on all tickets, those under way first."""
    rows = TagWork.objects.order_by("finished_at", "-id")
    under_way = list(rows.filter(state=TagWork.State.DUE)[:RECENT_WORK])
    return under_way or list(TagWork.objects.order_by("-id")[:1])

"""Reading the bell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from okno.reactors.notify.models import Notification
from okno.team.models import Member

LIMIT = 50


def newest_notifications(member: Member, *, limit: int = LIMIT) -> Sequence[Notification]:
    """Return the newest lines of a member's bell, each with its ticket."""
    rows = Notification.objects.filter(member=member).select_related("ticket__requester")
    return list(rows.order_by("-id")[:limit])


def unread_count(member: Member) -> int:
    """Return how many lines the member has not read."""
    return Notification.objects.filter(member=member, read_at__isnull=True).count()


def mark_notifications_read(*, member: Member, ids: Sequence[int] | None = None, now: datetime) -> int:
    """Mark lines of a member as read, all of them without `ids`; returns how many were not."""
    unread = Notification.objects.filter(member=member, read_at__isnull=True)
    if ids is not None:
        unread = unread.filter(pk__in=list(ids))
    return unread.update(read_at=now)

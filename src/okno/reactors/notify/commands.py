"""What a member does with his bell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from okno.reactors.notify.models import Notification
from okno.spine.unit import command
from okno.team.models import Member


@command
def mark_notifications_read(*, member: Member, ids: Sequence[int] | None = None, now: datetime) -> int:
    """Mark lines of a member as read, all of them without `ids`; returns how many were not.

    Emits nothing: whether somebody has read his news is nobody else's business.
    """
    unread = Notification.objects.filter(member=member, read_at__isnull=True)
    if ids is not None:
        unread = unread.filter(pk__in=list(ids))
    return unread.update(read_at=now)

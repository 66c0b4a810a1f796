"""Reading the bell."""

from __future__ import annotations

from collections.abc import Sequence

from okno.reactors.notify.models import Notification
from okno.team.models import Member

LIMIT = 50


def newest_notifications(member: Member, *, limit: int = LIMIT) -> Sequence[Notification]:
    """Return the newest lines of a member's bell, each with its ticket, mailbox or webhook."""
    rows = Notification.objects.filter(member=member, ticket__spam_at__isnull=True)
    return list(rows.select_related("ticket__requester", "mailbox", "webhook").order_by("-id")[:limit])


def unread_count(member: Member) -> int:
    """Return how many lines the member has not read."""
    return Notification.objects.filter(member=member, read_at__isnull=True).count()

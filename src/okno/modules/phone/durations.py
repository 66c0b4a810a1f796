"""How long a call was, in words."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

LONGEST = timedelta(hours=4)
"""Who finishes later than that has not been on the phone all the time."""


def measured(started_at: datetime, finished_at: datetime) -> int | None:
    """Return the seconds between two moments of a call, None if that tells nothing of how long it was."""
    length = finished_at - started_at
    return int(length.total_seconds()) if timedelta(0) <= length <= LONGEST else None


def shown_duration(seconds: int) -> str:
    """Return a duration as it is read: `45 s`, `5 min`, `1 h 20 min`."""
    if seconds < 60:
        return _("%(seconds)d s") % {"seconds": seconds}
    hours, minutes = divmod(seconds // 60, 60)
    if not hours:
        return _("%(minutes)d min") % {"minutes": minutes}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}

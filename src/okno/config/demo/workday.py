"""Move about in the working hours of the demo desk: Monday to Friday, 9:00 to 18:00 in Moscow."""

from datetime import datetime, time, timedelta, timezone
from typing import Final

# Moscow has kept one offset since 2014, so the demo needs no time zone database on the machine.
DESK_ZONE: Final = timezone(timedelta(hours=3), "MSK")
OPENS: Final = time(9, 0)
CLOSES: Final = time(18, 0)
SATURDAY: Final = 5


def is_working(moment: datetime) -> bool:
    """Tell whether the desk is open at the moment."""
    local = moment.astimezone(DESK_ZONE)
    return local.weekday() < SATURDAY and OPENS <= local.time() < CLOSES


def next_opening(moment: datetime) -> datetime:
    """Return the moment itself if the desk is open, else when it opens next."""
    local = moment.astimezone(DESK_ZONE)
    if is_working(local):
        return local
    day = local if local.time() < OPENS else local + timedelta(days=1)
    while day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    return datetime.combine(day.date(), OPENS, tzinfo=DESK_ZONE)


def add_working(moment: datetime, span: timedelta) -> datetime:
    """Return the moment after the span of open hours has passed."""
    current, left = next_opening(moment), span
    while True:
        closing = datetime.combine(current.date(), CLOSES, tzinfo=DESK_ZONE)
        if current + left < closing:
            return current + left
        left -= closing - current
        current = next_opening(closing)


def previous_workday(moment: datetime) -> datetime:
    """Return the same time of day on the latest working day that is not after the moment's day."""
    local = moment.astimezone(DESK_ZONE)
    while local.weekday() >= SATURDAY:
        local -= timedelta(days=1)
    return local

"""What happened: on one ticket, and in the whole workspace as a feed to follow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from ninja import Query, Router
from pydantic import Field

from okno.api.answers.base import Listed
from okno.api.answers.events import EventAnswer, EventFeed, event_answer
from okno.api.callers import ApiRequest
from okno.api.inputs import Paging, PathId
from okno.api.rights import needs
from okno.conditions import cursors
from okno.conditions.cursors import Cursor
from okno.conditions.kinds import whole
from okno.conditions.ordering import Keyset, Order
from okno.spine.actor import Actor
from okno.spine.models import Event
from okno.spine.queries import Place, events_after, events_of, newest_place, place_of
from okno.team.policy import PEOPLE_READ, SETTINGS_READ, TICKETS_READ
from okno.tickets import policy
from okno.tickets.access import find_ticket

router = Router(tags=["events"])

_OLDEST_FIRST = Keyset((Order(column="id", nulls="never"),))
_FEED = "events"
_BATCH = 500
# One request reads past so many events that its caller may not see, at most.
_BATCHES = 4


class FeedPaging(Paging):
    """Which part of the feed."""

    start: Literal["oldest", "newest"] = Field(
        "oldest",
        description="Where to begin without a cursor; from the newest one gets a cursor and no events.",
    )


@router.get("/tickets/{number}/events", response=Listed[EventAnswer], auth=needs(TICKETS_READ))
def list_ticket_events(request: ApiRequest, number: PathId, paging: Query[Paging]) -> Listed[EventAnswer]:
    """Return what happened on a ticket, oldest first."""
    ticket = find_ticket(request.actor, number=number)
    page = _OLDEST_FIRST.page(events_of("ticket", ticket.pk), cursor=paging.cursor, size=paging.limit)
    return Listed[EventAnswer](items=[event_answer(event) for event in page.rows], next=page.next)


@router.get("/events", response=EventFeed, auth=needs(TICKETS_READ, PEOPLE_READ, SETTINGS_READ))
def list_events(request: ApiRequest, paging: Query[FeedPaging]) -> EventFeed:
    """Return what happened in the workspace, as far as one may see it; come back with `resume` to follow.

    What happens to tickets follows the rule of tickets, what happens to contacts and organizations the right to see
    people, what members do the right to read the audit (a token with `*`), all else the right to see settings.
    """
    if paging.cursor is not None:
        place = _place(paging.cursor)
    else:
        place = Place() if paging.start == "oldest" else newest_place()
    events, place, has_more = _read(place, _visible_to(request.actor), limit=paging.limit)
    resume = cursors.encode(Cursor(_FEED, (place.xid, place.id), backward=False))
    return EventFeed(
        items=[event_answer(event) for event in events], next=resume if has_more else None, resume=resume
    )


def _read(
    place: Place, is_visible: Callable[[Event], bool], *, limit: int
) -> tuple[list[Event], Place, bool]:
    """Return visible events behind a place, where the reading ended, and whether there may be more."""
    found: list[Event] = []
    for _batch in range(_BATCHES):
        events = list(events_after(place)[:_BATCH])
        for event in events:
            place = place_of(event)
            if is_visible(event):
                found.append(event)
                if len(found) == limit:
                    return found, place, True
        if len(events) < _BATCH:
            return found, place, False
    return found, place, True


def _visible_to(actor: Actor) -> Callable[[Event], bool]:
    is_heard = policy.hears(actor)
    return lambda event: is_heard(event.subject_kind, event.snapshot)


def _place(cursor: str) -> Place:
    xid, event_id = cursors.decode(cursor, _FEED, (whole, whole)).values
    return Place(xid=max(0, int(str(xid))), id=int(str(event_id)))

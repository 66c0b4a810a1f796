"""Reading events: of one subject, and all of a workspace in an order in which none is ever passed over."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Func, Q, QuerySet

from okno.spine.models import Event, TransactionIdField


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a reader of all events stands: behind the event with this transaction and id."""

    xid: int = 0
    id: int = 0


class _Horizon(Func):
    """The oldest transaction that is still at work; whatever is before it is complete."""

    template = "pg_snapshot_xmin(pg_current_snapshot())"
    arity = 0
    output_field = TransactionIdField()


def events_after(place: Place) -> QuerySet[Event]:
    """Return the events behind a place, in order.

    By transaction and id and only before the horizon: in the order of ids alone a transaction that commits
    late would be passed over.
    """
    xid = str(place.xid)
    behind = Q(xid__gt=xid) | Q(xid=xid, id__gt=place.id)
    events: QuerySet[Event] = Event.objects.filter(behind, xid__gte=xid, xid__lt=_Horizon())
    return events.order_by("xid", "id")


def newest_place() -> Place:
    """Return the place behind everything that is complete."""
    newest: Event | None = Event.objects.filter(xid__lt=_Horizon()).order_by("-xid", "-id").first()
    return Place() if newest is None else place_of(newest)


def place_of(event: Event) -> Place:
    """Return the place behind an event."""
    return Place(xid=int(str(event.xid)), id=event.pk)


def events_of(kind: str, subject_id: int) -> QuerySet[Event]:
    """Return the events of one subject."""
    events: QuerySet[Event] = Event.objects.filter(subject_kind=kind, subject_id=subject_id)
    return events


def newest_events(condition: Q) -> QuerySet[Event]:
    """Return the events of a condition as the audit reads them, the newest first."""
    events: QuerySet[Event] = Event.objects.filter(condition)
    return events.defer("snapshot").order_by("-id")


def newest_event_id() -> int:
    """Return the highest id of an event that is there by now, 0 if there is none."""
    newest: int | None = Event.objects.order_by("-id").values_list("pk", flat=True).first()
    return newest or 0

"""What the demo's members have read, and what their bells tell: as after a few hours away from the desk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from okno.config.demo.directory import Directory
from okno.config.demo.replay import PendingEvent, Replay
from okno.reactors.notify.models import Notification, NotificationKind
from okno.spine.events import EventType
from okno.tickets import events, message_events
from okno.tickets.models import ReadMark

# Older words have been read by everybody, older bell lines are not kept.
_ALL_READ_AFTER: Final = timedelta(hours=20)
_BELL_KEEPS: Final = timedelta(days=3)


def read_marks(replay: Replay, directory: Directory, *, now: datetime) -> Iterator[ReadMark]:
    """Yield up to when each member has read a ticket, whose rows are saved."""
    acts = _last_acts(replay)
    for member in directory.members.values():
        read_at = acts.get(member.pk)
        if now - replay.ticket.updated_at > _ALL_READ_AFTER:
            read_at = replay.ticket.updated_at
        if read_at is not None:
            yield ReadMark(ticket=replay.ticket, member=member, read_at=read_at)


def bell(replay: Replay, directory: Directory, *, now: datetime) -> Iterator[Notification]:
    """Yield the recent bell lines of a ticket, whose rows are saved; what was dealt with has been read."""
    acts = _last_acts(replay)
    for pending in replay.pending:
        if now - pending.at > _BELL_KEEPS:
            continue
        kind, concerned = _concerned(pending, replay, directory)
        for member_id in concerned:
            if kind is not None and member_id != pending.actor.member_id:
                yield Notification(
                    member_id=member_id,
                    ticket=replay.ticket,
                    kind=kind,
                    event_uid=pending.uid,
                    actor_name=pending.actor.name,
                    created_at=pending.at,
                    read_at=_read_at(pending, kind, replay, acts.get(member_id), now=now),
                )


def _read_at(
    pending: PendingEvent, kind: NotificationKind, replay: Replay, acted_at: datetime | None, *, now: datetime
) -> datetime | None:
    if acted_at is not None and acted_at > pending.at:
        return acted_at
    if kind is NotificationKind.NEW_TICKET and replay.ticket.first_assigned_at is not None:
        return replay.ticket.first_assigned_at
    if now - pending.at > _ALL_READ_AFTER:
        return pending.at + _ALL_READ_AFTER
    return None


def _concerned(
    pending: PendingEvent, replay: Replay, directory: Directory
) -> tuple[NotificationKind | None, Iterable[int]]:
    """Return what kind of news an event was, and the members whom it concerned, as notifying decides."""
    event: EventType = pending.make()
    assignee = pending.snapshot["assignee_id"]
    team = directory.team_members[pending.snapshot["team_id"]]
    match event:
        case events.TicketCreated():
            return NotificationKind.NEW_TICKET, sorted(team)
        case events.TicketAssigned(new=int() as new):
            return NotificationKind.ASSIGNED, [new]
        case message_events.MessageAdded(direction="in", is_first=False):
            return NotificationKind.CLIENT_REPLY, sorted(team) if assignee is None else [assignee]
        case message_events.DeliveryChanged(new="failed", message=message):
            authors = (row.author_member_id for row in replay.messages if row.pk == message)
            return NotificationKind.DELIVERY_FAILED, [author for author in authors if author is not None]
    return None, []


def _last_acts(replay: Replay) -> dict[int, datetime]:
    return {
        pending.actor.member_id: pending.at
        for pending in replay.pending
        if pending.actor.member_id is not None
    }

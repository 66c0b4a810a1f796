"""A ticket's conversation: messages and events merged by time, a page at a time from the newest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, Case, F, Q, QuerySet, TextField, Value, When

from okno.people.models import Contact
from okno.spine.actor import ActorKind
from okno.spine.events import EventType, typed
from okno.spine.models import Event
from okno.tickets.events import TicketCreated
from okno.tickets.message_events import (
    DeliveryChanged,
    MessageAdded,
    MessageCancelled,
    MessageResent,
    NoteAdded,
    SideAnswered,
    SideWritten,
)
from okno.tickets.models import Attachment, Delivery, Direction, Message, Ticket
from okno.tickets.models.ticket import Channel
from okno.tickets.queries.directory import Directory

PAGE = 30
EVENTS_LIMIT = 300

# Told by the message itself, or by the line under it.
_SHOWN_BY_MESSAGES = (
    MessageAdded.name,
    NoteAdded.name,
    DeliveryChanged.name,
    SideWritten.name,
    SideAnswered.name,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One message with its files and, if it went out, its recipients. `html` is only that of our own editor."""

    message: Message
    deliveries: Sequence[Delivery] = ()
    files: Sequence[Attachment] = ()
    html: str = ""
    has_foreign_html: bool = False
    has_remote_pictures: bool = False
    has_quoted_html: bool = False

    @property
    def created_at(self) -> datetime:
        """Return when it was said."""
        return self.message.created_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One event in words: who, and what he did."""

    id: int
    type: str
    who: str
    what: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A stretch of the conversation, oldest first."""

    entries: Sequence[Said | Done]
    earlier: int | None = None
    """Before this message there is more; None if this is the beginning."""
    newest_message: int = 0
    newest_event: int = 0
    draft_files: Sequence[Attachment] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What happened after a place in the conversation."""

    thread: Thread
    types: frozenset[str] = frozenset()
    changed: Sequence[Said] = field(default=())
    """Messages that were there already and whose delivery is another one now."""
    gone: Sequence[int] = ()
    """Ids of messages that were taken back."""
    has_client_words: bool = False


def read_thread(
    ticket: Ticket,
    directory: Directory,
    *,
    before: int | None = None,
    contacts: Mapping[int, str] | None = None,
    draft_keys: Sequence[Any] = (),
) -> Thread:
    """Return the newest messages of a ticket (or those before one), and the events between (at most five queries).

    `contacts` are names that are known already; `draft_keys` asks for the uploads of a draft along the way.
    """
    rows = _messages(ticket)
    upto: datetime | None = None
    if before is not None:
        upto = rows.filter(pk=before).values_list("created_at", flat=True).first()
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-id")[: PAGE + 1])
    has_more, found = len(found) > PAGE, found[:PAGE][::-1]
    events = _events(ticket)
    if has_more:
        events = events.filter(created_at__gte=found[0].created_at)
    if upto is not None:
        events = events.filter(created_at__lt=upto)
    stored = list(events.order_by("-id")[:EVENTS_LIMIT])
    said, loose = _said(found, draft_keys)
    return Thread(
        entries=_merged(said, _in_words(stored, directory, contacts or {})),
        earlier=found[0].pk if has_more else None,
        newest_message=max((message.pk for message in found), default=0),
        newest_event=max((event.pk for event in stored), default=0),
        draft_files=loose,
    )


def read_news(
    ticket: Ticket,
    directory: Directory,
    *,
    after_message: int,
    after_event: int,
    contacts: Mapping[int, str] | None = None,
) -> News:
    """Return what came after a message and an event of a ticket (at most five queries)."""
    stored = list(_events(ticket).filter(pk__gt=after_event).order_by("-id")[:EVENTS_LIMIT])
    events = [(event, typed(event.type, event.payload)) for event in stored]
    touched = {
        event.message
        for _row, event in events
        if isinstance(event, DeliveryChanged | MessageCancelled | MessageResent)
    }
    rows = (
        _messages(ticket, with_cancelled=True)
        .filter(Q(pk__gt=after_message) | Q(pk__in=touched))
        .order_by("id")
    )
    found = list(rows) if stored else []
    said, _loose = _said([message for message in found if message.cancelled_at is None], ())
    new = [one for one in said if one.message.pk > after_message]
    return News(
        thread=Thread(
            entries=_merged(new, _in_words(stored, directory, contacts or {})),
            newest_message=max([after_message, *(one.message.pk for one in new)]),
            newest_event=max([after_event, *(event.pk for event in stored)]),
        ),
        types=frozenset(event.type for event in stored),
        changed=[one for one in said if one.message.pk <= after_message],
        gone=[message.pk for message in found if message.cancelled_at is not None],
        has_client_words=any(one.message.direction == Direction.IN for one in new),
    )


def read_messages(ticket: Ticket, ids: Iterable[int]) -> list[Said]:
    """Return some messages of a ticket, ready to be shown (three queries)."""
    return _said(list(_messages(ticket).filter(pk__in=list(ids)).order_by("id")), ())[0]


def _messages(ticket: Ticket, *, with_cancelled: bool = False) -> QuerySet[Message]:
    """Return messages without their foreign HTML: it may be large and is served at its own address."""
    rows = Message.objects.filter(ticket=ticket)
    if not with_cancelled:
        rows = rows.filter(cancelled_at__isnull=True)
    is_ours = Q(channel=Channel.CONSOLE, author_member__isnull=False)
    return rows.defer("html", "quoted_html").annotate(
        own_html=Case(When(is_ours, then=F("html")), default=Value(""), output_field=TextField()),
        has_foreign_html=Case(
            When(is_ours | Q(html=""), then=False), default=True, output_field=BooleanField()
        ),
        has_remote=Case(
            When(html__contains="data-remote-src", then=True), default=False, output_field=BooleanField()
        ),
        has_quoted_html=Case(When(quoted_html="", then=False), default=True, output_field=BooleanField()),
    )


def _events(ticket: Ticket) -> QuerySet[Event]:
    return Event.objects.filter(subject_kind="ticket", subject_id=ticket.pk).defer("snapshot")


def _said(messages: Sequence[Any], draft_keys: Sequence[Any]) -> tuple[list[Said], list[Attachment]]:
    """Return messages with their files and deliveries, and the files of a draft."""
    ids = [message.pk for message in messages]
    # A note that went to people outside has recipients too.
    outgoing = [
        message.pk
        for message in messages
        if message.direction == Direction.OUT or (message.side_thread_id and message.author_member_id)
    ]
    deliveries: dict[int, list[Delivery]] = defaultdict(list)
    if outgoing:
        for delivery in Delivery.objects.filter(message_id__in=outgoing).order_by("id"):
            deliveries[delivery.message_id].append(delivery)
    files: dict[int | None, list[Attachment]] = defaultdict(list)
    wanted = (
        Q(message_id__in=ids) | Q(key__in=draft_keys, message__isnull=True)
        if draft_keys
        else Q(message_id__in=ids)
    )
    if ids or draft_keys:
        for file in Attachment.objects.filter(wanted).order_by("id"):
            files[file.message_id].append(file)
    said = [
        Said(
            message=message,
            deliveries=deliveries[message.pk],
            files=files[message.pk],
            html=message.own_html,
            has_foreign_html=message.has_foreign_html,
            has_remote_pictures=message.has_remote,
            has_quoted_html=message.has_quoted_html,
        )
        for message in messages
    ]
    return said, files[None]


def _in_words(stored: Sequence[Event], directory: Directory, contacts: Mapping[int, str]) -> list[Done]:
    """Return the events that have a line of their own, with the names of all they speak of."""
    known = [
        (row, event) for row in stored if (event := typed(row.type, row.payload)) and _has_line(row, event)
    ]
    names = _names({ref for _row, event in known for ref in event.references()}, directory, contacts)
    return [
        Done(
            id=row.pk,
            type=row.type,
            who=row.actor_name,
            what=event.describe({**names, "actor": f"{row.actor_kind}:{row.actor_id}"}),
            created_at=row.created_at,
        )
        for row, event in known
    ]


def _has_line(row: Event, event: EventType) -> bool:
    if row.type in _SHOWN_BY_MESSAGES:
        return False
    # Who wrote in himself shows it by his first message.
    return not isinstance(event, TicketCreated) or row.actor_kind == ActorKind.MEMBER


def _names(references: set[str], directory: Directory, contacts: Mapping[int, str]) -> dict[str, str]:
    """Return the labels of references; what no short table holds is asked for (at most two queries)."""
    names = dict(directory.labels)
    names |= {f"contact:{ref}": name for ref, name in contacts.items()}
    missing: dict[str, list[int]] = defaultdict(list)
    for reference in references - set(names):
        kind, _colon, ref = reference.partition(":")
        if ref.isdecimal():
            missing[kind].append(int(ref))
    if missing["contact"]:
        for contact_id, name in Contact.objects.filter(pk__in=missing["contact"]).values_list("pk", "name"):
            names[f"contact:{contact_id}"] = name
    if missing["ticket"]:
        for ticket_id, number in Ticket.objects.filter(pk__in=missing["ticket"]).values_list("pk", "number"):
            names[f"ticket:{ticket_id}"] = f"№ {number}"
    return names


def _merged(said: Sequence[Said], done: Sequence[Done]) -> list[Said | Done]:
    """Return both in order of time; of one moment, the words come before what they led to."""
    places = {id(one): (one.created_at, 0, one.message.pk) for one in said}
    places |= {id(one): (one.created_at, 1, one.id) for one in done}
    return sorted([*said, *done], key=lambda one: places[id(one)])

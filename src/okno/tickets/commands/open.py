"""Opening a ticket."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from okno.lib.errors import Denied
from okno.people.models import Contact
from okno.spine.actor import Actor
from okno.spine.unit import collect, command, insert, remember, take_many
from okno.team.models import Desk, Member, Team
from okno.team.queries import default_desk
from okno.tickets import policy
from okno.tickets.commands.changing import announce, clean_subject
from okno.tickets.commands.messages import NewMessage, add_message
from okno.tickets.commands.tags import clean_tags, write_tag_rows
from okno.tickets.events import TicketAssigned, TicketCreated
from okno.tickets.models import (
    Message,
    Participant,
    ParticipantRole,
    Priority,
    RequestType,
    Status,
    StatusCategory,
    Ticket,
    Topic,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTicket:
    """What a ticket starts with. Whatever is None is decided by its type, desk and mailbox."""

    subject: str
    channel: str
    requester: Contact | None = None
    kind: str | None = None
    type: RequestType | None = None
    desk: Desk | None = None
    team: Team | None = None
    assignee: Member | None = None
    priority: int = Priority.NORMAL
    topic: Topic | None = None
    device: str = ""
    due_at: datetime | None = None
    parent: Ticket | None = None
    mailbox_id: int | None = None
    tags: Sequence[str] = ()
    copied: Sequence[Contact] = field(default=())
    client_key: UUID | None = None
    wants_receipt: bool = False
    """The requester is told by mail that it is here."""


@command
def open_ticket(*, actor: Actor, ticket: NewTicket, message: NewMessage, now: datetime) -> Ticket:
    """Open a ticket with its first message; a repeated `client_key` returns the ticket that it made.

    Raises Denied, Invalid.
    """
    if ticket.client_key is not None:
        known = Ticket.objects.filter(client_key=ticket.client_key).first()
        if known is not None and policy.can_open(actor):
            return known
    return open_with_message(actor=actor, ticket=ticket, message=message, now=now)[0]


@command
def open_with_message(
    *, actor: Actor, ticket: NewTicket, message: NewMessage, now: datetime
) -> tuple[Ticket, Message]:
    """Open a ticket and return it with its first message. Raises Denied, Invalid."""
    if not policy.can_open(actor):
        raise Denied(_("You may not open tickets."))
    opened = insert_ticket(ticket, now=now)
    _write_people(opened, ticket, now=now)
    if opened.tags:
        write_tag_rows(opened, opened.tags)
    created = TicketCreated(number=opened.number, channel=ticket.channel, wants_receipt=ticket.wants_receipt)
    announce(actor, opened, created, now=now)
    if opened.assignee_id is not None:
        announce(actor, opened, TicketAssigned(old=None, new=opened.assignee_id), now=now)
    return opened, add_message(actor=actor, ticket=opened, message=message, now=now, is_first=True)


def next_numbers(how_many: int) -> list[int]:
    """Take numbers from the workspace's sequence; it never serialises writers, so gaps are allowed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM okno_next_numbers(%s)", [how_many])
        return [row[0] for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a ticket goes, and as what."""

    type: RequestType
    kind: str
    desk: Desk
    team_id: int | None


def placement_of(*, type: RequestType | None, team: Team | None, desk: Desk | None = None) -> Placement:  # noqa: A002
    """Return where a ticket goes whose type, team or desk was chosen, or none of them."""
    request_type = type or remember("default-type", _default_type)
    desk = (
        desk
        or (team.desk if team else None)
        or (type.desk if type else remember("default-desk", default_desk))
    )
    team_id = team.pk if team else request_type.team_id
    if team_id is None:
        team_id = remember(("team", desk.pk), lambda: _first_team(desk))
    return Placement(type=request_type, kind=request_type.kind, desk=desk, team_id=team_id)


def insert_ticket(new: NewTicket, *, now: datetime, is_draft: bool = False) -> Ticket:
    """Insert the row of a new ticket. Part of a command."""
    place = placement_of(type=new.type, team=new.team, desk=new.desk)
    category = StatusCategory.OPEN if new.assignee is not None else StatusCategory.NEW
    status = remember(("status", category), lambda: default_status(category))
    opened = Ticket(
        number=take_many("ticket-number", next_numbers),
        subject=clean_subject(new.subject),
        kind=new.kind or place.kind,
        type=place.type,
        status=status,
        category=category,
        priority=new.priority,
        topic=new.topic,
        channel=new.channel,
        requester=new.requester,
        organization_id=new.requester.organization_id if new.requester else None,
        desk=place.desk,
        team_id=place.team_id,
        assignee=new.assignee,
        device=new.device,
        due_at=new.due_at,
        parent=new.parent,
        mailbox_id=new.mailbox_id,
        tags=clean_tags(new.tags),
        is_draft=is_draft,
        client_key=new.client_key,
        created_at=now,
        updated_at=now,
        status_changed_at=now,
        first_assigned_at=now if new.assignee is not None else None,
    )
    insert(opened)
    opened.taking_part = {new.assignee.pk} if new.assignee else set()
    return opened


def _default_type() -> RequestType:
    found: RequestType = RequestType.objects.filter(is_active=True).order_by("-is_default", "position")[0]
    return found


def _first_team(desk: Desk) -> int | None:
    """Return the id of the team that gets what nothing else decides."""
    teams = Team.objects.filter(desk=desk, is_active=True).order_by("position", "id")
    return teams.values_list("pk", flat=True).first()


def default_status(category: StatusCategory) -> Status:
    """Return the status that a bare category means in this workspace."""
    return Status.objects.filter(category=category).order_by("-is_active", "-is_default", "position")[0]


def _write_people(opened: Ticket, new: NewTicket, *, now: datetime) -> None:
    if new.requester is not None:
        collect(
            Participant(ticket=opened, role=ParticipantRole.REQUESTER, contact=new.requester, added_at=now)
        )
    requester_id = new.requester.pk if new.requester else None
    for contact in {contact.pk: contact for contact in new.copied if contact.pk != requester_id}.values():
        collect(Participant(ticket=opened, role=ParticipantRole.COPIED, contact=contact, added_at=now))
    if new.assignee is not None:
        collect(Participant(ticket=opened, role=ParticipantRole.ASSIGNEE, member=new.assignee, added_at=now))

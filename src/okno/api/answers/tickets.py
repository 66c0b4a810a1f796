"""Tickets as callers get them."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from okno.api.answers.base import Answer, Named
from okno.api.answers.people import PersonAnswer, person_answer
from okno.people.models import Organization
from okno.team.models import Member, Team
from okno.tickets.models import Ticket, Topic

CustomScalar = str | float | bool | None


class AssigneeAnswer(Answer):
    """A member where a ticket mentions him."""

    id: int
    name: str
    email: str


class TicketAnswer(Answer):
    """A ticket."""

    number: int
    subject: str
    kind: str
    type: str = Field(description="The key of the request type.")
    status: str = Field(description="The key of the status.")
    status_name: str = Field(description="The status in words.")
    category: str = Field(description="new, open, waiting, resolved, closed or cancelled.")
    priority: int = Field(description="1 low, 2 normal, 3 high, 4 critical.")
    channel: str
    topic: Named | None
    desk: Named
    team: Named | None
    assignee: AssigneeAnswer | None
    requester: PersonAnswer | None
    organization: Named | None
    parent: int | None = Field(description="The number of the ticket that this one is under.")
    tags: list[str]
    custom: dict[str, CustomScalar]
    device: str
    solution: str
    is_spam: bool
    message_count: int
    due_at: datetime | None
    reminder_at: datetime | None
    waiting_since: datetime | None
    first_response_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    created_at: datetime
    updated_at: datetime


def ticket_answer(ticket: Ticket, *, parent: int | None) -> TicketAnswer:
    """Return a ticket, with what it points to loaded; `parent` is a number that the reader may know."""
    return TicketAnswer(
        number=ticket.number,
        subject=ticket.subject,
        kind=ticket.kind,
        type=ticket.type.key,
        status=ticket.status.key,
        status_name=ticket.status.name,
        category=ticket.category,
        priority=ticket.priority,
        channel=ticket.channel,
        topic=_named(ticket.topic),
        desk=Named(id=ticket.desk.pk, name=ticket.desk.name),
        team=_named(ticket.team),
        assignee=_assignee(ticket.assignee),
        requester=person_answer(ticket.requester),
        organization=_named(ticket.organization),
        parent=parent,
        tags=ticket.tags,
        custom=ticket.custom,
        device=ticket.device,
        solution=ticket.solution,
        is_spam=ticket.spam_at is not None,
        message_count=ticket.message_count,
        due_at=ticket.due_at,
        reminder_at=ticket.reminder_at,
        waiting_since=ticket.waiting_since,
        first_response_at=ticket.first_response_at,
        resolved_at=ticket.resolved_at,
        closed_at=ticket.closed_at,
        created_at=ticket.created_at,
        updated_at=ticket.updated_at,
    )


def _named(row: Topic | Team | Organization | None) -> Named | None:
    return None if row is None else Named(id=row.pk, name=row.name)


def _assignee(member: Member | None) -> AssigneeAnswer | None:
    return None if member is None else AssigneeAnswer(id=member.pk, name=member.name, email=member.email)

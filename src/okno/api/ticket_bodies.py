"""What callers send about tickets, and which command each part of a change is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from okno.api.inputs import Given, Id, Key, Line, Moment, Plain, Prose
from okno.api.lookups import (
    GivenMember,
    GivenPerson,
    GivenPriority,
    GivenTeam,
    find_contact,
    find_status,
    find_team,
    find_topic,
    find_type,
    find_worker,
    known_by,
    priority_of,
)
from okno.spine.actor import Actor
from okno.tickets.commands import properties
from okno.tickets.commands.assign import assign_ticket, change_team
from okno.tickets.commands.custom import set_custom_values
from okno.tickets.commands.status import change_status
from okno.tickets.commands.tags import TAGS_LIMIT, set_tags
from okno.tickets.models import TicketKind

GivenTags = Annotated[list[Annotated[Plain, Field(max_length=100)]], Field(max_length=TAGS_LIMIT)]
CustomNumber = Annotated[float, Field(strict=True, allow_inf_nan=False)]
GivenCustom = Annotated[
    dict[
        Key,
        Annotated[bool, Field(strict=True)] | CustomNumber | Annotated[Plain, Field(max_length=1000)] | None,
    ],
    Field(max_length=100),
]


class NewTicketBody(Given):
    """A ticket with its first message, which its requester says."""

    subject: Annotated[Line, Field(min_length=1)]
    body: Prose = Field("", description="Plain text; may be empty if there is `html`.")
    html: Prose = ""
    requester: GivenPerson | Id = Field(description="A person by his address, or a contact by its id.")
    kind: TicketKind | None = None
    type: Key | None = Field(None, description="The key of a request type.")
    priority: GivenPriority = 2
    team: GivenTeam | None = Field(None, description="By id or name.")
    assignee: GivenMember | None = Field(None, description="By id or mail address.")
    topic: Id | None = None
    parent: Id | None = Field(None, description="The number of a ticket.")
    tags: GivenTags = []
    custom: GivenCustom = {}
    device: Line = ""
    due_at: Moment | None = None


class TicketChange(Given):
    """What is to change; what is absent stays as it is."""

    # A default that is made is not told in the document: nothing is sent by not sending it.
    subject: Annotated[Line, Field(min_length=1)] = Field(default_factory=str)
    status: Key = Field(default_factory=str, description="The key of a status, or a category.")
    solution: Prose = Field(default_factory=str)
    priority: GivenPriority = Field(default_factory=int)
    kind: TicketKind = Field(default_factory=lambda: TicketKind.REQUEST)
    type: Key = Field(default_factory=str)
    requester: Id = Field(default_factory=int, description="The id of a contact.")
    team: GivenTeam | None = Field(None, description="By id or name; null takes it from its team.")
    assignee: GivenMember | None = Field(None, description="By id or mail address; null gives it to nobody.")
    topic: Id | None = None
    parent: Id | None = Field(None, description="The number of a ticket.")
    tags: GivenTags = Field(default_factory=list)
    custom: GivenCustom = Field(default_factory=dict, description="null for a field removes its value.")
    device: Line = Field(default_factory=str)
    due_at: Moment | None = None
    reminder_at: Moment | None = None


def apply_changes(change: TicketChange, *, actor: Actor, ticket_id: int, now: datetime) -> None:
    """Apply the parts of a change that were sent, each by its command; to be called in a unit of work."""
    subject = {"actor": actor, "ticket_id": ticket_id, "now": now}
    for name, apply in _CHANGES.items():
        if name in change.model_fields_set:
            apply(subject, getattr(change, name))


def _change_parent(subject: Mapping[str, Any], number: int | None) -> None:
    with known_by("parent"):
        properties.change_parent(parent_number=number, **subject)


# In the order in which they are applied. The status comes last: assigning opens a new ticket by itself, but
# the caller's own word counts.
_CHANGES: dict[str, Callable[[Mapping[str, Any], Any], object]] = {
    "subject": lambda subject, given: properties.change_subject(subject=given, **subject),
    "type": lambda subject, given: properties.change_type(to=find_type(given), **subject),
    "kind": lambda subject, given: properties.change_kind(kind=given, **subject),
    "priority": lambda subject, given: properties.change_priority(priority=priority_of(given), **subject),
    "requester": lambda subject, given: properties.change_requester(
        to=find_contact(given, field="requester"), **subject
    ),
    "team": lambda subject, given: change_team(to=None if given is None else find_team(given), **subject),
    "assignee": lambda subject, given: assign_ticket(
        to=None if given is None else find_worker(given), **subject
    ),
    "topic": lambda subject, given: properties.change_topic(
        to=None if given is None else find_topic(given), **subject
    ),
    "parent": _change_parent,
    "tags": lambda subject, given: set_tags(tags=given, **subject),
    "custom": lambda subject, given: set_custom_values(values=given, **subject),
    "device": lambda subject, given: properties.change_device(device=given, **subject),
    "due_at": lambda subject, given: properties.change_due(due_at=given, **subject),
    "reminder_at": lambda subject, given: properties.change_reminder(reminder_at=given, **subject),
    "solution": lambda subject, given: properties.change_solution(solution=given, **subject),
    "status": lambda subject, given: change_status(status=find_status(given), **subject),
}

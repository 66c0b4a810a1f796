"""What of a ticket decides who may know of it and what conditions may ask: the shape of a row without the database."""

from __future__ import annotations

from typing import Any

from okno.tickets.models import Participant, Ticket


def ticket_snapshot(ticket: Ticket) -> dict[str, Any]:
    """Return a JSON snapshot keyed like the columns that the registered fields read.

    The members that take part cost one query; commands reuse what `participant_members` keeps on the instance.
    """
    return {
        "number": ticket.number,
        "category": ticket.category,
        "status_id": ticket.status_id,
        "is_open": ticket.is_open,
        "priority": ticket.priority,
        "kind": ticket.kind,
        "type_id": ticket.type_id,
        "channel": ticket.channel,
        "topic_id": ticket.topic_id,
        "desk_id": ticket.desk_id,
        "team_id": ticket.team_id,
        "assignee_id": ticket.assignee_id,
        "requester_id": ticket.requester_id,
        "organization_id": ticket.organization_id,
        "participants": sorted(participant_members(ticket)),
        "tags": ticket.tags,
    }


def participant_members(ticket: Ticket) -> set[int]:
    """Return the ids of the members who take part, kept on the instance after the first query."""
    known = ticket.taking_part
    if known is None:
        rows = Participant.objects.filter(ticket=ticket, member__isnull=False)
        known = set(rows.values_list("member_id", flat=True))
        ticket.taking_part = known
    return known

"""Who may see and do what on tickets. One rule in two shapes: a condition tree for SQL and for snapshots."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import Q

from okno.channels.email.models import Mailbox, RawMail
from okno.conditions import tree
from okno.conditions.fields import FieldView
from okno.conditions.predicate import to_predicate
from okno.conditions.sql import to_q
from okno.conditions.viewer import Viewer
from okno.lib.clock import current_time
from okno.spine.actor import Actor, ActorKind
from okno.team.policy import (
    PEOPLE_READ,
    PERMISSIONS,
    SETTINGS_READ,
    TICKETS_NOTE,
    TICKETS_READ,
    TICKETS_WRITE,
    can_read_audit,
    is_granted,
    is_granted_everywhere,
    token_allows,
)
from okno.tickets.fields import TICKET_FIELDS
from okno.tickets.models import Ticket
from okno.tickets.snapshot import participant_members

# Visibility asks only fields of ours, so no workspace's own fields are needed.
_FIELDS: FieldView = TICKET_FIELDS.view(())
NOTHING = tree.Any(of=())
EVERYTHING = tree.All(of=())
PEOPLE_KINDS = ("contact", "organization")


def reach(actor: Actor, permission: str) -> tree.Condition:
    """Return the condition under which a ticket is within the actor's reach for a permission."""
    if actor.is_system:
        return EVERYTHING
    if actor.kind is ActorKind.CONTACT:
        return _reach_of_contact(actor) if permission == TICKETS_READ else NOTHING
    if not token_allows(actor, permission):
        return NOTHING
    scopes = [grant for grant in actor.grants if permission in PERMISSIONS.get(grant.role, frozenset())]
    if not scopes:
        return NOTHING
    if any(grant.scope == "workspace" for grant in scopes):
        return EVERYTHING
    mine = (
        tree.Test(field="assignee", values=(actor.id,)),
        tree.Test(field="participant", values=(actor.id,)),
    )
    desks = tuple(sorted({grant.desk_id for grant in scopes if grant.desk_id is not None}))
    teams = tuple(sorted({grant.team_id for grant in scopes if grant.team_id is not None}))
    parts = [
        *([tree.Test(field="desk", values=desks)] if desks else []),
        *([tree.Test(field="team", values=teams)] if teams else []),
        *mine,
    ]
    return tree.Any(of=tuple(parts))


def _reach_of_contact(actor: Actor) -> tree.Condition:
    """A contact sees what he has asked, and by right what anybody of his organization has."""
    own = tree.Test(field="requester", values=(actor.id,))
    if actor.organization_id is None:
        return own
    return tree.Any(of=(own, tree.Test(field="organization", values=(actor.organization_id,))))


def visible_to(actor: Actor) -> Q:
    """Return the Q of the tickets that an actor may see."""
    return to_q(reach(actor, TICKETS_READ), _FIELDS, _viewer())


def changeable_by(actor: Actor) -> Q:
    """Return the Q of the tickets whose properties an actor may change."""
    return to_q(reach(actor, TICKETS_WRITE), _FIELDS, _viewer())


def listed_to(actor: Actor) -> Q:
    """Return the Q of the tickets that lists, counts and search show an actor: what he may see, less spam."""
    return visible_to(actor) & Q(spam_at__isnull=True)


def reaches_place(actor: Actor, permission: str, *, desk_id: int, team_id: int | None) -> bool:
    """Tell whether a permission reaches what is of a desk (and team) but of no ticket, as the mail of a mailbox."""
    condition = reach(actor, permission)
    if condition in (EVERYTHING, NOTHING):
        return condition == EVERYTHING
    snapshot = place_snapshot(desk_id=desk_id, team_id=team_id)
    return to_predicate(condition, _FIELDS, _viewer())(snapshot)


def place_snapshot(*, desk_id: int, team_id: int | None) -> dict[str, Any]:
    """Return the snapshot of something that belongs to a desk (and team) and to nobody in person."""
    return {
        "requester_id": None,
        "assignee_id": None,
        "desk_id": desk_id,
        "team_id": team_id,
        "participants": [],
    }


def can_read_mail(actor: Actor, mail: RawMail) -> bool:
    """Tell whether the actor may see a mail that is on no ticket: whoever sees its mailbox's desk or team."""
    box = mail.mailbox
    return reaches_place(actor, TICKETS_READ, desk_id=box.desk_id, team_id=box.team_id)


def can_decide_mail(actor: Actor, mail: RawMail) -> bool:
    """Tell whether the actor may decide what becomes of a mail that is on no ticket."""
    box = mail.mailbox
    return reaches_place(actor, TICKETS_WRITE, desk_id=box.desk_id, team_id=box.team_id)


def readable_mailboxes(actor: Actor) -> list[int]:
    """Return the ids of the mailboxes whose mail the actor may see (one query)."""
    return [
        box.pk
        for box in Mailbox.objects.only("id", "desk_id", "team_id").order_by("id")
        if reaches_place(actor, TICKETS_READ, desk_id=box.desk_id, team_id=box.team_id)
    ]


def sees(actor: Actor) -> Callable[[Any], bool]:
    """Return the predicate over snapshots that is true of what the actor may see; the same rule as `visible_to`."""
    return to_predicate(reach(actor, TICKETS_READ), _FIELDS, _viewer())


def hears(actor: Actor) -> Callable[[str, Any], bool]:
    """Return the predicate over an event's subject kind and snapshot that tells what the actor may hear of.

    Tickets (and held mails that are on none) by the rule of tickets, people by the right to see people, members, whose
    sign-ins are among it, by the right to read the audit, and all else (mailboxes, tokens) by that to see settings.
    """
    sees_ticket = sees(actor)
    sees_people, sees_settings = is_granted(actor, PEOPLE_READ), is_granted_everywhere(actor, SETTINGS_READ)
    sees_members = can_read_audit(actor)

    def is_heard(subject_kind: str, snapshot: Any) -> bool:
        if subject_kind in ("ticket", "held"):
            return sees_ticket(snapshot)
        if subject_kind == "member":
            return sees_members
        return sees_people if subject_kind in PEOPLE_KINDS else sees_settings

    return is_heard


def can_read(actor: Actor, ticket: Ticket) -> bool:
    """Tell whether the actor may see the ticket."""
    return _reaches(actor, ticket, TICKETS_READ)


def can_write_as_client(actor: Actor, ticket: Ticket) -> bool:
    """Tell whether a contact may write on a ticket: only its requester, whatever else he sees."""
    return actor.kind is ActorKind.CONTACT and ticket.requester_id == actor.id


def can_note(actor: Actor, ticket: Ticket) -> bool:
    """Tell whether the actor may write internal notes on the ticket."""
    return _reaches(actor, ticket, TICKETS_NOTE)


def can_reply(actor: Actor, ticket: Ticket) -> bool:
    """Tell whether the actor may answer the client."""
    return _reaches(actor, ticket, TICKETS_WRITE)


def can_change(actor: Actor, ticket: Ticket) -> bool:
    """Tell whether the actor may change status, assignee and the other properties."""
    return _reaches(actor, ticket, TICKETS_WRITE)


def can_open(actor: Actor) -> bool:
    """Tell whether the actor may open tickets."""
    return actor.is_system or actor.kind is ActorKind.CONTACT or reach(actor, TICKETS_WRITE) != NOTHING


def _reaches(actor: Actor, ticket: Ticket, permission: str) -> bool:
    condition = reach(actor, permission)
    if condition == EVERYTHING:
        return True
    if condition == NOTHING:
        return False
    snapshot = {
        "requester_id": ticket.requester_id,
        "organization_id": ticket.organization_id,
        "assignee_id": ticket.assignee_id,
        "desk_id": ticket.desk_id,
        "team_id": ticket.team_id,
        "participants": participant_members(ticket),
    }
    return to_predicate(condition, _FIELDS, _viewer())(snapshot)


def _viewer() -> Viewer:
    """Return a viewer for conditions without moments or placeholders, which is what visibility is."""
    return Viewer(now=_NEVER_ASKED)


_NEVER_ASKED: datetime = current_time()

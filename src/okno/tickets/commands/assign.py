"""Whose ticket it is."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from okno.lib.errors import Conflict, Denied, Invalid
from okno.spine.actor import Actor
from okno.spine.unit import command
from okno.team.models import Member, Team
from okno.team.queries import actor_for
from okno.tickets import policy
from okno.tickets.access import lock_ticket
from okno.tickets.commands.changing import announce, save_changes
from okno.tickets.commands.status import move_to_status
from okno.tickets.events import TeamChanged, TicketAssigned
from okno.tickets.models import Participant, ParticipantRole, StatusCategory, Ticket
from okno.tickets.snapshot import participant_members


@command
def assign_ticket(*, actor: Actor, ticket_id: int, to: Member | None, now: datetime) -> Ticket:
    """Make a member the assignee, or nobody. Raises Invalid for a member who may not work on tickets."""
    ticket = lock_ticket(actor, ticket_id, policy.can_change)
    _set_assignee(actor, ticket, to, now=now)
    return ticket


@command
def take_ticket(*, actor: Actor, ticket_id: int, now: datetime) -> Ticket:
    """Make oneself the assignee of a ticket that nobody has: of two who take it at once, one wins.

    Raises Conflict, naming the winner, if somebody else has it.
    """
    if actor.member_id is None:
        raise Denied(_("Only a member can take a ticket."))
    ticket = lock_ticket(actor, ticket_id, policy.can_change)
    if ticket.assignee_id not in (None, actor.member_id):
        winner = Member.objects.get(pk=ticket.assignee_id)
        raise Conflict(_("%(name)s has already taken this ticket.") % {"name": winner.name}, code="taken")
    _set_assignee(actor, ticket, Member.objects.get(pk=actor.member_id), now=now)
    return ticket


@command
def change_team(*, actor: Actor, ticket_id: int, to: Team | None, now: datetime) -> Ticket:
    """Give the ticket to a team; an assignee who is not in it is taken off."""
    ticket = lock_ticket(actor, ticket_id, policy.can_change)
    if (to.pk if to else None) == ticket.team_id:
        return ticket
    old = ticket.team_id
    save_changes(ticket, now=now, team=to, **({"desk_id": to.desk_id} if to else {}))
    announce(actor, ticket, TeamChanged(old=old, new=ticket.team_id), now=now)
    if ticket.assignee_id is not None and to is not None:
        assignee = Member.objects.get(pk=ticket.assignee_id)
        if not assignee.memberships.filter(team=to).exists():
            _set_assignee(actor, ticket, None, now=now)
    return ticket


def _set_assignee(actor: Actor, ticket: Ticket, to: Member | None, *, now: datetime) -> None:
    old = ticket.assignee_id
    if (to.pk if to else None) == old:
        return
    if to is not None and not (to.is_active and policy.can_open(actor_for(to))):
        raise Invalid(_("%(name)s cannot be given tickets.") % {"name": to.name}, code="cannot_work")
    values = {"assignee": to}
    if to is not None and ticket.first_assigned_at is None:
        ticket.first_assigned_at = now
        ticket.save(update_fields=["first_assigned_at"])
    save_changes(ticket, now=now, **values)
    _write_participant(ticket, to, now=now)
    announce(actor, ticket, TicketAssigned(old=old, new=ticket.assignee_id), now=now)
    if to is not None and ticket.category == StatusCategory.NEW:
        move_to_status(actor, ticket, StatusCategory.OPEN, now=now)


def _write_participant(ticket: Ticket, to: Member | None, *, now: datetime) -> None:
    members = participant_members(ticket)
    former = Participant.objects.filter(ticket=ticket, role=ParticipantRole.ASSIGNEE)
    for participant in former:
        members.discard(participant.member_id)
    former.delete()
    if to is not None:
        Participant.objects.create(ticket=ticket, role=ParticipantRole.ASSIGNEE, member=to, added_at=now)
        members.add(to.pk)

"""Tickets that begin as drafts, as calls do: in the queue at once, real when somebody finishes them."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from okno.lib.errors import Conflict, Denied
from okno.people.models import Contact
from okno.spine.actor import Actor
from okno.spine.unit import command
from okno.tickets import policy
from okno.tickets.commands.changing import announce, clean_subject, save_changes
from okno.tickets.commands.messages import NewMessage, add_message
from okno.tickets.commands.open import NewTicket, Placement, insert_ticket
from okno.tickets.commands.spam import delete_whole
from okno.tickets.events import TicketCreated
from okno.tickets.models import Message, Participant, ParticipantRole, Ticket


@command
def open_draft_ticket(*, actor: Actor, ticket: NewTicket, is_told: bool, now: datetime) -> Ticket:
    """Open a ticket that is not finished; its team hears of it now only if `is_told`. Raises Denied, Invalid.

    Whoever opens it goes on with it, even if it lies in a team that he does not see.
    """
    if not policy.can_open(actor):
        raise Denied(_("You may not open tickets."))
    opened = insert_ticket(ticket, now=now, is_draft=True)
    if ticket.requester is not None:
        _write_requester(opened, ticket.requester, now=now)
    if actor.member_id is not None and not policy.can_change(actor, opened):
        _let_in(opened, actor.member_id, now=now)
    if is_told:
        announce(actor, opened, TicketCreated(number=opened.number, channel=opened.channel), now=now)
    return opened


def change_draft_ticket(
    actor: Actor,
    ticket: Ticket,
    *,
    subject: str,
    requester: Contact | None,
    place: Placement,
    now: datetime,
) -> None:
    """Set what is known of a locked draft by now. Part of a command, and no news: nobody was told of it yet."""
    if ticket.requester_id != (requester.pk if requester else None):
        Participant.objects.filter(ticket=ticket, role=ParticipantRole.REQUESTER).delete()
        if requester is not None:
            _write_requester(ticket, requester, now=now)
    save_changes(
        ticket,
        now=now,
        subject=clean_subject(subject),
        requester=requester,
        organization_id=requester.organization_id if requester else None,
        type=place.type,
        kind=place.kind,
        desk=place.desk,
        team_id=place.team_id,
    )
    if actor.member_id is not None and not policy.can_change(actor, ticket):
        _let_in(ticket, actor.member_id, now=now)


def finish_draft_ticket(
    *, actor: Actor, ticket: Ticket, message: NewMessage, was_told: bool, now: datetime
) -> Message:
    """Make a locked draft a ticket like any other, with its first message. Part of a command."""
    save_changes(ticket, now=now, is_draft=False)
    if not was_told:
        announce(actor, ticket, TicketCreated(number=ticket.number, channel=ticket.channel), now=now)
    return add_message(actor=actor, ticket=ticket, message=message, now=now, is_first=True)


def discard_draft_ticket(*, actor: Actor, ticket: Ticket, now: datetime) -> None:
    """Delete a locked draft with all that was written of it. Raises Conflict for what is none any more."""
    if not ticket.is_draft:
        raise Conflict(_("This call is finished; its ticket is not thrown away."), code="finished")
    delete_whole(actor, ticket, now=now)


def _write_requester(ticket: Ticket, contact: Contact, *, now: datetime) -> None:
    Participant.objects.create(ticket=ticket, role=ParticipantRole.REQUESTER, contact=contact, added_at=now)


def _let_in(ticket: Ticket, member_id: int, *, now: datetime) -> None:
    Participant.objects.create(ticket=ticket, role=ParticipantRole.WATCHER, member_id=member_id, added_at=now)
    ticket.taking_part = None

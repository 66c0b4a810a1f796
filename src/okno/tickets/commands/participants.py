"""Who takes part in a ticket."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from okno.lib.errors import Invalid
from okno.people.commands import contact_for_address
from okno.people.models import Contact
from okno.spine.actor import Actor
from okno.spine.unit import command
from okno.team.models import Member
from okno.tickets import policy
from okno.tickets.access import lock_ticket
from okno.tickets.commands.changing import announce
from okno.tickets.commands.messages import Recipient
from okno.tickets.events import ParticipantAdded, ParticipantRemoved
from okno.tickets.models import Participant, ParticipantRole, Ticket
from okno.tickets.snapshot import participant_members

CONTACT_ROLES = (ParticipantRole.COPIED, ParticipantRole.APPROVER)
MEMBER_ROLES = (
    ParticipantRole.CO_ASSIGNEE,
    ParticipantRole.WATCHER,
    ParticipantRole.CONTROLLER,
    ParticipantRole.HIDDEN,
    ParticipantRole.APPROVER,
)
# The client's side may know of these; the others are our own affair.
VISIBLE_ROLES = (ParticipantRole.REQUESTER, ParticipantRole.COPIED, ParticipantRole.APPROVER)


@command
def add_participant(
    *, actor: Actor, ticket_id: int, role: str, person: Contact | Member, now: datetime
) -> Participant:
    """Let a person take part in a role. Requester and assignee have verbs of their own. Raises Invalid."""
    ticket = lock_ticket(actor, ticket_id, policy.can_change)
    is_contact = isinstance(person, Contact)
    if role not in (CONTACT_ROLES if is_contact else MEMBER_ROLES):
        raise Invalid(
            _("This person cannot take part in this role."), fields={"role": [_("Not for this person.")]}
        )
    contact_id = person.pk if is_contact else None
    member_id = None if is_contact else person.pk
    participant, is_new = Participant.objects.get_or_create(
        ticket=ticket,
        role=role,
        contact=person if isinstance(person, Contact) else None,
        member=person if isinstance(person, Member) else None,
        defaults={"added_at": now, "is_visible": role in VISIBLE_ROLES},
    )
    if is_new:
        if member_id is not None:
            participant_members(ticket).add(member_id)
        announce(actor, ticket, ParticipantAdded(role=role, contact=contact_id, member=member_id), now=now)
    return participant


@command
def remove_participant(*, actor: Actor, ticket_id: int, participant_id: int, now: datetime) -> None:
    """Take a person out; nothing happens if he is not there. Raises Invalid for requester and assignee."""
    ticket = lock_ticket(actor, ticket_id, policy.can_change)
    participant = Participant.objects.filter(ticket=ticket, pk=participant_id).first()
    if participant is None:
        return
    if participant.role in (ParticipantRole.REQUESTER, ParticipantRole.ASSIGNEE):
        raise Invalid(_("Change the requester or the assignee instead."))
    event = ParticipantRemoved(
        role=participant.role, contact=participant.contact_id, member=participant.member_id
    )
    announce(actor, ticket, event, now=now)
    participant.delete()


def remember_copied(ticket: Ticket, recipients: Iterable[Recipient], *, now: datetime) -> None:
    """Make the people in a reply's Cc participants of a locked ticket, for the next reply. Part of a command."""
    known = set(Participant.objects.filter(ticket=ticket).values_list("contact_id", flat=True))
    for recipient in recipients:
        if recipient.role != "cc":
            continue
        contact = recipient.contact or contact_for_address(
            address=recipient.address, name=recipient.name, now=now
        )
        if contact.pk not in known:
            known.add(contact.pk)
            Participant.objects.create(
                ticket=ticket, role=ParticipantRole.COPIED, contact=contact, added_at=now
            )

"""Calling a ticket spam, taking it back, and deleting what is spam for good."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from okno.channels.email.forgetting import forget_mails
from okno.channels.email.models import OutgoingMail, RawMail
from okno.spine.actor import Actor
from okno.spine.unit import command
from okno.tickets import policy
from okno.tickets.access import lock_ticket
from okno.tickets.commands.attachments import forget_files_later
from okno.tickets.commands.changing import announce, save_changes
from okno.tickets.events import MarkedSpam, TicketDeleted, UnmarkedSpam
from okno.tickets.models import Attachment, HeldMessage, Message, Ticket


@command
def mark_spam(*, actor: Actor, ticket_id: int, now: datetime) -> Ticket:
    """Take a ticket out of every list but that of spam. Raises NotFound, Denied."""
    ticket = lock_ticket(actor, ticket_id, policy.can_change)
    if ticket.spam_at is None:
        save_changes(ticket, now=now, spam_at=now, spam_by_id=actor.member_id)
        announce(actor, ticket, MarkedSpam(), now=now)
    return ticket


@command
def unmark_spam(*, actor: Actor, ticket_id: int, now: datetime) -> Ticket:
    """Put a ticket back among the others. Raises NotFound, Denied."""
    ticket = lock_ticket(actor, ticket_id, policy.can_change)
    if ticket.spam_at is not None:
        save_changes(ticket, now=now, spam_at=None, spam_by_id=None)
        announce(actor, ticket, UnmarkedSpam(), now=now)
    return ticket


@command
def delete_spam(*, actor: Actor, ticket_id: int, now: datetime) -> bool:
    """Delete a ticket that is spam, with its messages, files and mails; False if it is none (any more).

    Mails that are held on it wait on for their decision, without a ticket. Raises NotFound, Denied.
    """
    ticket = lock_ticket(actor, ticket_id, policy.can_change)
    if ticket.spam_at is None:
        return False
    delete_whole(actor, ticket, now=now)
    return True


def delete_whole(actor: Actor, ticket: Ticket, *, now: datetime) -> None:
    """Delete a locked ticket with its messages, files and mails. Part of a command that decides that it may."""
    announce(actor, ticket, TicketDeleted(number=ticket.number), now=now)
    HeldMessage.objects.filter(ticket=ticket, decision="").update(ticket=None)
    messages = list(Message.objects.filter(ticket=ticket).values_list("pk", flat=True))
    files = list(Attachment.objects.filter(ticket=ticket).values_list("sha256", flat=True))
    raws = _mails_of(ticket, messages)
    OutgoingMail.objects.filter(subject_kind="message", subject_ref__in=messages).delete()
    OutgoingMail.objects.filter(subject_kind="ticket", subject_ref=ticket.pk).delete()
    # The messages first: side threads may not go while a message belongs to them.
    Message.objects.filter(pk__in=messages).delete()
    # By the queryset, so that the instance keeps its id for those who are told of the end.
    Ticket.objects.filter(pk=ticket.pk).delete()
    delete_mails(raws, now=now)
    forget_files_later(files, now=now)


def delete_mails(raw_ids: Sequence[int], *, now: datetime) -> int:
    """Delete raw mails that no message was made of, with what was held of them; returns how many. Part of a command."""
    HeldMessage.objects.filter(raw__in=raw_ids).delete()
    return forget_mails(raw_ids, now=now)


def _mails_of(ticket: Ticket, messages: Sequence[int]) -> list[int]:
    """Return the ids of the raw mails that came to a ticket and to no other, without those still waiting."""
    own = Message.objects.filter(pk__in=messages, raw__isnull=False).values_list("raw_id", flat=True)
    journalled = RawMail.objects.filter(ticket_number=ticket.number, state=RawMail.State.DONE)
    ids = set(own) | set(journalled.values_list("pk", flat=True))
    elsewhere = Message.objects.filter(raw__in=ids).exclude(ticket=ticket).values_list("raw_id", flat=True)
    waiting = HeldMessage.objects.filter(raw__in=ids, decision="").values_list("raw_id", flat=True)
    return sorted(ids - set(elsewhere) - set(waiting))

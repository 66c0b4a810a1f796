"""What is spam: tickets that somebody called so, and mails that never became one."""

from __future__ import annotations

from django.db.models import QuerySet

from okno.channels.email.models import RawMail
from okno.conditions.ordering import Keyset, Order, Page
from okno.spine.actor import Actor
from okno.team.policy import TICKETS_READ
from okno.tickets import policy
from okno.tickets.models import Ticket

COUNTED_UP_TO = 999
_NEWEST_MAIL = Keyset((Order(column="id", descending=True, nulls="never"),))
_NEWEST_TICKET = Keyset(
    (
        Order(column="spam_at", descending=True, nulls="never"),
        Order(column="id", descending=True, nulls="never"),
    )
)


def spam_tickets(actor: Actor) -> QuerySet[Ticket]:
    """Return the tickets that are spam and that the actor may see."""
    return Ticket.objects.filter(policy.visible_to(actor), spam_at__isnull=False)


def spam_mails(actor: Actor) -> QuerySet[RawMail]:
    """Return the mails that are spam, of the mailboxes that the actor may see."""
    spam = RawMail.objects.filter(outcome=RawMail.Outcome.SPAM, state=RawMail.State.DONE)
    if policy.reach(actor, TICKETS_READ) == policy.EVERYTHING:
        return spam
    return spam.filter(mailbox_id__in=policy.readable_mailboxes(actor))


def spam_ticket_page(actor: Actor, *, cursor: str | None, size: int) -> Page[Ticket]:
    """Return some spam tickets, the latest called so first (one query). Raises Invalid for a cursor that is none."""
    rows = spam_tickets(actor).select_related("requester", "spam_by")
    return _NEWEST_TICKET.page(rows, cursor=cursor, size=size)


def spam_mail_page(actor: Actor, *, cursor: str | None, size: int) -> Page[RawMail]:
    """Return some spam mails, newest first (two queries). Raises Invalid for a cursor that is none."""
    return _NEWEST_MAIL.page(spam_mails(actor).select_related("mailbox"), cursor=cursor, size=size)


def spam_counts(actor: Actor) -> tuple[int, int]:
    """Return how many tickets and mails are spam; `COUNTED_UP_TO` of them may be more."""
    return (
        spam_tickets(actor).order_by()[:COUNTED_UP_TO].count(),
        spam_mails(actor).order_by()[:COUNTED_UP_TO].count(),
    )

"""What is spam for thirty days is deleted: tickets with all that is on them, and mails. Some at a time."""

from __future__ import annotations

from datetime import datetime, timedelta

from okno.channels.email.models import RawMail
from okno.lib.clock import current_time
from okno.spine.actor import SYSTEM
from okno.spine.models import Timer
from okno.spine.nightly import nightly
from okno.spine.timers import set_timer
from okno.spine.unit import command
from okno.spine.work import on_timer
from okno.tickets.commands.spam import delete_mails, delete_spam
from okno.tickets.models import HeldMessage, Ticket

SPAM_KEPT = timedelta(days=30)
# No transaction may grow with how much spam there is: the rest goes a minute later.
TICKETS_AT_ONCE = 50
MAILS_AT_ONCE = 1000
MORE = "intake.empty_spam_more"
PAUSE = timedelta(minutes=1)


@nightly("intake.empty_spam")
def empty_spam(now: datetime) -> None:
    """Delete what has been spam for thirty days, and come back for the rest."""
    if _empty(now=now):
        set_timer(kind=MORE, key=MORE, due_at=now + PAUSE)


@on_timer(MORE)
def empty_more(_timer: Timer) -> None:
    """Go on where the last transaction stopped."""
    empty_spam(current_time())


@command
def _empty(*, now: datetime) -> bool:
    """Delete some; returns whether there may be more."""
    before = now - SPAM_KEPT
    old = Ticket.objects.filter(spam_at__lt=before).order_by("spam_at", "id")
    tickets = list(old.values_list("pk", flat=True)[:TICKETS_AT_ONCE])
    for ticket_id in tickets:
        delete_spam(actor=SYSTEM, ticket_id=ticket_id, now=now)
    mails = _old_mails(before)
    delete_mails(mails, now=now)
    return len(tickets) == TICKETS_AT_ONCE or len(mails) == MAILS_AT_ONCE


def _old_mails(before: datetime) -> list[int]:
    spam = RawMail.objects.filter(
        outcome=RawMail.Outcome.SPAM, state=RawMail.State.DONE, finished_at__lt=before
    )
    waiting = HeldMessage.objects.filter(decision="").values("raw_id")
    ids = spam.exclude(pk__in=waiting).order_by("id").values_list("pk", flat=True)
    return list(ids.select_for_update(no_key=True, of=("self",), skip_locked=True)[:MAILS_AT_ONCE])

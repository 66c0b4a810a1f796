"""Letting mail leave by a mailbox that was held back, with what has waited or without it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from okno.channels.email.events import MailboxReleased
from okno.channels.email.mailboxes import locked_mailbox, require_mailbox_right
from okno.channels.email.models import Mailbox, OutgoingMail
from okno.spine.actor import Actor
from okno.spine.unit import command, emit
from okno.tickets.models import Delivery

Waiting = Literal["send", "discard"]


@command
def release_mailbox(*, actor: Actor, mailbox_id: int, waiting: Waiting = "send", now: datetime) -> Mailbox:
    """Let mail leave by a mailbox, what has waited first; or discard that, and let only later mail leave.

    Nothing happens to one that is released already. Raises Denied, NotFound.
    """
    require_mailbox_right(actor)
    # Whoever keeps a mail back locks the mailbox too: none is kept between this look and the commit.
    mailbox = locked_mailbox(mailbox_id)
    if mailbox.is_released:
        return mailbox
    mailbox.is_released, mailbox.released_at = True, now
    mailbox.save(update_fields=["is_released", "released_at"])
    mails = OutgoingMail.objects.filter(mailbox=mailbox)
    number = _discard(mails, now=now) if waiting == "discard" else _let_go(mails)
    event = MailboxReleased(discarded=number) if waiting == "discard" else MailboxReleased(sent=number)
    emit(actor, event, kind="mailbox", subject=mailbox, now=now)
    return mailbox


def _let_go(mails: QuerySet[OutgoingMail]) -> int:
    kept = mails.filter(awaits_release=True)
    _deliveries_of(kept).update(state=Delivery.State.SENDING, words="", settled_at=None)
    # The three days after which a mail is given up begin with its release: hence the turn.
    return kept.update(
        state=OutgoingMail.State.DUE,
        awaits_release=False,
        attempts=0,
        due_at=Now(),
        turn_at=Now(),
        lease_until=None,
        finished_at=None,
        last_error="",
    )


def _discard(mails: QuerySet[OutgoingMail], *, now: datetime) -> int:
    """Cancel what was kept, and what no worker has come to keep yet."""
    is_free = Q(lease_until__isnull=True) | Q(lease_until__lt=Now())
    unkept = Q(is_free, state=OutgoingMail.State.DUE, due_at__lte=Now())
    waiting = mails.filter(unkept | Q(awaits_release=True))
    words = _("Discarded when the mailbox was released.")
    _deliveries_of(waiting).update(state=Delivery.State.CANCELLED, words=words, settled_at=now)
    return waiting.update(
        state=OutgoingMail.State.CANCELLED, awaits_release=False, last_error=words, finished_at=Now()
    )


def _deliveries_of(mails: QuerySet[OutgoingMail]) -> QuerySet[Delivery]:
    """Return the recipients of mails who have nothing yet, all at once: hundreds may have waited."""
    unsettled = [Delivery.State.KEPT, Delivery.State.WAITING, Delivery.State.SENDING]
    return Delivery.objects.filter(mail__in=mails, state__in=unsettled)

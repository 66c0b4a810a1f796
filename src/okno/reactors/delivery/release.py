"""Letting mail leave by a mailbox that was held back, with what has waited or without it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from django.db.models import QuerySet
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
    kept = OutgoingMail.objects.filter(mailbox=mailbox, awaits_release=True)
    number = _discard(kept, now=now) if waiting == "discard" else _let_go(kept)
    event = MailboxReleased(discarded=number) if waiting == "discard" else MailboxReleased(sent=number)
    emit(actor, event, kind="mailbox", subject=mailbox, now=now)
    return mailbox


def _let_go(kept: QuerySet[OutgoingMail]) -> int:
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


def _discard(kept: QuerySet[OutgoingMail], *, now: datetime) -> int:
    words = _("Discarded when the mailbox was released.")
    _deliveries_of(kept).update(state=Delivery.State.CANCELLED, words=words, settled_at=now)
    return kept.update(state=OutgoingMail.State.CANCELLED, awaits_release=False, last_error=words)


def _deliveries_of(kept: QuerySet[OutgoingMail]) -> QuerySet[Delivery]:
    """Return the recipients of the kept mails, all at once: hundreds may have waited."""
    return Delivery.objects.filter(mail__in=kept, state=Delivery.State.KEPT)

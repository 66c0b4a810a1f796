"""No more mail a minute than a mailbox may send; what is above that waits for its turn and never fails.

Whoever wants to send locks the mailbox's row for a moment and counts what has left in the last minute, by the
database's clock: so any number of workers together keep the limit. A mail that finds no room, or others waiting, is
given the next turn, one every `60 / limit` seconds, and is due again then.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from okno.channels.email.models import Mailbox, OutgoingMail
from okno.tenancy.scope import scope

MINUTE = timedelta(minutes=1)
MINUTE_LIMITS = range(1, 10_001)


def take_turn(mail: OutgoingMail) -> bool:
    """Let a claimed mail leave now, or give it back to leave later and return False."""
    if mail.mailbox_id is None:
        return True
    with scope(mail.workspace_id):
        mailbox = Mailbox.objects.filter(pk=mail.mailbox_id, minute_limit__isnull=False).first()
        return True if mailbox is None else _take_turn(mail, mailbox.pk)


def let_go(mailbox: Mailbox) -> None:
    """Let those try that wait for a turn, because the limit is another one. Part of a command on the locked mailbox."""
    mailbox.turns_until = None
    Mailbox.objects.filter(pk=mailbox.pk).update(turns_until=None)
    waiting = OutgoingMail.objects.filter(mailbox=mailbox, state=OutgoingMail.State.DUE, turn_at__gt=Now())
    waiting.update(turn_at=None, due_at=Now())


def _take_turn(mail: OutgoingMail, mailbox_id: int) -> bool:
    mailbox = Mailbox.objects.select_for_update(no_key=True, of=("self",)).get(pk=mailbox_id)
    if not mailbox.minute_limit:
        return True
    now = _database_time()
    left = OutgoingMail.objects.filter(mailbox=mailbox, left_at__gt=now - MINUTE).exclude(pk=mail.pk)
    moments = left.order_by("-left_at").values_list("left_at", flat=True)[: mailbox.minute_limit]
    newest = [moment for moment in moments if moment is not None]
    is_full = len(newest) >= mailbox.minute_limit
    if mail.turn_at is None:
        others_wait = mailbox.turns_until is not None and mailbox.turns_until > now
        has_turn = not is_full and not others_wait
    else:
        has_turn = not is_full and mail.turn_at <= now
    if has_turn:
        OutgoingMail.objects.filter(pk=mail.pk).update(left_at=now)
        return True
    _wait(mail, _next_turn(mail, mailbox, free_at=newest[-1] + MINUTE if is_full else now, now=now))
    return False


def _next_turn(mail: OutgoingMail, mailbox: Mailbox, *, free_at: datetime, now: datetime) -> datetime:
    if mail.turn_at is not None:
        # It has its place in the queue; the queue as a whole is late.
        return max(free_at, mail.turn_at)
    assert mailbox.minute_limit is not None  # noqa: S101 - only mailboxes with a limit come here
    turn = max(free_at, now, (mailbox.turns_until or now) + MINUTE / mailbox.minute_limit)
    Mailbox.objects.filter(pk=mailbox.pk).update(turns_until=turn)
    return turn


def _wait(mail: OutgoingMail, turn: datetime) -> None:
    """Give the mail back as if nobody had claimed it: waiting for room is no failed attempt."""
    words = _("Waits for its turn: this mailbox sends no more in a minute.")
    OutgoingMail.objects.filter(pk=mail.pk, state=OutgoingMail.State.DUE, attempts=mail.attempts).update(
        turn_at=turn, due_at=turn, lease_until=None, last_error=words, attempts=F("attempts") - 1
    )


def _database_time() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now

"""Mails of one talk reach a recipient in the order in which they were written.

Workers send side by side, and a mail that was put off comes back later: so a mail looks for an earlier one of its lane
to one of its recipients, and if that is still on its way, it is due again behind it. Nobody waits for
a mail that has failed several times.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import F, Value
from django.db.models.functions import Greatest, Now
from django.utils.translation import gettext as _

from okno.channels.email.models import OutgoingMail
from okno.tenancy.scope import scope

# With the schedule of repetitions: about twenty minutes.
PATIENCE = 4
BEHIND = timedelta(seconds=1)
LOOKED_AT = 20


def let_earlier_pass(mail: OutgoingMail, recipients: Iterable[str]) -> bool:
    """Give a claimed mail back if an earlier one of its lane has to leave first; says whether it did."""
    if not mail.lane:
        return False
    with scope(mail.workspace_id):
        earlier = _earlier(mail, frozenset(recipients))
        if earlier is None:
            return False
        # Waiting is no failed attempt.
        OutgoingMail.objects.filter(pk=mail.pk, state=OutgoingMail.State.DUE, attempts=mail.attempts).update(
            due_at=Greatest(Value(earlier.due_at), Now()) + BEHIND,
            lease_until=None,
            last_error=_("Waits for the mail before it."),
            attempts=F("attempts") - 1,
        )
    return True


def _earlier(mail: OutgoingMail, recipients: frozenset[str]) -> OutgoingMail | None:
    """Return the last mail of the lane that still has to reach one of the recipients before this one."""
    waiting = OutgoingMail.objects.filter(
        lane=mail.lane, state=OutgoingMail.State.DUE, pk__lt=mail.pk, attempts__lt=PATIENCE
    )
    rows = waiting.only("to", "cc", "bcc", "results", "due_at").order_by("-pk")[:LOOKED_AT]
    return next((row for row in rows if recipients.intersection(row.unsettled_recipients())), None)

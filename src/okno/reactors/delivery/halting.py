"""What nobody wrote is not sent any more about a ticket that is called spam."""

from __future__ import annotations

from django.db.models import Q
from django.db.models.functions import Now

from okno.channels.email.models import OutgoingMail
from okno.spine.reactors import inline_reactor
from okno.spine.unit import Happened
from okno.tickets.events import MarkedSpam

ORDER = 500


@inline_reactor(MarkedSpam, order=ORDER)
def halt_automatic_mail(happened: Happened) -> None:
    """Cancel receipts, questions and notices that have not left; what a member wrote leaves."""
    if not isinstance(happened.event, MarkedSpam):
        return
    is_free = Q(lease_until__isnull=True) | Q(lease_until__lt=Now())
    OutgoingMail.objects.filter(
        is_free,
        subject_kind="ticket",
        subject_ref=happened.subject.pk,
        is_automatic=True,
        state=OutgoingMail.State.DUE,
    ).update(state=OutgoingMail.State.CANCELLED, finished_at=Now())

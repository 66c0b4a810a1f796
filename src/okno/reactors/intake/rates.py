"""How many mails of one sender are taken in an hour: further ones are held, never dropped."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet

from okno.channels.email.models import RawMail
from okno.reactors.intake.mails import Mail
from okno.reactors.intake.threads import Place, Trust
from okno.team.models import Member

WINDOW = timedelta(hours=1)


def is_over_rate(mail: Mail, place: Place | None, *, now: datetime) -> bool:
    """Tell whether a mail's sender has written more in this hour than its mailbox takes (one bounded query).

    Never for files that are ingested, nor for what lay in a mailbox before: that did not come in an hour.
    """
    limit = mail.mailbox.sender_hour_limit
    if (
        not limit
        or not mail.address
        or mail.raw.is_released
        or mail.raw.source == RawMail.Source.INGEST
        or mail.raw.is_import
        or (place is not None and place.trust is Trust.STAFF)
    ):
        return False
    recent = written_lately(mail.address, now=now).exclude(pk=mail.raw.pk)
    if len(recent.values_list("pk", flat=True)[:limit]) < limit:
        return False
    return mail.verdict == "fail" or not Member.objects.filter(email=mail.address, is_active=True).exists()


def written_lately(address: str, *, now: datetime) -> QuerySet[RawMail]:
    """Return the mails of a sender that came in the window, in the order of their index, without imported ones."""
    lately = RawMail.objects.filter(sender=address, created_at__gt=now - WINDOW, is_import=False)
    return lately.order_by("sender", "created_at")

"""How many mails a machine of ours may write to one address in a day, whatever asks for them.

This is what ends a talk of two machines that do not know each other for machines (RFC 3834, section 2).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import connection

from okno.channels.email.models import AutomaticAnswers
from okno.spine.nightly import nightly
from okno.tenancy.scope import current_workspace_id

ANSWERS_A_DAY = 3
DAYS_KEPT = 7

# One statement: of two answers at the same moment the second sees the first.
_COUNT = """
    INSERT INTO email_automaticanswers AS known (workspace_id, address, day, count) VALUES (%s, %s, %s, 1)
    ON CONFLICT (workspace_id, address, day) DO UPDATE SET count = known.count + 1 WHERE known.count < %s
    RETURNING count
"""


def take_answer(address: str, *, now: datetime) -> bool:
    """Count an automatic mail to an address, or return False if it has had as many as it may get on this day."""
    day = now.astimezone(UTC).date()
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [current_workspace_id(), address, day, ANSWERS_A_DAY])
        return cursor.fetchone() is not None


@nightly("email.forget_answers")
def forget_answers(now: datetime) -> None:
    """Delete the counts of days gone by."""
    AutomaticAnswers.objects.filter(day__lt=(now - timedelta(days=DAYS_KEPT)).astimezone(UTC).date()).delete()

"""Raw mails that are deleted: the rows at once, the bytes when the deletion has surely committed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from okno.channels.email.models import RawMail
from okno.lib.clock import current_time
from okno.lib.stores import raw_store
from okno.spine.models import Timer
from okno.spine.timers import set_timer
from okno.spine.work import on_timer

TIMER = "email.forget_bytes"
# A file that was stored so recently may belong to a mail whose row is being written this moment.
SETTLED_AFTER = timedelta(minutes=10)


def forget_mails(raw_ids: Sequence[int], *, now: datetime) -> int:
    """Delete raw mails, and soon their bytes where no other mail has the same; returns how many. Part of a command."""
    rows = RawMail.objects.filter(pk__in=raw_ids)
    hashes = sorted(set(rows.values_list("sha256", flat=True)))
    _count, by_model = rows.delete()
    if hashes:
        set_timer(kind=TIMER, key=uuid4().hex, due_at=now + 2 * SETTLED_AFTER, payload={"sha256": hashes})
    return by_model.get(RawMail._meta.label, 0)


@on_timer(TIMER)
def forget_bytes(timer: Timer) -> None:
    """Delete the bytes of deleted mails."""
    before = current_time() - SETTLED_AFTER
    hashes = set(timer.payload["sha256"])
    used = set(RawMail.objects.filter(sha256__in=hashes).values_list("sha256", flat=True))
    for sha256 in hashes - used:
        raw_store().forget(timer.workspace_id, sha256, older_than=before)

"""The ledger of tags that change everywhere: a few tickets at a time, each portion in a transaction of its own."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F

from okno.lib.clock import current_time
from okno.spine.work import Ledger, register_ledger
from okno.tenancy.scope import scope
from okno.tickets.commands.tagging import replace_on_some
from okno.tickets.models import TagWork

LEASE = timedelta(seconds=60)
PORTION = 50


def carry_out(work: TagWork) -> None:
    """Replace the tag portion by portion until no ticket has it, or somebody else has taken the work."""
    is_more = True
    while is_more:
        with scope(work.workspace_id):
            is_more = work.extend(LEASE) and _step(work)


def _step(work: TagWork) -> bool:
    done = replace_on_some(old=work.old, new=work.new, how_many=PORTION, now=current_time())
    if not done:
        work.finish()
        return False
    TagWork.objects.filter(pk=work.pk).update(done=F("done") + done)
    return True


TAGS = register_ledger(Ledger(model=TagWork, handle=carry_out, lease=LEASE, batch=1))

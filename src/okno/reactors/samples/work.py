"""The ledger of sample data: a few tickets at a time, each portion and its mark in one transaction."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F

from okno.lib.clock import current_time
from okno.reactors.samples.loading import registered_loader
from okno.reactors.samples.models import SampleThing, SampleWork
from okno.reactors.samples.removal import remove_people, remove_tickets
from okno.spine.work import Ledger, register_ledger
from okno.tenancy.models import Workspace
from okno.tenancy.scope import scope

LEASE = timedelta(seconds=60)
PORTION = 6


def carry_out(work: SampleWork) -> None:
    """Load or remove portion by portion until it is done, or somebody else has taken the work."""
    step = _load if work.kind == SampleWork.Kind.LOAD else _remove
    is_more = True
    while is_more:
        with scope(work.workspace_id):
            is_more = work.extend(LEASE) and step(work)


def _load(work: SampleWork) -> bool:
    """Load the next portion; returns whether there is more."""
    start = SampleThing.objects.filter(kind=SampleThing.Kind.TICKET).count()
    loaded = registered_loader()(
        workspace=Workspace.objects.get(pk=work.workspace_id),
        member=work.member,
        language=work.language,
        moment=work.created_at,
        start=start,
        count=PORTION,
    )
    SampleThing.objects.bulk_create(
        SampleThing(kind=kind, object_id=object_id) for kind, object_id in loaded.things
    )
    done = min(start + PORTION, loaded.total)
    if done < loaded.total:
        return _note(work, done=done, total=loaded.total)
    work.finish(done=done, total=loaded.total)
    return False


def _remove(work: SampleWork) -> bool:
    now = current_time()
    removed = remove_tickets(PORTION, now=now)
    if not removed:
        remove_people()
        work.finish(total=F("done"))
        return False
    left = SampleThing.objects.filter(kind=SampleThing.Kind.TICKET).count()
    work.done += removed
    return _note(work, done=work.done, total=work.done + left)


def _note(work: SampleWork, *, done: int, total: int) -> bool:
    SampleWork.objects.filter(pk=work.pk).update(done=done, total=total)
    return True


SAMPLES = register_ledger(Ledger(model=SampleWork, handle=carry_out, lease=LEASE, batch=1))

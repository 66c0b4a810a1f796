"""Asking for sample data and asking it to go; a worker does both."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from okno.lib.errors import Conflict, Denied
from okno.reactors.samples.models import SampleThing, SampleWork
from okno.spine.actor import Actor
from okno.spine.taken import unless_taken
from okno.spine.unit import command, emit
from okno.team.events import SamplesAsked
from okno.team.models import Member
from okno.team.policy import can_manage_system
from okno.tenancy.models import Workspace


@command
def load_samples(*, actor: Actor, member: Member, workspace: Workspace, now: datetime) -> SampleWork:
    """Let sample data come, in the workspace's language. Raises Denied, Conflict if it is there or on its way."""
    _require_right(actor)
    if SampleThing.objects.exists():
        raise Conflict(_("The sample data is there already."), code="loaded")
    return _ask(actor, SampleWork.Kind.LOAD, member, workspace, now=now)


@command
def remove_samples(*, actor: Actor, member: Member, workspace: Workspace, now: datetime) -> SampleWork:
    """Let all sample data go, and nothing else. Raises Denied, Conflict if it is on its way in or out."""
    _require_right(actor)
    return _ask(actor, SampleWork.Kind.REMOVE, member, workspace, now=now)


def _ask(
    actor: Actor, kind: SampleWork.Kind, member: Member, workspace: Workspace, *, now: datetime
) -> SampleWork:
    busy = Conflict(_("Sample data is just being loaded or removed."), code="busy")
    work = SampleWork(kind=kind, member=member, language=workspace.language, created_at=now)
    with unless_taken(busy):
        work.save(force_insert=True)
    event = SamplesAsked(comes=kind == SampleWork.Kind.LOAD)
    emit(actor, event, kind="workspace", subject=workspace, now=now)
    return work


def _require_right(actor: Actor) -> None:
    if not can_manage_system(actor):
        raise Denied(_("Only an administrator may load or remove sample data."))

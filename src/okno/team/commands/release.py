"""Releasing a restored copy."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from okno.lib.errors import Denied
from okno.spine.actor import Actor
from okno.spine.unit import command, emit
from okno.team import policy
from okno.team.events import WorkspaceReleased
from okno.tenancy.models import Workspace


@command
def release_workspace(*, actor: Actor, workspace: Workspace, now: datetime) -> None:
    """Let a restored copy send and fetch from now on. Raises Denied."""
    if not policy.can_manage_system(actor):
        raise Denied(_("Only an administrator can release a restored copy."))
    if not Workspace.objects.filter(pk=workspace.pk, is_quiet=True).update(is_quiet=False):
        return
    workspace.is_quiet = False
    emit(actor, WorkspaceReleased(), kind="workspace", subject=workspace, now=now)

"""How far the guide through the first settings has been followed."""

from __future__ import annotations

from django.utils.translation import gettext as _

from okno.lib.errors import Denied, NotFound
from okno.spine.actor import Actor
from okno.spine.unit import command
from okno.team.policy import can_manage_system
from okno.tenancy.models import Workspace

STEPS = ("language", "company", "team", "mail", "colours", "invite")
DISMISSED = "dismissed"


@command
def finish_step(*, actor: Actor, workspace: Workspace, step: str) -> None:
    """Note that a step was done or skipped, or with `DISMISSED` that nobody wants to see the guide any more.

    Emits nothing: what a step has changed says so itself. Raises Denied, NotFound.
    """
    if not can_manage_system(actor):
        raise Denied(_("Only an administrator sets the desk up."))
    if step not in (*STEPS, DISMISSED):
        raise NotFound(_("There is no such step."))
    row = Workspace.objects.select_for_update(no_key=True).get(pk=workspace.pk)
    if step not in row.setup_done:
        row.setup_done = [*row.setup_done, step]
        row.save(update_fields=["setup_done"])
    workspace.setup_done = row.setup_done

"""What a new workspace gets of this package: one desk with one team."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext, override

from okno.team.models import Desk, Team
from okno.tenancy.commands import LAST, furnishes
from okno.tenancy.models import Workspace
from okno.tenancy.modules import Preset, modules_of, set_modules


@furnishes()
def furnish_team(*, workspace: Workspace, now: datetime) -> None:
    """Make the first desk and its team, named in the workspace's language."""
    with override(workspace.language):
        desk = Desk.objects.create(name=gettext("Support"))
        Team.objects.create(desk=desk, name=gettext("First line"), line=1)


@furnishes(order=LAST)
def furnish_modules(*, workspace: Workspace, now: datetime) -> None:
    """Switch on what the smallest preset has, once the rest is there for the modules to build on."""
    set_modules(workspace, modules_of(Preset.HELP_DESK), now=now)

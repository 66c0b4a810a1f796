"""What a new workspace gets of this package: one desk with one team."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext, override

from okno.team.models import Desk, Team
from okno.tenancy.commands import furnishes
from okno.tenancy.models import Workspace


@furnishes
def furnish_team(*, workspace: Workspace, now: datetime) -> None:
    """Make the first desk and its team, named in the workspace's language."""
    with override(workspace.language):
        desk = Desk.objects.create(name=gettext("Support"))
        Team.objects.create(desk=desk, name=gettext("First line"), line=1)

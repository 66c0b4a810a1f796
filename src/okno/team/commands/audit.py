"""What reading the audit leaves behind: taking it out as a file is an event itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from okno.lib.errors import Denied
from okno.spine.actor import Actor
from okno.spine.unit import command, emit
from okno.team import policy
from okno.team.events import AuditExported
from okno.tenancy.models import Workspace


@command
def note_export(*, actor: Actor, workspace: Workspace, filters: Mapping[str, str], now: datetime) -> None:
    """Write down that the audit was exported, with the filters that were set. Raises Denied."""
    if not policy.can_read_audit(actor):
        raise Denied(_("You may not read the audit."))
    emit(actor, AuditExported(filters=dict(filters)), kind="workspace", subject=workspace, now=now)

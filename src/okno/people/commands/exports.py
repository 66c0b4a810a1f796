"""What taking people out as a file leaves behind."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from okno.lib.errors import Denied
from okno.people.events import PeopleExported
from okno.people.queries import PeopleFilter
from okno.spine.actor import Actor
from okno.spine.unit import command, emit
from okno.team.policy import PEOPLE_READ, is_granted
from okno.tenancy.models import Workspace


@command
def note_people_export(
    *,
    actor: Actor,
    workspace: Workspace,
    what: str,
    file_format: str,
    wanted: PeopleFilter,
    now: datetime,
) -> None:
    """Write down that contacts or organizations were exported, with the filter that was set. Raises Denied."""
    if not is_granted(actor, PEOPLE_READ):
        raise Denied(_("You may not read contacts."))
    said = {
        "q": wanted.q,
        "vip": "yes" if wanted.is_vip else "",
        "organization": str(wanted.organization_id or ""),
    }
    filters = {name: value for name, value in said.items() if value}
    exported = PeopleExported(what=what, format=file_format, filters=filters)
    emit(actor, exported, kind="workspace", subject=workspace, now=now)

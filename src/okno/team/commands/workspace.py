"""Changing the workspace itself: name, language, time zone, accent."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.utils.translation import gettext as _

from okno.lib.addresses import clean_name
from okno.lib.errors import Denied, Invalid, Words
from okno.spine.actor import Actor
from okno.spine.unit import command, emit
from okno.team import policy
from okno.team.events import WorkspaceChanged
from okno.tenancy.models import Workspace

HUES = range(360)


@command
def change_workspace(
    *,
    actor: Actor,
    workspace: Workspace,
    name: str,
    language: str,
    timezone: str,
    accent_hue: int,
    now: datetime,
) -> Workspace:
    """Change what the whole workspace looks like and which language and zone it keeps. Raises Denied, Invalid."""
    if not policy.can_manage_settings(actor):
        raise Denied(_("You may not change the workspace."))
    values = checked_values(name=name, language=language, timezone=timezone, accent_hue=accent_hue)
    old = {key: getattr(workspace, key) for key, value in values.items() if getattr(workspace, key) != value}
    if old:
        for key in old:
            setattr(workspace, key, values[key])
        workspace.save(update_fields=list(old))
        new = {key: values[key] for key in old}
        emit(actor, WorkspaceChanged(old=old, new=new), kind="workspace", subject=workspace, now=now)
    return workspace


def checked_values(*, name: str, language: str, timezone: str, accent_hue: int) -> dict[str, Any]:
    """Return the values as they are stored. Raises Invalid, naming every field that is wrong."""
    wrong: dict[str, list[Words]] = {}
    if not clean_name(name):
        wrong["name"] = [_("Write a name.")]
    if language not in dict(settings.LANGUAGES):
        wrong["language"] = [_("Choose a language.")]
    if timezone not in available_timezones():
        wrong["timezone"] = [_("Choose a time zone.")]
    if accent_hue not in HUES:
        wrong["accent_hue"] = [_("A hue is a number from 0 to 359.")]
    if wrong:
        raise Invalid(_("Some values are not possible."), fields=wrong)
    return {"name": clean_name(name), "language": language, "timezone": timezone, "accent_hue": accent_hue}

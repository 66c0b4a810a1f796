"""Changing the workspace itself: name, language, time zone, accent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from okno.lib.addresses import clean_name
from okno.lib.errors import Denied, Invalid, Words
from okno.lib.logo import Logo
from okno.spine.actor import Actor
from okno.spine.unit import command, emit
from okno.spine.versions import VersionedKind, keep_version, versioned
from okno.team import policy
from okno.team.events import WorkspaceChanged
from okno.tenancy.models import Workspace
from okno.tenancy.scope import current_workspace_id

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
    languages: Sequence[str] | None = None,
    now: datetime,
) -> Workspace:
    """Change what the whole workspace looks like and which languages and zone it keeps. Raises Denied, Invalid.

    `languages` are those that requesters are offered, none meaning all; None leaves them.
    """
    if not policy.can_manage_settings(actor):
        raise Denied(_("You may not change the workspace."))
    values = checked_values(name=name, language=language, timezone=timezone, accent_hue=accent_hue)
    if languages is not None:
        values["languages"] = _offered(languages, first=language)
    before = workspace_values(workspace)
    old = {key: getattr(workspace, key) for key, value in values.items() if getattr(workspace, key) != value}
    if old:
        for key in old:
            setattr(workspace, key, values[key])
        workspace.save(update_fields=list(old))
        new = {key: values[key] for key in old}
        emit(actor, WorkspaceChanged(old=old, new=new), kind="workspace", subject=workspace, now=now)
        keep_version(actor=actor, kind=WORKSPACE, row=workspace, now=now, before=before, is_told=True)
    return workspace


@command
def set_workspace_logo(*, actor: Actor, workspace: Workspace, logo: Logo | None, now: datetime) -> None:
    """Give the workspace a stored logo, or take it away; pages, forms and mail show it. Raises Denied."""
    if not policy.can_manage_settings(actor):
        raise Denied(_("You may not change the workspace."))
    values = {
        "logo_sha256": logo.sha256 if logo else "",
        "logo_type": logo.content_type if logo else "",
        "logo_width": logo.width if logo else 0,
        "logo_height": logo.height if logo else 0,
    }
    old = workspace.logo_sha256
    if old == values["logo_sha256"]:
        return
    for key, value in values.items():
        setattr(workspace, key, value)
    workspace.save(update_fields=list(values))
    changed = WorkspaceChanged(old={"logo_sha256": old}, new={"logo_sha256": workspace.logo_sha256})
    emit(actor, changed, kind="workspace", subject=workspace, now=now)


def workspace_logo(workspace: Workspace) -> Logo | None:
    """Return the workspace's logo."""
    if not workspace.logo_sha256:
        return None
    return Logo(
        sha256=workspace.logo_sha256,
        content_type=workspace.logo_type,
        width=workspace.logo_width,
        height=workspace.logo_height,
    )


def workspace_values(workspace: Workspace) -> dict[str, Any]:
    """Return what of the workspace is configuration and can be brought back, as JSON."""
    return {
        "name": workspace.name,
        "language": workspace.language,
        "timezone": workspace.timezone,
        "accent_hue": workspace.accent_hue,
        "languages": workspace.languages,
    }


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


def _offered(languages: Sequence[str], *, first: str) -> list[str]:
    known = dict(settings.LANGUAGES)
    if any(language not in known for language in languages):
        raise Invalid(_("Choose a language."), fields={"languages": [_("Choose a language.")]})
    offered = [language for language in known if language in (*languages, first)]
    # All is nothing in particular: a language that comes with a later version is offered too.
    return [] if not languages or len(offered) == len(known) else offered


def _find(object_id: int) -> Workspace:
    return Workspace.objects.select_for_update(no_key=True).get(pk=current_workspace_id())


def _restore(*, actor: Actor, row: Workspace, values: Mapping[str, Any], now: datetime) -> None:
    change_workspace(actor=actor, workspace=row, now=now, **values)


WORKSPACE = versioned(
    VersionedKind(
        name="workspace",
        label=gettext_lazy("Workspace"),
        find=_find,
        read=workspace_values,
        restore=_restore,
        may_change=policy.can_manage_settings,
        labels={
            "name": pgettext_lazy("of a thing", "Name"),
            "language": gettext_lazy("Language"),
            "timezone": gettext_lazy("Time zone"),
            "accent_hue": gettext_lazy("Accent colour"),
            "languages": gettext_lazy("Languages of requesters"),
        },
    )
)

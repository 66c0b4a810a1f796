"""How the portal is set up, and changing that."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from okno.lib.errors import Denied, Invalid
from okno.lib.html_text import without_unusable
from okno.modules.portal.models import PortalSetup
from okno.spine.actor import Actor
from okno.spine.unit import command
from okno.spine.versions import VersionedKind, keep_version, versioned
from okno.team.policy import can_manage_settings

WELCOME_LENGTH = 2000


def prepare_portal() -> None:
    """Give a workspace its setup, if it has none."""
    PortalSetup.objects.get_or_create()


def portal_setup() -> PortalSetup:
    """Return how the portal of this workspace is set up."""
    found: PortalSetup = PortalSetup.objects.get_or_create()[0]
    return found


def _find(object_id: int) -> PortalSetup:
    return portal_setup()


def _read(row: PortalSetup) -> dict[str, Any]:
    return {
        "admits": row.admits,
        "welcomes": row.welcomes,
        "shares_organization": row.shares_organization,
        "takes_requests": row.takes_requests,
    }


@command
def change_portal(*, actor: Actor, values: Mapping[str, Any], now: datetime) -> PortalSetup:
    """Change the setup; what `values` does not name stays. Raises Denied, Invalid."""
    if not can_manage_settings(actor):
        raise Denied(_("You may not change the portal."))
    row = portal_setup()
    before = _read(row)
    wanted = {**before, **values}
    if wanted["admits"] not in PortalSetup.Admits.values:
        words = _("Choose one of the list.")
        raise Invalid(words, fields={"admits": [words]})
    row.admits = wanted["admits"]
    row.welcomes = _welcomes(wanted["welcomes"])
    row.shares_organization = bool(wanted["shares_organization"])
    row.takes_requests = bool(wanted["takes_requests"])
    row.save()
    keep_version(actor=actor, kind=PORTAL, row=row, now=now, before=before)
    return row


def _restore(*, actor: Actor, row: PortalSetup, values: Mapping[str, Any], now: datetime) -> None:
    change_portal(actor=actor, values=values, now=now)


def _welcomes(given: Mapping[str, str]) -> dict[str, str]:
    cleaned = {
        language: without_unusable(str(given.get(language, ""))).strip()[:WELCOME_LENGTH]
        for language, _label in settings.LANGUAGES
    }
    return {language: text for language, text in cleaned.items() if text}


PORTAL = versioned(
    VersionedKind(
        name="portal",
        label=gettext_lazy("Portal"),
        find=_find,
        read=_read,
        restore=_restore,
        may_change=can_manage_settings,
        labels={
            "admits": gettext_lazy("Who may sign in"),
            "welcomes": gettext_lazy("Welcome"),
            "shares_organization": gettext_lazy("Organizations share their requests"),
            "takes_requests": gettext_lazy("New requests"),
        },
    )
)

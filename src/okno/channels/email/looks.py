"""Logo, colour and quoting of outgoing mail: a desk's own, else the workspace's, else those built in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from okno.channels.email.events import MailLookChanged
from okno.channels.email.models import MailLook
from okno.lib.colour import READABLE, WHITE, accent_of_hue, contrast, is_colour
from okno.lib.errors import Denied, Invalid, NotFound
from okno.lib.logo import Logo
from okno.spine.actor import Actor
from okno.spine.unit import command, emit
from okno.team.commands.workspace import workspace_logo
from okno.team.models import Desk
from okno.team.policy import can_manage_settings
from okno.tenancy.models import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How mail of a desk looks."""

    accent: str
    logo: Logo | None
    quotes_previous: bool


def look_of(desk_id: int | None, workspace: Workspace) -> Look:
    """Return how mail of a desk looks; without one, how mail of the workspace does."""
    rows = {row.desk_id: row for row in MailLook.objects.all() if row.desk_id in (None, desk_id)}
    own, common = rows.get(desk_id, MailLook()), rows.get(None, MailLook())
    quotes = own.quotes_previous if own.quotes_previous is not None else common.quotes_previous
    return Look(
        accent=own.accent or common.accent or accent_of_hue(workspace.accent_hue),
        logo=logo_of(own) or logo_of(common) or workspace_logo(workspace),
        quotes_previous=True if quotes is None else quotes,
    )


def own_look(desk_id: int | None) -> MailLook:
    """Return what is set for exactly this desk, or for the whole workspace; an unsaved row if nothing is."""
    found: MailLook | None = MailLook.objects.filter(of_desk(desk_id)).first()
    return found or MailLook(desk_id=desk_id)


def of_desk(desk_id: int | None) -> Q:
    """Return the condition for what exactly this desk, or without one the whole workspace, has set."""
    return Q(desk__isnull=True) if desk_id is None else Q(desk_id=desk_id)


def logo_of(row: MailLook) -> Logo | None:
    """Return the logo that is set in a row."""
    if not row.logo_sha256:
        return None
    return Logo(
        sha256=row.logo_sha256,
        content_type=row.logo_type,
        width=row.logo_width,
        height=row.logo_height,
    )


def checked_accent(value: str) -> str:
    """Return a colour as it is stored, or nothing. Raises Invalid for what is none or cannot be read on white."""
    colour = value.strip().lower()
    if not colour:
        return ""
    if not is_colour(colour):
        words = _("A colour is written as # and six digits or letters from a to f, such as #1e4aa8.")
        raise Invalid(words, fields={"accent": [words]})
    if (found := contrast(colour, WHITE)) < READABLE:
        words = _(
            "This colour is too pale to be read on white: its contrast is %(found).1f, at least %(needed).1f is needed."
        ) % {"found": found, "needed": READABLE}
        raise Invalid(words, fields={"accent": [words]})
    return colour


@command
def change_look(
    *, actor: Actor, desk_id: int | None, accent: str, quotes_previous: bool | None, now: datetime
) -> MailLook:
    """Set colour and quoting of a desk, or of all; nothing is as in the workspace. Raises Denied, NotFound, Invalid."""
    return _change(
        actor, desk_id, {"accent": checked_accent(accent), "quotes_previous": quotes_previous}, now=now
    )


@command
def set_logo(*, actor: Actor, desk_id: int | None, logo: Logo | None, now: datetime) -> MailLook:
    """Give a desk, or all, a stored logo, or take it away. Raises Denied, NotFound."""
    values: dict[str, object] = {
        "logo_sha256": logo.sha256 if logo else "",
        "logo_type": logo.content_type if logo else "",
        "logo_width": logo.width if logo else 0,
        "logo_height": logo.height if logo else 0,
    }
    return _change(actor, desk_id, values, now=now)


def require_look_rights(actor: Actor) -> None:
    """Raise Denied unless the actor may change how mail looks."""
    if not can_manage_settings(actor):
        raise Denied(_("You may not change how mail looks."))


def find_desk(desk_id: int | None) -> Desk | None:
    """Return a desk, None for all of them. Raises NotFound."""
    if desk_id is None:
        return None
    desk: Desk | None = Desk.objects.filter(pk=desk_id).first()
    if desk is None:
        raise NotFound(_("There is no such desk."))
    return desk


def _change(actor: Actor, desk_id: int | None, values: dict[str, object], *, now: datetime) -> MailLook:
    require_look_rights(actor)
    row, _is_new = MailLook.objects.get_or_create(desk=find_desk(desk_id))
    changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        row.save(update_fields=changed)
        emit(actor, MailLookChanged(desk=desk_id, fields=changed), kind="mail_look", subject=row, now=now)
    return row

"""The views of the ticket list: named conditions over what somebody may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from okno.conditions import tree
from okno.conditions.viewer import Viewer
from okno.spine.actor import Actor

IS_OPEN = tree.Test(field="is_open", values=(True,))


class ViewSection(StrEnum):
    """Whose a view is."""

    MINE = "mine"
    TEAM = "team"
    SHARED = "shared"


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketView:
    """One view; `condition` is asked of the tickets that the actor may see anyway."""

    key: str
    label: str | Promise
    icon: str
    section: ViewSection
    condition: tree.Condition
    empty: str | Promise
    """What an empty list of it tells."""
    is_counted: bool = True


VIEWS: tuple[TicketView, ...] = (
    TicketView(
        key="mine",
        label=pgettext_lazy("view", "Mine"),
        icon="circle-user",
        section=ViewSection.MINE,
        condition=tree.All(of=(IS_OPEN, tree.Test(field="assignee", values=("me",)))),
        empty=_("Tickets that you take or are given will be here until they are solved."),
    ),
    TicketView(
        key="unassigned",
        label=pgettext_lazy("view", "Unassigned"),
        icon="circle-dashed",
        section=ViewSection.TEAM,
        condition=tree.All(of=(IS_OPEN, tree.Test(field="assignee", values=(None,)))),
        empty=_("New tickets wait here until somebody takes them. Now somebody has every one."),
    ),
    TicketView(
        key="team",
        label=pgettext_lazy("view", "Team"),
        icon="users",
        section=ViewSection.TEAM,
        condition=tree.All(of=(IS_OPEN, tree.Test(field="team", values=("my_teams",)))),
        empty=_("Open tickets of the teams that you are in will be here."),
    ),
    TicketView(
        key="open",
        label=pgettext_lazy("view", "All open"),
        icon="list-todo",
        section=ViewSection.SHARED,
        condition=IS_OPEN,
        empty=_("Everything is solved. The next mail or ticket will appear here by itself."),
    ),
    TicketView(
        key="all",
        label=pgettext_lazy("view", "All"),
        icon="layers",
        section=ViewSection.SHARED,
        condition=tree.All(of=()),
        empty=_("A mail to the desk's address becomes the first ticket, or create one yourself."),
        is_counted=False,
    ),
)
DEFAULT_VIEW = "open"


def view_called(key: str) -> TicketView | None:
    """Return a view by its key in addresses."""
    return next((view for view in VIEWS if view.key == key), None)


def viewer_for(actor: Actor, *, now: datetime, zone: tzinfo) -> Viewer:
    """Return who asks: *me* and *my teams* are the actor's."""
    me = frozenset() if actor.member_id is None else frozenset({actor.member_id})
    return Viewer(now=now, zone=zone, groups={"me": me, "my_teams": frozenset(actor.team_ids)})

"""What the console's frame shows, as the console tells it; no layout asks the database for itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from okno.ui.cells import PersonCell


@dataclass(frozen=True, slots=True)
class NavLink:
    """One line of the sidebar; `key` is the letter after `g`, `count_id` lets the count be swapped."""

    label: str
    url: str
    icon: str
    count: int | None = None
    is_current: bool = False
    key: str = ""
    count_id: str = ""


@dataclass(frozen=True, slots=True)
class NavSection:
    """A titled group of views in the sidebar."""

    title: str
    links: Sequence[NavLink]


@dataclass(frozen=True, slots=True)
class ShellUrls:
    """Where the frame's own parts talk to; an empty address leaves the part out."""

    home: str = "/"
    create: str = ""
    palette: str = ""
    events: str = ""
    notifications: str = ""
    notifications_count: str = ""
    profile: str = ""
    settings: str = ""
    sign_out: str = ""
    counts: str = ""
    """Answers the counts of the sidebar, each to be swapped into its `count_id`."""
    release: str = ""
    """Lets a restored copy send and fetch."""


@dataclass(frozen=True, slots=True)
class Shell:
    """The frame of one console page."""

    workspace: str
    person: PersonCell
    email: str
    urls: ShellUrls
    menu: Sequence[NavLink] = ()
    sections: Sequence[NavSection] = field(default_factory=tuple)
    unread: int = 0
    cursor: str = ""
    has_single_keys: bool = True

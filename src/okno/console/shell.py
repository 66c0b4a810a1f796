"""The frame of the console: menu, views, and where its parts talk to. Counts come after the page."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from okno.console.identity import ConsoleRequest
from okno.reactors.notify.queries import unread_count
from okno.team.policy import (
    PEOPLE_READ,
    SETTINGS_READ,
    TEAM_WRITE,
    TICKETS_READ,
    TICKETS_WRITE,
    can_manage_system,
    is_granted,
    is_granted_everywhere,
)
from okno.tenancy.modules import enabled_manifests
from okno.tickets.queries.views import DEFAULT_VIEW, VIEWS, ViewSection, view_called
from okno.ui.cells import PersonCell
from okno.ui.shell import NavLink, NavSection, Shell, ShellUrls


def shell_for(request: HttpRequest) -> Shell:
    """Return the frame as this member sees it, with one small query for the bell."""
    known = cast("ConsoleRequest", request)
    member = known.member
    return Shell(
        workspace=known.workspace.name,
        person=PersonCell(id=member.pk, name=member.name),
        email=member.email,
        urls=_urls(known),
        menu=_menu(known),
        sections=_views(known),
        unread=unread_count(member),
        cursor=known.cursor,
        has_single_keys=member.has_shortcuts,
    )


def _urls(request: ConsoleRequest) -> ShellUrls:
    actor = request.actor
    has_settings = is_granted_everywhere(actor, SETTINGS_READ) or is_granted_everywhere(actor, TEAM_WRITE)
    return ShellUrls(
        home=reverse("console:home"),
        create="/tickets/new/" if is_granted(actor, TICKETS_WRITE) else "",
        palette=reverse("console:palette"),
        events="/events/",
        notifications=reverse("console:notifications"),
        notifications_count=reverse("console:notifications_count"),
        profile="/settings/profile/",
        settings="/settings/" if has_settings else "",
        sign_out=reverse("account_logout"),
        counts=_counts_url(request),
        release=reverse("console:release") if can_manage_system(actor) else "",
    )


def _counts_url(request: ConsoleRequest) -> str:
    """Return where the counts come from; with the view whose count also stands over the list."""
    if not is_granted(request.actor, TICKETS_READ):
        return ""
    head = current_view_key(request) if not request.GET.get("q") else None
    return reverse("console:counts") + (f"?head={head}" if head else "")


def _menu(request: ConsoleRequest) -> list[NavLink]:
    menu = [_link(_("Home"), "console:home", "layout-dashboard", key="d", is_current=request.path == "/")]
    place = _place(request)
    if is_granted(request.actor, TICKETS_READ):
        menu.append(_link(_("Tickets"), "console:tickets", "inbox", key="i", is_current=place == "tickets"))
    if is_granted(request.actor, PEOPLE_READ):
        menu.append(
            _link(_("Contacts"), "console:contacts", "users", key="c", is_current=place == "contacts")
        )
    if is_granted(request.actor, TICKETS_READ):
        menu.append(
            NavLink(
                label=_("Held mail"),
                url=reverse("console:held"),
                icon="shield-alert",
                key="h",
                count_id="count-held",
                is_current=place == "held",
            )
        )
    if is_granted_everywhere(request.actor, SETTINGS_READ):
        menu.append(_link(_("Mail journal"), "console:intake", "mail", key="m", is_current=place == "mail"))
    for manifest in enabled_manifests(request.workspace):
        entry = manifest.menu_entry
        if entry is not None and (entry.permission is None or is_granted(request.actor, entry.permission)):
            is_current = request.path.startswith(reverse(entry.url_name))
            menu.append(_link(str(entry.label), entry.url_name, entry.icon, is_current=is_current))
    return menu


def _views(request: ConsoleRequest) -> list[NavSection]:
    if not is_granted(request.actor, TICKETS_READ):
        return []
    here = current_view_key(request) if _place(request) == "tickets" else None
    titles = {ViewSection.MINE: _("My work"), ViewSection.TEAM: _("Teams"), ViewSection.SHARED: _("Shared")}
    spam = NavLink(
        label=pgettext("place", "Spam"),
        url=reverse("console:spam"),
        icon="shield",
        count_id="count-spam",
        is_current=_place(request) == "spam",
    )
    return [
        NavSection(
            title=title,
            links=[
                NavLink(
                    label=str(view.label),
                    url=f"{reverse('console:tickets')}?view={view.key}",
                    icon=view.icon,
                    count_id=f"count-{view.key}" if view.is_counted else "",
                    is_current=view.key == here,
                )
                for view in VIEWS
                if view.section is section
            ]
            + ([spam] if section is ViewSection.SHARED else []),
        )
        for section, title in titles.items()
    ]


def current_view_key(request: ConsoleRequest) -> str | None:
    """Return the key of the view that the address names, the default one without a name."""
    match = request.resolver_match
    if match is None or match.url_name not in ("tickets", "rows"):
        return None
    found = view_called(request.GET.get("view", DEFAULT_VIEW))
    return found.key if found else None


def _place(request: ConsoleRequest) -> str:
    """Return the part of the console that this page belongs to."""
    first = request.path.strip("/").partition("/")[0]
    return {"organizations": "contacts", "intake": "mail", "outbox": "mail"}.get(first, first)


def _link(label: str, name: str, icon: str, *, key: str = "", is_current: bool = False) -> NavLink:
    return NavLink(label=label, url=reverse(name), icon=icon, key=key, is_current=is_current)

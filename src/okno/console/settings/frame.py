"""What all settings pages share: their menu, by what one may do, and the answer to a form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from okno.console.identity import ConsoleRequest
from okno.lib.errors import Words
from okno.spine.actor import Actor
from okno.team import policy
from okno.tenancy.modules import enabled_manifests
from okno.ui.shell import NavLink, NavSection

SETUP_RETURN = "setup_return"
"""The key in the session that says that the settings are visited from the guide, and go back there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsPage:
    """One page in the settings' menu and on their first page."""

    label: Words
    purpose: Words
    url: str
    icon: str


def settings_sections(request: ConsoleRequest) -> list[tuple[str, list[SettingsPage]]]:
    """Return the pages that this member may open, in titled groups without empty ones."""
    groups = [
        (_("Yours"), list(_own_pages())),
        (_("Team"), list(_team_pages(request.actor))),
        (_("Desk"), list(_desk_pages(request))),
    ]
    return [(title, pages) for title, pages in groups if pages]


def settings_page(
    request: ConsoleRequest, template: str, context: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Render a page in the settings' layout."""
    menu = [
        NavSection(title=title, links=[_link(request, page) for page in pages])
        for title, pages in settings_sections(request)
    ]
    words = {
        "settings_menu": menu,
        "shell_settings": True,
        "setup_return": request.session.get(SETUP_RETURN, False),
        **(context or {}),
    }
    return render(request, f"console/settings/{template}", words, status=status)


def _link(request: ConsoleRequest, page: SettingsPage) -> NavLink:
    return NavLink(
        label=str(page.label), url=page.url, icon=page.icon, is_current=request.path.startswith(page.url)
    )


def _page(label: str, purpose: str, name: str, icon: str) -> SettingsPage:
    return SettingsPage(label=label, purpose=purpose, url=reverse(f"console:{name}"), icon=icon)


def _own_pages() -> Iterator[SettingsPage]:
    yield _page(
        _("Profile"), _("Your name, language, signature, notifications and sign-in."), "profile", "user"
    )
    yield _page(_("API tokens"), _("Let programs work here in your name."), "tokens", "key-round")


def _team_pages(actor: Actor) -> Iterator[SettingsPage]:
    if policy.can_manage_team(actor):
        yield _page(_("Members"), _("Who works here and what they may do."), "members", "users")
        yield _page(_("Teams"), _("Who tickets wait for, by line of support."), "teams", "layers")
    if policy.can_read_audit(actor):
        yield _page(_("Audit"), _("Who did what when, from which value to which."), "audit", "history")


def _desk_pages(request: ConsoleRequest) -> Iterator[SettingsPage]:
    actor = request.actor
    if policy.can_manage_settings(actor):
        yield _page(_("Mailboxes"), _("The addresses that clients write to."), "mailboxes", "mail")
        yield _page(_("Senders"), _("Whose mail is spam, and how much of one is taken."), "senders", "shield")
        yield _page(_("Suppressed addresses"), _("Who gets no mail, and why."), "suppressed", "mail-x")
        yield _page(
            _("Look of mail"),
            _("What mail says, in which language, with which logo."),
            "mail_look",
            "mail-open",
        )
        yield _page(
            _("Request types"),
            _("What people ask for, who takes it, what they are asked."),
            "types",
            "ticket",
        )
        yield _page(_("Statuses"), _("Where a ticket stands, in your words."), "statuses", "circle-dot")
        yield _page(_("Topics"), _("What tickets are about, as a tree."), "topics", "list-tree")
        yield _page(_("Tags"), _("Words on tickets: what they are for, and making two one."), "tags", "tags")
        yield _page(_("Fields"), _("What your tickets hold besides the usual."), "fields", "list-todo")
        yield _page(_("Webhooks"), _("Other systems are told what happens here."), "webhooks", "webhook")
        yield _page(
            _("Workspace"), _("Name, languages, time zone, logo and colour."), "workspace", "building-2"
        )
    if policy.can_manage_system(actor):
        yield _page(_("Setup guide"), _("The first settings, page by page, and sample data."), "setup", "zap")
        yield _page(_("Hosts"), _("The addresses that the desk answers on."), "hosts", "server")
        yield _page(_("Security"), _("Who needs a second factor to sign in."), "security", "shield-check")
        yield _page(
            _("Modules"), _("Parts that can be switched on and off."), "modules", "sliders-horizontal"
        )
    for manifest in enabled_manifests(request.workspace):
        page = manifest.settings_page
        if page is not None and policy.is_granted_everywhere(actor, page.permission):
            yield SettingsPage(
                label=page.label, purpose=manifest.label, url=reverse(page.url_name), icon=page.icon
            )

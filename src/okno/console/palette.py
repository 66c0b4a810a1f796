"""The palette: go to, do, `#` number, `@` person, `>` action."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from okno.console.addresses import contact_url, ticket_url
from okno.console.identity import ConsoleRequest, member_required
from okno.console.shell import shell_for
from okno.people.models import Contact
from okno.people.queries import find_contacts
from okno.team.policy import PEOPLE_READ, PEOPLE_WRITE, TICKETS_READ, TICKETS_WRITE, is_granted
from okno.tickets.queries.list import find_by_words
from okno.ui.cells import PersonCell

FOUND = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class PaletteItem:
    """One line: a link, or a key whose act is done."""

    label: str
    url: str = ""
    press: str = ""
    icon: str = ""
    status: str = ""
    person: PersonCell | None = None
    hint: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class PaletteGroup:
    """Some lines under a title."""

    title: str
    items: list[PaletteItem]


@require_safe
@member_required
def palette(request: ConsoleRequest) -> HttpResponse:
    """Answer what fits what was typed; for nothing typed, what is useful here."""
    typed = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    groups = [group for group in _groups(request, typed) if group.items]
    return render(request, "ui/palette_results.html", {"groups": groups})


def _groups(request: ConsoleRequest, typed: str) -> Iterable[PaletteGroup]:
    sign, words = (typed[:1], typed[1:].strip()) if typed[:1] in ("#", "@", ">") else ("", typed)
    if sign in ("", ">"):
        yield PaletteGroup(_("With this ticket"), _fitting(words, _ticket_acts(request)))
    if sign in ("", "#") and words:
        yield PaletteGroup(_("Tickets"), _tickets(request, words))
    if sign in ("", "@") and words:
        yield PaletteGroup(_("Contacts"), _contacts(request, words))
    if sign in ("", ">"):
        yield PaletteGroup(_("Do"), _fitting(words, _acts(request)))
    if sign == "":
        yield PaletteGroup(_("Go to"), _fitting(words, _places(request)))


def _fitting(words: str, items: Iterable[PaletteItem]) -> list[PaletteItem]:
    """Return the items in whose label some word begins so."""
    wanted = words.casefold()
    return [item for item in items if not wanted or _fits(item.label.casefold(), wanted)]


def _fits(label: str, wanted: str) -> bool:
    return label.startswith(wanted) or f" {wanted}" in label


def _ticket_acts(request: ConsoleRequest) -> Iterable[PaletteItem]:
    """Yield what can be done to the ticket at hand, by the keys that do it there."""
    if not request.GET.get("number", "").isdigit():
        return
    if is_granted(request.actor, TICKETS_WRITE):
        yield PaletteItem(label=_("Assign…"), press="a", icon="user-plus", key="A")
        yield PaletteItem(label=_("Take it"), press="i", icon="hand", key="I")
        yield PaletteItem(label=_("Change the status…"), press="s", icon="circle-dashed", key="S")
        yield PaletteItem(label=_("Change the priority…"), press="p", icon="chart-column", key="P")
        yield PaletteItem(label=_("Change the team…"), press="t", icon="users", key="T")
        yield PaletteItem(label=_("Tags…"), press="l", icon="tag", key="L")
        yield PaletteItem(label=_("Mark as spam…"), press="!", icon="shield-alert", key="!")


def _acts(request: ConsoleRequest) -> Iterable[PaletteItem]:
    shell = shell_for(request)
    if shell.urls.create:
        yield PaletteItem(label=_("Create a ticket"), url=shell.urls.create, icon="plus", key="C")
    if is_granted(request.actor, PEOPLE_WRITE):
        yield PaletteItem(label=_("New contact"), url=reverse("console:contact_new"), icon="user-plus")
        yield PaletteItem(
            label=_("New organization"), url=reverse("console:organization_new"), icon="building-2"
        )
    yield PaletteItem(label=_("Keys"), press="?", icon="keyboard", key="?")


def _places(request: ConsoleRequest) -> Iterable[PaletteItem]:
    shell = shell_for(request)
    for link in shell.menu:
        key = f"G {link.key.upper()}" if link.key else ""
        yield PaletteItem(label=link.label, url=link.url, icon=link.icon, key=key)
    for section in shell.sections:
        for link in section.links:
            yield PaletteItem(label=link.label, url=link.url, icon=link.icon, hint=section.title)
    yield PaletteItem(label=_("Notifications"), url=shell.urls.notifications, icon="bell")
    yield PaletteItem(label=_("Your settings"), url=shell.urls.profile, icon="user")
    if shell.urls.settings:
        yield PaletteItem(label=_("Settings"), url=shell.urls.settings, icon="settings")


def _tickets(request: ConsoleRequest, words: str) -> list[PaletteItem]:
    if not is_granted(request.actor, TICKETS_READ):
        return []
    found = find_by_words(request.actor, words.split()[:8], limit=FOUND)
    return [
        PaletteItem(
            label=ticket.subject,
            url=ticket_url(ticket.number),
            status=ticket.category,
            hint=" · ".join(filter(None, [str(ticket.number), ticket.requester])),
        )
        for ticket in found
    ]


def _contacts(request: ConsoleRequest, words: str) -> list[PaletteItem]:
    if not is_granted(request.actor, PEOPLE_READ):
        return []
    return [_person(contact) for contact in find_contacts(words, limit=FOUND)]


def _person(contact: Contact) -> PaletteItem:
    addresses: list[Any] = list(contact.addresses.all())
    known = [contact.organization.name] if contact.organization else []
    known += [addresses[0].value] if addresses else []
    return PaletteItem(
        label=contact.name,
        url=contact_url(contact.pk),
        person=PersonCell(id=contact.pk, name=contact.name),
        hint=" · ".join(known),
    )

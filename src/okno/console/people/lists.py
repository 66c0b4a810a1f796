"""The lists of contacts and organizations."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from okno.console.identity import ConsoleRequest
from okno.console.people.pieces import LARGEST_ID, page_url, readers_only, words_of
from okno.lib.errors import Invalid
from okno.people.queries import (
    PeopleFilter,
    PeoplePage,
    contacts_page,
    organizations,
    organizations_page,
)
from okno.team.policy import PEOPLE_WRITE, is_granted

VIP_WORDS = ("vip:yes", "vip:да", "вип:да", "vip", "вип")


@require_safe
@readers_only
def contact_list(request: ConsoleRequest) -> HttpResponse:
    """Show contacts by name, or those whose name, organization, address or number begins as was typed."""
    wanted = wanted_of(request)
    try:
        page = contacts_page(wanted=wanted, cursor=request.GET.get("cursor"))
    except Invalid:
        return redirect("console:contacts")
    return _answer(request, "console/contacts/list.html", page, wanted)


@require_safe
@readers_only
def organization_list(request: ConsoleRequest) -> HttpResponse:
    """Show organizations by name, or those whose name or domain begins as was typed."""
    wanted = wanted_of(request)
    try:
        page = organizations_page(wanted=wanted, cursor=request.GET.get("cursor"))
    except Invalid:
        return redirect("console:organizations")
    return _answer(request, "console/contacts/organizations.html", page, wanted)


def wanted_of(request: ConsoleRequest) -> PeopleFilter:
    """Return the filter that an address names; the word `vip` alone asks for whoever is one."""
    q = words_of(request)
    said = request.GET.get("organization", "")
    is_number = said.isascii() and said.isdecimal() and len(said) < len(str(LARGEST_ID))
    words = [word for word in q.split() if word.lower() not in VIP_WORDS]
    return PeopleFilter(
        q=" ".join(words),
        is_vip=len(words) < len(q.split()),
        organization_id=int(said) if is_number else None,
    )


def _answer(
    request: ConsoleRequest, template: str, page: PeoplePage[Any], wanted: PeopleFilter
) -> HttpResponse:
    q = words_of(request)
    organization = None
    if wanted.organization_id is not None:
        organization = organizations().filter(pk=wanted.organization_id).first()
    said = {"q": q, "organization": str(wanted.organization_id or "")}
    context = {
        "rows": page.rows,
        "q": q,
        "wanted": wanted,
        "organization": organization,
        "next_url": page_url(**said, cursor=page.next),
        "previous_url": page_url(**said, cursor=page.previous),
        "can_change": is_granted(request.actor, PEOPLE_WRITE),
    }
    return render(request, template, context)

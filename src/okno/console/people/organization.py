"""The card of an organization, and changing it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from okno.console.addresses import organization_url
from okno.console.errors import add_refusal
from okno.console.identity import ConsoleRequest
from okno.console.people.forms import OrganizationForm
from okno.console.people.pieces import (
    find_organization,
    history_answer,
    merged_into,
    readers_only,
    tickets_and_history,
    tickets_answer,
    writers_only,
)
from okno.lib.clock import current_time
from okno.lib.errors import DomainError
from okno.people.commands import attach_contacts, save_organization, undoable_merges
from okno.people.models import Organization
from okno.people.queries import contacts_to_attach, members_of_organization

PEOPLE_SHOWN = 50
COUNTED_TO = 2000
"""So many are attached at one press; more are not counted either."""


@require_safe
@readers_only
def organization_card(request: ConsoleRequest, organization_id: int) -> HttpResponse:
    """Show an organization with its people, tickets and what happened to it."""
    survivor = merged_into(Organization, organization_id)
    if survivor is not None:
        return redirect(organization_url(survivor))
    organization = find_organization(organization_id)
    people = members_of_organization(organization, limit=PEOPLE_SHOWN + 1)
    context = {
        "organization": organization,
        "merges": undoable_merges(organization, now=current_time()),
        "domains": organization.domains.order_by("domain"),
        "people": people[:PEOPLE_SHOWN],
        "has_more_people": len(people) > PEOPLE_SHOWN,
        "to_attach": contacts_to_attach(organization)[:COUNTED_TO].count(),
        **tickets_and_history(request, organization),
    }
    return render(request, "console/contacts/organization.html", context)


@require_safe
@readers_only
def organization_tickets(request: ConsoleRequest, organization_id: int) -> HttpResponse:
    """Show all tickets of an organization, a page at a time."""
    return tickets_answer(request, find_organization(organization_id), organization_url(organization_id))


@require_safe
@readers_only
def organization_history(request: ConsoleRequest, organization_id: int) -> HttpResponse:
    """Show what happened to an organization, a page at a time."""
    return history_answer(request, find_organization(organization_id), organization_url(organization_id))


@require_POST
@writers_only
def organization_attach(request: ConsoleRequest, organization_id: int) -> HttpResponse:
    """Put the contacts who write from an organization's domains into it."""
    organization, now = find_organization(organization_id), current_time()
    count = 0
    while count < COUNTED_TO:
        attached = attach_contacts(actor=request.actor, organization=organization, now=now)
        count += attached
        if not attached:
            break
    words = ngettext("%(count)d person belongs here now.", "%(count)d people belong here now.", count)
    messages.info(request, words % {"count": count} if count else _("Nobody is left to put here."))
    return redirect(organization_url(organization_id))


@require_http_methods(["GET", "HEAD", "POST"])
@writers_only
def organization_edit(request: ConsoleRequest, organization_id: int | None = None) -> HttpResponse:
    """Make or change an organization."""
    organization = find_organization(organization_id) if organization_id is not None else None
    form = OrganizationForm(request.POST or None, initial=OrganizationForm.values_of(organization))
    if request.method == "POST" and form.is_valid():
        saved = _save(request, organization, form)
        if saved is not None:
            return redirect(organization_url(saved.pk))
    context = {
        "form": form,
        "organization": organization,
        "back": organization_url(organization.pk) if organization else reverse("console:organizations"),
    }
    return render(
        request, "console/contacts/organization_edit.html", context, status=422 if form.errors else 200
    )


def _save(
    request: ConsoleRequest, organization: Organization | None, form: OrganizationForm
) -> Organization | None:
    said = form.cleaned_data
    try:
        return save_organization(
            actor=request.actor,
            organization=organization,
            name=said["name"],
            domains=said["domains"].replace(",", " ").split(),
            notes=said["notes"],
            is_vip=said["is_vip"],
            now=current_time(),
        )
    except DomainError as error:
        add_refusal(form, error)
        return None

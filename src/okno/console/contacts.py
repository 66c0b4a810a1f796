"""Contacts and organizations: finding them, their cards, and changing them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from okno.channels.email.suppression import allow_address, can_allow, suppressed_among, why_suppressed
from okno.console.addresses import contact_url, organization_url
from okno.console.contact_forms import ContactForm, OrganizationForm
from okno.console.errors import add_refusal
from okno.console.identity import ConsoleRequest, holds, member_required
from okno.console.listing import row_cell
from okno.lib.clock import current_time
from okno.lib.errors import DomainError, Invalid
from okno.people.commands import save_contact, save_organization
from okno.people.models import Contact, ContactAddress, Organization
from okno.people.queries import (
    PeoplePage,
    contact_with_addresses,
    contacts_page,
    members_of_organization,
    organization_called,
    organization_names,
    organizations_page,
)
from okno.spine.unit import unit_of_work
from okno.team.policy import PEOPLE_READ, PEOPLE_WRITE, TICKETS_WRITE, is_granted
from okno.tickets.queries.list import tickets_of

OPEN_SHOWN = 20
PAST_SHOWN = 20
PEOPLE_SHOWN = 50
readers_only = member_required(allowed=holds(PEOPLE_READ))
writers_only = member_required(allowed=holds(PEOPLE_WRITE))


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressCell:
    """One address of a contact, and why nothing is sent there, if so."""

    row: ContactAddress
    suppressed: str = ""


@require_safe
@readers_only
def contact_list(request: ConsoleRequest) -> HttpResponse:
    """Show contacts by name, or those whose name or address begins as was typed."""
    q = _words(request)
    try:
        page = contacts_page(q=q, cursor=request.GET.get("cursor"))
    except Invalid:
        return redirect("console:contacts")
    return _list_page(request, "console/contacts/list.html", page, q)


@require_safe
@readers_only
def contact_card(request: ConsoleRequest, contact_id: int) -> HttpResponse:
    """Show a contact with his addresses and tickets."""
    contact = _contact(contact_id)
    context = {
        "contact": contact,
        "addresses": _addresses(contact),
        "can_allow": can_allow(request.actor),
        **_tickets(request, requester_id=contact.pk),
        "can_create": is_granted(request.actor, TICKETS_WRITE),
    }
    return render(request, "console/contacts/card.html", context)


@require_POST
@readers_only
def contact_allow(request: ConsoleRequest, contact_id: int) -> HttpResponse:
    """Let mail go to a suppressed address of a contact again."""
    address = request.POST.get("address", "")
    if address not in [row.value for row in _contact(contact_id).addresses.all()]:
        raise Http404
    allow_address(actor=request.actor, address=address, now=current_time())
    return redirect(contact_url(contact_id))


@require_http_methods(["GET", "HEAD", "POST"])
@writers_only
def contact_edit(request: ConsoleRequest, contact_id: int | None = None) -> HttpResponse:
    """Make or change a contact."""
    contact = _contact(contact_id) if contact_id is not None else None
    form = ContactForm(request.POST or None, initial=ContactForm.values_of(contact))
    if request.method == "POST" and form.is_valid():
        saved = _save_contact(request, contact, form)
        if saved is not None:
            return redirect(contact_url(saved.pk))
    context = {"form": form, "contact": contact, "organizations": organization_names()}
    return render(request, "console/contacts/edit.html", context, status=422 if form.errors else 200)


@require_safe
@readers_only
def organization_list(request: ConsoleRequest) -> HttpResponse:
    """Show organizations by name."""
    q = _words(request)
    try:
        page = organizations_page(q=q, cursor=request.GET.get("cursor"))
    except Invalid:
        return redirect("console:organizations")
    return _list_page(request, "console/contacts/organizations.html", page, q)


@require_safe
@readers_only
def organization_card(request: ConsoleRequest, organization_id: int) -> HttpResponse:
    """Show an organization with its people and tickets."""
    organization = _organization(organization_id)
    context = {
        "organization": organization,
        "domains": organization.domains.order_by("domain"),
        "people": members_of_organization(organization, limit=PEOPLE_SHOWN),
        **_tickets(request, organization_id=organization.pk),
    }
    return render(request, "console/contacts/organization.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@writers_only
def organization_edit(request: ConsoleRequest, organization_id: int | None = None) -> HttpResponse:
    """Make or change an organization."""
    organization = _organization(organization_id) if organization_id is not None else None
    form = OrganizationForm(request.POST or None, initial=OrganizationForm.values_of(organization))
    if request.method == "POST" and form.is_valid():
        saved = _save_organization(request, organization, form)
        if saved is not None:
            return redirect(organization_url(saved.pk))
    context = {"form": form, "organization": organization}
    return render(
        request, "console/contacts/organization_edit.html", context, status=422 if form.errors else 200
    )


def _words(request: ConsoleRequest) -> str:
    return request.GET.get("q", "").replace("\x00", "").strip()[:200]


def _list_page(request: ConsoleRequest, template: str, page: PeoplePage[Any], q: str) -> HttpResponse:
    def url(cursor: str | None) -> str:
        return f"?{urlencode({'q': q, 'cursor': cursor})}" if cursor else ""

    context = {
        "rows": page.rows,
        "q": q,
        "next_url": url(page.next),
        "previous_url": url(page.previous),
        "can_change": is_granted(request.actor, PEOPLE_WRITE),
    }
    return render(request, template, context)


def _contact(contact_id: int) -> Contact:
    found = contact_with_addresses(contact_id)
    if found is None:
        raise Http404
    return found


def _addresses(contact: Contact) -> Sequence[AddressCell]:
    rows = list(contact.addresses.all())
    suppressed = suppressed_among(row.value for row in rows)
    return [
        AddressCell(
            row=row, suppressed=why_suppressed(suppressed[row.value]) if row.value in suppressed else ""
        )
        for row in rows
    ]


def _organization(organization_id: int) -> Organization:
    found: Organization | None = Organization.objects.filter(pk=organization_id).first()
    if found is None:
        raise Http404
    return found


def _tickets(request: ConsoleRequest, **whose: int) -> dict[str, Any]:
    now = current_time()
    still_open = tickets_of(request.actor, is_open=True, limit=OPEN_SHOWN, **whose)
    past = tickets_of(request.actor, is_open=False, limit=PAST_SHOWN, **whose)
    return {
        "open_tickets": [row_cell(ticket, now=now) for ticket in still_open],
        "past_tickets": [row_cell(ticket, now=now) for ticket in past],
        "can_change": is_granted(request.actor, PEOPLE_WRITE),
        "now": now,
    }


def _save_contact(request: ConsoleRequest, contact: Contact | None, form: ContactForm) -> Contact | None:
    said = form.cleaned_data
    now = current_time()
    try:
        with unit_of_work():
            return save_contact(
                actor=request.actor,
                contact=contact,
                name=said["name"],
                addresses=said["addresses"].splitlines(),
                phones=said["phones"].splitlines(),
                organization=_named_organization(request, said["organization"]),
                title=said["title"],
                language=said["language"],
                notes=said["notes"],
                now=now,
            )
    except DomainError as error:
        add_refusal(form, error)
        return None


def _named_organization(request: ConsoleRequest, name: str) -> Organization | None:
    """Return the organization of a name, making one that is not there yet."""
    if not name:
        return None
    found = organization_called(name)
    if found is not None:
        return found
    return save_organization(actor=request.actor, organization=None, name=name, now=current_time())


def _save_organization(
    request: ConsoleRequest, organization: Organization | None, form: OrganizationForm
) -> Organization | None:
    said = form.cleaned_data
    try:
        return save_organization(
            actor=request.actor,
            organization=organization,
            name=said["name"],
            domains=said["domains"].split(),
            notes=said["notes"],
            now=current_time(),
        )
    except DomainError as error:
        add_refusal(form, error)
        return None

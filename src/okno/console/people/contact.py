"""The card of a contact, and changing him."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from okno.channels.email.suppression import allow_address, can_allow, suppressed_among, why_suppressed
from okno.console.addresses import contact_url
from okno.console.errors import add_refusal
from okno.console.identity import ConsoleRequest
from okno.console.people.forms import ContactForm
from okno.console.people.pieces import (
    find_contact,
    history_answer,
    merged_into,
    readers_only,
    tickets_and_history,
    tickets_answer,
    writers_only,
)
from okno.lib.clock import current_time
from okno.lib.errors import DomainError
from okno.people.commands import choose_primary, save_contact, save_organization, undoable_merges
from okno.people.duplicates import likely_same_contacts
from okno.people.models import Contact, ContactAddress, Organization
from okno.people.queries import organization_called, organization_names
from okno.spine.unit import unit_of_work
from okno.team.policy import PEOPLE_WRITE, TICKETS_WRITE, is_granted


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressCell:
    """One address of a contact, why nothing is sent there, if so, and whether it can be made the main one."""

    row: ContactAddress
    suppressed: str = ""
    has_others: bool = False


@require_safe
@readers_only
def contact_card(request: ConsoleRequest, contact_id: int) -> HttpResponse:
    """Show a contact with his addresses, tickets and what happened to him."""
    survivor = merged_into(Contact, contact_id)
    if survivor is not None:
        return redirect(contact_url(survivor))
    contact = find_contact(contact_id)
    can_change = is_granted(request.actor, PEOPLE_WRITE)
    context = {
        "contact": contact,
        "merges": undoable_merges(contact, now=current_time()),
        "alike": likely_same_contacts(contact) if can_change else (),
        "addresses": _addresses(contact),
        "can_allow": can_allow(request.actor),
        **tickets_and_history(request, contact),
        "can_create": is_granted(request.actor, TICKETS_WRITE),
    }
    return render(request, "console/contacts/card.html", context)


@require_safe
@readers_only
def contact_tickets(request: ConsoleRequest, contact_id: int) -> HttpResponse:
    """Show all tickets of a contact, a page at a time."""
    return tickets_answer(request, find_contact(contact_id), contact_url(contact_id))


@require_safe
@readers_only
def contact_history(request: ConsoleRequest, contact_id: int) -> HttpResponse:
    """Show what happened to a contact, a page at a time."""
    return history_answer(request, find_contact(contact_id), contact_url(contact_id))


@require_POST
@readers_only
def contact_allow(request: ConsoleRequest, contact_id: int) -> HttpResponse:
    """Let mail go to a suppressed address of a contact again."""
    address = request.POST.get("address", "")
    if address not in [row.value for row in find_contact(contact_id).addresses.all()]:
        raise Http404
    allow_address(actor=request.actor, address=address, now=current_time())
    return redirect(contact_url(contact_id))


@require_POST
@writers_only
def contact_primary(request: ConsoleRequest, contact_id: int) -> HttpResponse:
    """Make one of a contact's addresses the main one of its kind."""
    contact, address = find_contact(contact_id), request.POST.get("address", "")
    choose_primary(actor=request.actor, contact=contact, address=address, now=current_time())
    return redirect(contact_url(contact_id))


@require_http_methods(["GET", "HEAD", "POST"])
@writers_only
def contact_edit(request: ConsoleRequest, contact_id: int | None = None) -> HttpResponse:
    """Make or change a contact."""
    contact = find_contact(contact_id) if contact_id is not None else None
    form = ContactForm(request.POST or None, initial=ContactForm.values_of(contact))
    if request.method == "POST" and form.is_valid():
        saved = _save(request, contact, form)
        if saved is not None:
            return redirect(contact_url(saved.pk))
    context = {
        "form": form,
        "contact": contact,
        "organizations": organization_names(),
        "back": contact_url(contact.pk) if contact else reverse("console:contacts"),
    }
    return render(request, "console/contacts/edit.html", context, status=422 if form.errors else 200)


def _addresses(contact: Contact) -> Sequence[AddressCell]:
    rows = list(contact.addresses.all())
    suppressed = suppressed_among(row.value for row in rows)
    kinds = [row.kind for row in rows]
    return [
        AddressCell(
            row=row,
            suppressed=why_suppressed(suppressed[row.value]) if row.value in suppressed else "",
            has_others=kinds.count(row.kind) > 1,
        )
        for row in rows
    ]


def _save(request: ConsoleRequest, contact: Contact | None, form: ContactForm) -> Contact | None:
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
                is_vip=said["is_vip"],
                sees_organization=said["sees_organization"],
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

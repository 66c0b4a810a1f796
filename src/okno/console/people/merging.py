"""Making one of two contacts or organizations: find the other, see what happens, and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from okno.console.addresses import contact_url, is_number, organization_url
from okno.console.identity import ConsoleRequest
from okno.console.people.pieces import find_contact, find_organization, words_of, writers_only
from okno.lib.clock import current_time
from okno.lib.errors import DomainError
from okno.people.commands import merge_people, part_people
from okno.people.duplicates import likely_same_contacts, likely_same_organizations
from okno.people.merging import Person, counts_of
from okno.people.models import Contact, MergeRecord
from okno.people.queries import PeopleFilter, filtered_organizations, find_contacts

OFFERED = 20
COUNTED_TO = 10_000
_RELATIONS = {
    "people.ContactAddress.contact": gettext_lazy("addresses and numbers"),
    "people.Contact.organization": gettext_lazy("people"),
    "people.OrganizationDomain.organization": gettext_lazy("mail domains"),
    "tickets.Ticket.requester": gettext_lazy("tickets"),
    "tickets.Ticket.organization": gettext_lazy("tickets"),
    "tickets.Participant.contact": gettext_lazy("parts in tickets"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two, and how much would go over if the other stays."""

    row: Person
    url: str
    counts: Sequence[tuple[str, int]]


@require_http_methods(["GET", "HEAD", "POST"])
@writers_only
def merge_contact(request: ConsoleRequest, contact_id: int) -> HttpResponse:
    """Find the other contact, show what becomes of the two, and make them one."""
    contact = find_contact(contact_id)
    other = _other(request, find_contact, contact)
    if request.method == "POST":
        return _merge(request, contact, other)
    if other is not None:
        return _choice(request, contact, other)
    q = words_of(request)
    offered = find_contacts(q, limit=OFFERED) if q else likely_same_contacts(contact)
    return _offer(request, contact, offered, q)


@require_http_methods(["GET", "HEAD", "POST"])
@writers_only
def merge_organization(request: ConsoleRequest, organization_id: int) -> HttpResponse:
    """Find the other organization, show what becomes of the two, and make them one."""
    organization = find_organization(organization_id)
    other = _other(request, find_organization, organization)
    if request.method == "POST":
        return _merge(request, organization, other)
    if other is not None:
        return _choice(request, organization, other)
    q = words_of(request)
    found = list(filtered_organizations(PeopleFilter(q=q)).order_by("name", "id")[:OFFERED]) if q else None
    return _offer(
        request, organization, likely_same_organizations(organization) if found is None else found, q
    )


@require_POST
@writers_only
def undo(request: ConsoleRequest, merge_id: int) -> HttpResponse:
    """Part again what was merged."""
    try:
        record = part_people(actor=request.actor, merge_id=merge_id, now=current_time())
    except DomainError as error:
        if error.status == 404:
            raise Http404 from error
        raise
    said = {"absorbed": record.absorbed_name, "survivor": record.survivor_name}
    messages.info(request, _("%(absorbed)s and %(survivor)s are two again.") % said)
    is_contact = record.kind == MergeRecord.Kind.CONTACT
    return redirect((contact_url if is_contact else organization_url)(record.absorbed_id))


def _other(request: ConsoleRequest, find: Any, row: Person) -> Any:
    said = (request.POST if request.method == "POST" else request.GET).get("with", "")
    if not said:
        return None
    if not is_number(said) or int(said) == row.pk:
        raise Http404
    return find(int(said))


def _merge(request: ConsoleRequest, row: Person, other: Any) -> HttpResponse:
    if other is None:
        raise Http404
    stays = request.POST.get("stays", "")
    if stays not in (str(row.pk), str(other.pk)):
        return _choice(request, row, other, error=_("Choose which one stays."))
    survivor, absorbed = (row, other) if stays == str(row.pk) else (other, row)
    record = merge_people(actor=request.actor, survivor=survivor, absorbed=absorbed, now=current_time())
    said = {"absorbed": record.absorbed_name, "survivor": record.survivor_name}
    messages.info(request, _("%(absorbed)s went up in %(survivor)s.") % said)
    return redirect(_card(survivor))


def _offer(request: ConsoleRequest, row: Person, offered: Sequence[Person], q: str) -> HttpResponse:
    context = {
        "row": row,
        "card_url": _card(row),
        "is_contact": isinstance(row, Contact),
        "offered": [one for one in offered if one.pk != row.pk],
        "q": q,
    }
    return render(request, "console/contacts/merge_find.html", context)


def _choice(request: ConsoleRequest, row: Person, other: Person, *, error: str = "") -> HttpResponse:
    context = {
        "row": row,
        "card_url": _card(row),
        "find_url": reverse(f"console:{_kind(row)}_merge", args=[row.pk]),
        "other": other,
        "is_contact": isinstance(row, Contact),
        "sides": [_side(row), _side(other)],
        "error": error,
    }
    return render(request, "console/contacts/merge.html", context, status=422 if error else 200)


def _side(row: Person) -> Side:
    named: dict[str, int] = {}
    for name, count in counts_of(row, limit=COUNTED_TO).items():
        label = str(_RELATIONS.get(name, _("other entries")))
        named[label] = named.get(label, 0) + count
    return Side(row=row, url=_card(row), counts=list(named.items()))


def _card(row: Person) -> str:
    return contact_url(row.pk) if isinstance(row, Contact) else organization_url(row.pk)


def _kind(row: Person) -> str:
    return "contact" if isinstance(row, Contact) else "organization"

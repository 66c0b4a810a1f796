"""Contacts and organizations as screens and programs read them, with all that they point to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, Prefetch, QuerySet

from okno.conditions.ordering import Keyset, Order
from okno.lib.phones import phone_beginning
from okno.people.models import Contact, ContactAddress, Organization, OrganizationDomain

BY_NAME = Keyset((Order(column="name", nulls="never"), Order(column="id", nulls="never")))
PAGE_SIZE = 50
NAMES_OFFERED = 500
FOUND_LIMIT = 2000
"""So many are found at most by each of the ways: the beginning of a name, of an address, of an organization…"""
SCAN_REACH = 2000
"""What is in the middle of a name is found among so many of the newest rows only."""
ATTACH_REACH = 50_000
"""So many of the newest addresses of a domain are looked at for people to attach."""
# Greater than any character that an address has.
_END = "\U0010ffff"

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class PeoplePage(Generic[Row]):
    """Some rows by name, and the cursors of the pages beside them."""

    rows: list[Row]
    next: str | None
    previous: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleFilter:
    """Which contacts or organizations; what is empty narrows nothing."""

    q: str = ""
    is_vip: bool = False
    organization_id: int | None = None


EVERYBODY = PeopleFilter()


def contacts() -> QuerySet[Contact]:
    """Return the contacts that are nobody else by now."""
    rows: QuerySet[Contact] = Contact.objects.filter(merged_into=None)
    return rows


def organizations() -> QuerySet[Organization]:
    """Return the organizations that are no other by now."""
    rows: QuerySet[Organization] = Organization.objects.filter(merged_into=None)
    return rows


def whole_contacts(q: str = "") -> QuerySet[Contact]:
    """Return contacts with their organizations and addresses (two queries, three with `q`).

    With `q` only those whose name, organization, or one of whose addresses or numbers begins so; of the newest
    also those whose name has it anywhere.
    """
    return _whole(_narrowed(contacts(), q, _called))


def filtered_contacts(wanted: PeopleFilter) -> QuerySet[Contact]:
    """Return the whole contacts that a filter asks for."""
    rows = whole_contacts(wanted.q)
    if wanted.is_vip:
        rows = rows.filter(is_vip=True)
    if wanted.organization_id is not None:
        rows = rows.filter(organization_id=wanted.organization_id)
    return rows


def filtered_organizations(wanted: PeopleFilter) -> QuerySet[Organization]:
    """Return the organizations that a filter asks for, with their domains."""
    rows = _narrowed(organizations(), wanted.q, _organizations_called)
    if wanted.is_vip:
        rows = rows.filter(is_vip=True)
    domains = OrganizationDomain.objects.order_by("domain")
    return rows.prefetch_related(Prefetch("domains", queryset=domains))


def contacts_page(
    *, q: str = "", wanted: PeopleFilter = EVERYBODY, cursor: str | None = None, size: int = PAGE_SIZE
) -> PeoplePage[Contact]:
    """Return a page of contacts. Raises Invalid for a cursor that is none."""
    rows = whole_contacts(q) if q else filtered_contacts(wanted)
    page = BY_NAME.page(rows, cursor=cursor, size=size)
    return PeoplePage(page.rows, page.next, page.previous)


def find_contacts(q: str, *, limit: int) -> list[Contact]:
    """Return the first contacts by name that are called so."""
    return list(whole_contacts(q).order_by("name", "id")[:limit])


def contact_with_addresses(contact_id: int) -> Contact | None:
    """Return a contact with his organization and addresses, or None."""
    return whole_contacts().filter(pk=contact_id).first()


def organizations_page(
    *, q: str = "", wanted: PeopleFilter = EVERYBODY, cursor: str | None = None, size: int = PAGE_SIZE
) -> PeoplePage[Organization]:
    """Return a page of organizations with their domains. Raises Invalid for a cursor that is none."""
    rows = filtered_organizations(PeopleFilter(q=q) if q else wanted)
    page = BY_NAME.page(rows, cursor=cursor, size=size)
    return PeoplePage(page.rows, page.next, page.previous)


def members_of_organization(organization: Organization, *, limit: int) -> list[Contact]:
    """Return the first contacts of an organization by name."""
    return list(whole_contacts().filter(organization=organization).order_by("name", "id")[:limit])


def contacts_to_attach(organization: Organization) -> QuerySet[Contact]:
    """Return contacts without an organization who write from the domains of this one (two queries before its own).

    Who writes from there is asked for first: in one query the planner would go through all without an organization.
    """
    domains = list(organization.domains.values_list("domain", flat=True))
    from_there = ContactAddress.objects.filter(domain__in=domains).order_by("-contact_id")
    ids = list(from_there.values_list("contact_id", flat=True)[:ATTACH_REACH])
    return contacts().filter(organization=None, pk__in=ids).order_by("id")


def organization_called(name: str) -> Organization | None:
    """Return the organization with exactly this name, however its letters are, or None."""
    rows = organizations().filter(name_key=name.strip().lower())
    return rows.order_by("id").first()


def organization_names() -> list[str]:
    """Return the names to offer where an organization is asked for."""
    return list(organizations().order_by("name").values_list("name", flat=True)[:NAMES_OFFERED])


def _whole(rows: QuerySet[Contact]) -> QuerySet[Contact]:
    addresses = ContactAddress.objects.order_by("kind", "-is_primary", "id")
    return rows.select_related("organization").prefetch_related(Prefetch("addresses", queryset=addresses))


def _narrowed(rows: QuerySet[Row], q: str, find: Any) -> QuerySet[Row]:
    """Return those of the rows that are called so.

    What is found is asked for first: beside a page's order the planner would walk through all names instead.
    """
    return rows.filter(pk__in=find(q)) if q.strip() else rows


def _called(q: str) -> list[int]:
    """Return the ids of contacts by name, organization, address or number, each by an index (one query)."""
    value = q.strip().lower()
    of_theirs = _beginning(organizations(), value).values("pk")[:FOUND_LIMIT]
    ways = [
        *_named(contacts(), value),
        contacts().filter(organization__in=of_theirs).order_by().values_list("pk")[:FOUND_LIMIT],
        _addresses(ContactAddress.Kind.EMAIL, value),
    ]
    number = phone_beginning(q)
    if number:
        ways.append(_addresses(ContactAddress.Kind.PHONE, number))
    return _union(ways)


def _organizations_called(q: str) -> list[int]:
    value = q.strip().lower()
    domains = OrganizationDomain.objects.filter(domain__gte=value, domain__lt=value + _END)
    return _union([*_named(organizations(), value), domains.values_list("organization_id")[:FOUND_LIMIT]])


def _named(rows: QuerySet[Any], value: str) -> list[Any]:
    """Return the ways to find names: by their beginning among all, by any part among the newest rows.

    Under row security no pattern reaches an index, so the beginning is a range and the scan is bounded.
    """
    newest = rows.order_by("-id").values("pk")[:SCAN_REACH]
    inside = rows.filter(pk__in=newest, name_key__contains=value).order_by().values_list("pk")
    return [_beginning(rows, value).values_list("pk")[:FOUND_LIMIT], inside]


def _beginning(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    return rows.filter(name_key__gte=value, name_key__lt=value + _END).order_by("name_key")


def _addresses(kind: str, value: str) -> Any:
    rows = ContactAddress.objects.filter(kind=kind, value__gte=value, value__lt=value + _END)
    return rows.order_by("value").values_list("contact_id")[:FOUND_LIMIT]


def _union(ways: list[Any]) -> list[int]:
    return [pk for (pk,) in ways[0].union(*ways[1:])]

"""Contacts and organizations as screens and programs read them, with all that they point to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, Generic, TypeVar

from django.db.models import Model, Prefetch, Q, QuerySet

from okno.conditions.ordering import Keyset, Order
from okno.people.models import Contact, ContactAddress, Organization

BY_NAME = Keyset((Order(column="name", nulls="never"), Order(column="id", nulls="never")))
PAGE_SIZE = 50
NAMES_OFFERED = 500
SCAN_REACH = 2000
"""What is in the middle of a name is found among so many of the newest rows only."""
# Greater than any character that an address has.
_END = "\U0010ffff"

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class PeoplePage(Generic[Row]):
    """Some rows by name, and the cursors of the pages beside them."""

    rows: list[Row]
    next: str | None
    previous: str | None


def whole_contacts(q: str = "") -> QuerySet[Contact]:
    """Return contacts with their organizations and addresses (two queries).

    With `q` only those whose name or one of whose addresses begins so; of the newest also those whose name
    has it anywhere.
    """
    contacts: QuerySet[Contact] = Contact.objects.select_related("organization")
    if q:
        contacts = contacts.filter(_called(q))
    addresses = ContactAddress.objects.order_by("kind", "-is_primary", "id")
    return contacts.prefetch_related(Prefetch("addresses", queryset=addresses))


def contacts_page(*, q: str = "", cursor: str | None = None, size: int = PAGE_SIZE) -> PeoplePage[Contact]:
    """Return a page of contacts. Raises Invalid for a cursor that is none."""
    page = BY_NAME.page(whole_contacts(q), cursor=cursor, size=size)
    return PeoplePage(page.rows, page.next, page.previous)


def find_contacts(q: str, *, limit: int) -> list[Contact]:
    """Return the first contacts by name that are called so."""
    return list(whole_contacts(q).order_by("name", "id")[:limit])


def contact_with_addresses(contact_id: int) -> Contact | None:
    """Return a contact with his organization and addresses, or None."""
    return whole_contacts().filter(pk=contact_id).first()


def organizations_page(
    *, q: str = "", cursor: str | None = None, size: int = PAGE_SIZE
) -> PeoplePage[Organization]:
    """Return a page of organizations with their domains. Raises Invalid for a cursor that is none."""
    organizations: QuerySet[Organization] = Organization.objects.prefetch_related("domains")
    if q:
        organizations = organizations.filter(_named(Organization, q))
    page = BY_NAME.page(organizations, cursor=cursor, size=size)
    return PeoplePage(page.rows, page.next, page.previous)


def members_of_organization(organization: Organization, *, limit: int) -> list[Contact]:
    """Return the first contacts of an organization by name."""
    return list(whole_contacts().filter(organization=organization).order_by("name", "id")[:limit])


def organization_called(name: str) -> Organization | None:
    """Return the organization with exactly this name, or None."""
    found: Organization | None = Organization.objects.filter(name=name.strip()).order_by("id").first()
    return found


def organization_names() -> list[str]:
    """Return the names to offer where an organization is asked for."""
    return list(Organization.objects.order_by("name").values_list("name", flat=True)[:NAMES_OFFERED])


def _called(q: str) -> Q:
    """Return the Q of contacts by name or by the beginning of an address."""
    value = q.lower()
    begins = ContactAddress.objects.filter(value__gte=value, value__lt=value + _END)
    return _named(Contact, q) | Q(pk__in=begins.values("contact_id"))


def _named(model: type[Any], q: str) -> Q:
    """Return the Q of names: by their beginning among all, by any part among the newest rows.

    Under row security no pattern reaches an index, so the beginning is a range and the scan is bounded.
    """
    spellings = {q, q.lower(), q.upper(), q.capitalize(), q.title()}
    begins = reduce(or_, (Q(name__gte=spelling, name__lt=spelling + _END) for spelling in spellings))
    newest = model.objects.order_by("-id").values("pk")[:SCAN_REACH]
    return begins | Q(pk__in=newest, name__icontains=q)

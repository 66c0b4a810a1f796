"""Who may be one and the same: a few that are likely, found by indexes, rather than many that are possible."""

from __future__ import annotations

from functools import reduce
from operator import or_

from django.db.models import Q

from okno.people.models import Contact, ContactAddress, Organization
from okno.people.queries import organizations, whole_contacts

SHOWN = 3
LOCAL_LENGTH = 6
# Letter boxes of functions, not of people.
_FUNCTIONS = frozenset(
    [
        "accounting",
        "accounts",
        "admin",
        "administrator",
        "billing",
        "bookkeeping",
        "buhgalter",
        "buhgalteria",
        "contact",
        "director",
        "dispatcher",
        "finance",
        "helpdesk",
        "hostmaster",
        "info.desk",
        "kadry",
        "mailer",
        "marketing",
        "manager",
        "no-reply",
        "noreply",
        "office",
        "postmaster",
        "priemnaya",
        "purchase",
        "reception",
        "robot",
        "sales",
        "secretary",
        "service",
        "snabzhenie",
        "support",
        "system",
        "tender",
        "webmaster",
        "zakupki",
    ]
)


def likely_same_contacts(contact: Contact) -> list[Contact]:
    """Return a few contacts who may be this one (three queries).

    They have the same full name, or an address with the same personal part at another domain; and the
    organizations, where both have one, are the same.
    """
    alike = Q(pk__in=ContactAddress.objects.filter(_locals(contact)).values("contact_id"))
    if " " in contact.name.strip():
        alike |= Q(name_key=contact.name_key)
    rows = whole_contacts().filter(alike).exclude(pk=contact.pk)
    if contact.organization_id is not None:
        rows = rows.filter(Q(organization=None) | Q(organization_id=contact.organization_id))
    return list(rows.order_by("id")[:SHOWN])


def likely_same_organizations(organization: Organization) -> list[Organization]:
    """Return a few organizations with the same name (one query)."""
    rows = organizations().filter(name_key=organization.name_key).exclude(pk=organization.pk)
    return list(rows.order_by("id")[:SHOWN])


def _locals(contact: Contact) -> Q:
    """Return the Q of addresses whose personal part is one of the contact's; of nothing if he has none."""
    parts = {
        row.value.rpartition("@")[0]
        for row in contact.addresses.all()
        if row.kind == ContactAddress.Kind.EMAIL and _is_personal(row.value.rpartition("@")[0])
    }
    # As a range, because no pattern reaches an index: "@" is followed by "A".
    ranges = [Q(kind="email", value__gt=f"{part}@", value__lt=f"{part}A") for part in sorted(parts)[:5]]
    return reduce(or_, ranges, Q(pk__in=()))


def _is_personal(local: str) -> bool:
    """Tell whether the part before the at sign names a person: `m.sokolova`, not `info`."""
    letters = "".join(filter(str.isalpha, local))
    has_parts = any(mark in local for mark in "._-")
    return has_parts and len(letters) >= LOCAL_LENGTH and local not in _FUNCTIONS

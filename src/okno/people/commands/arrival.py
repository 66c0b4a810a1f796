"""Whoever writes in becomes a contact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from okno.lib.addresses import InvalidAddress, normalise_address
from okno.lib.errors import Conflict, Invalid, NotFound
from okno.people.commands.checking import clean_name
from okno.people.events import AddressVerified, ContactChanged, ContactCreated
from okno.people.models import Contact, ContactAddress, OrganizationDomain
from okno.spine.actor import SYSTEM
from okno.spine.unit import command, emit


@command
def contact_for_address(*, address: str, name: str = "", now: datetime, source: str = "email") -> Contact:
    """Return the contact with a mail address, making one if there is none; two at once make one.

    Raises Invalid for what is not an address.
    """
    try:
        normal = normalise_address(address)
    except InvalidAddress as error:
        words = _("“%(address)s” is not a mail address.") % {"address": address}
        raise Invalid(words, fields={"email": [words]}) from error
    return contacts_for_addresses(people={normal: name}, now=now, source=source)[normal]


@command
def contacts_for_addresses(
    *, people: Mapping[str, str], now: datetime, source: str = "email"
) -> dict[str, Contact]:
    """Return the contact of each canonical mail address, given with a name; missing ones are made.

    Takes the same few statements for many as for one.
    """
    found = _by_addresses(people)
    for address, contact in found.items():
        _fill_name(contact, address, people[address], now=now)
    missing = {address: name for address, name in people.items() if address not in found}
    return found | _make_contacts(missing, now=now, source=source) if missing else found


def _make_contacts(people: Mapping[str, str], *, now: datetime, source: str) -> dict[str, Contact]:
    organizations = _organizations_of(people)
    made = {
        address: Contact(
            name=clean_name(name) or address.partition("@")[0],
            organization_id=organizations.get(address.rpartition("@")[2]),
            created_at=now,
            updated_at=now,
        )
        for address, name in people.items()
    }
    Contact.objects.bulk_create(made.values())
    rows = [
        ContactAddress(contact=contact, kind=ContactAddress.Kind.EMAIL, value=address, is_primary=True)
        for address, contact in made.items()
    ]
    ContactAddress.objects.bulk_create(rows, ignore_conflicts=True)
    winners = _by_addresses(people)
    if len(winners) < len(people):
        raise Conflict(_("The address is being added by somebody else; try again."), code="busy")
    ours = {address for address, contact in made.items() if winners[address].pk == contact.pk}
    # Somebody else was faster: what was made for the address in vain goes again.
    Contact.objects.filter(pk__in=[made[address].pk for address in people if address not in ours]).delete()
    for address in ours:
        emit(SYSTEM, ContactCreated(source=source), kind="contact", subject=winners[address], now=now)
    return winners


@command
def verify_address(*, contact: Contact, address: str, now: datetime) -> None:
    """Remember that a contact followed a link that was sent to this address. Raises NotFound."""
    row = ContactAddress.objects.filter(contact=contact, value=address).first()
    if row is None:
        raise NotFound(_("There is no such address."))
    if row.verified_at is None:
        row.verified_at = now
        row.save(update_fields=["verified_at"])
        emit(SYSTEM, AddressVerified(address=row.pk), kind="contact", subject=contact, now=now)


def _by_addresses(values: Iterable[str]) -> dict[str, Contact]:
    rows = ContactAddress.objects.select_related("contact").filter(
        kind=ContactAddress.Kind.EMAIL, value__in=list(values)
    )
    return {row.value: row.contact for row in rows}


def _fill_name(contact: Contact, address: str, name: str, *, now: datetime) -> None:
    """Take a better name from a mail if the contact has only the one that was made of his address."""
    cleaned = clean_name(name)
    if not cleaned or cleaned == contact.name or not _is_made_up(contact, address):
        return
    contact.name = cleaned
    contact.updated_at = now
    contact.save(update_fields=["name", "updated_at"])
    emit(SYSTEM, ContactChanged(fields=["name"]), kind="contact", subject=contact, now=now)


def _is_made_up(contact: Contact, address: str) -> bool:
    if contact.name in ("", address.partition("@")[0]):
        return True
    addresses = contact.addresses.filter(kind=ContactAddress.Kind.EMAIL).values_list("value", flat=True)
    return any(contact.name == value.partition("@")[0] for value in addresses)


def _organizations_of(addresses: Iterable[str]) -> dict[str, int]:
    """Return the ids of the organizations that the addresses' domains belong to, by domain."""
    domains = {address.rpartition("@")[2] for address in addresses}
    found = OrganizationDomain.objects.filter(domain__in=domains)
    return dict(found.values_list("domain", "organization_id"))

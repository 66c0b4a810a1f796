"""Changes to contacts and organizations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from okno.lib.addresses import InvalidAddress, normalise_address, normalise_domain
from okno.lib.errors import Conflict, Denied, Invalid, NotFound
from okno.lib.html_text import without_unusable
from okno.lib.phones import InvalidPhone, normalise_phone
from okno.people.events import (
    AddressAdded,
    AddressVerified,
    ContactChanged,
    ContactCreated,
    OrganizationChanged,
)
from okno.people.models import Contact, ContactAddress, Organization, OrganizationDomain
from okno.people.phones import home_country
from okno.spine.actor import SYSTEM, Actor
from okno.spine.unit import command, emit
from okno.team.policy import can_manage_people

NAME_LENGTH = 200


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
def save_contact(
    *,
    actor: Actor,
    contact: Contact | None,
    name: str,
    addresses: Sequence[str],
    phones: Sequence[str] = (),
    organization: Organization | None = None,
    title: str = "",
    language: str = "",
    notes: str = "",
    now: datetime,
) -> Contact:
    """Make or change a contact with all its addresses; the first of each kind is the primary one.

    Raises Denied, Invalid, and Conflict if an address belongs to somebody else.
    """
    _require_rights(actor)
    values = {
        "name": clean_name(name),
        "organization": organization,
        "title": clean_name(title),
        "language": language if language in ("", "en", "ru") else "",
        "notes": without_unusable(notes).strip()[:10_000],
    }
    if not values["name"]:
        raise Invalid(_("A contact needs a name."), fields={"name": [_("Write the name.")]})
    wanted = [*_normal_mails(addresses), *_normal_phones(phones)]
    if contact is None:
        contact = Contact.objects.create(**values, created_at=now, updated_at=now)
        emit(actor, ContactCreated(source="console"), kind="contact", subject=contact, now=now)
    else:
        changed = [key for key, value in values.items() if getattr(contact, key) != value]
        if changed:
            for key in changed:
                setattr(contact, key, values[key])
            contact.updated_at = now
            contact.save(update_fields=[*changed, "updated_at"])
            emit(actor, ContactChanged(fields=changed), kind="contact", subject=contact, now=now)
    _write_addresses(actor, contact, wanted, now=now)
    return contact


@command
def save_organization(
    *,
    actor: Actor,
    organization: Organization | None,
    name: str,
    domains: Sequence[str] = (),
    notes: str = "",
    now: datetime,
) -> Organization:
    """Make or change an organization with its mail domains. Raises Denied, Invalid, Conflict."""
    _require_rights(actor)
    cleaned = clean_name(name)
    if not cleaned:
        raise Invalid(_("An organization needs a name."), fields={"name": [_("Write the name.")]})
    try:
        normal = sorted({normalise_domain(domain) for domain in domains if domain.strip()})
    except InvalidAddress as error:
        raise Invalid(_("This is not a domain."), fields={"domains": [_("Not a domain.")]}) from error
    organization = organization or Organization(created_at=now)
    organization.name = cleaned
    organization.notes = without_unusable(notes).strip()[:10_000]
    organization.save()
    taken = OrganizationDomain.objects.filter(domain__in=normal).exclude(organization=organization).first()
    if taken is not None:
        words = _("%(domain)s belongs to another organization.") % {"domain": taken.domain}
        raise Conflict(words, code="domain_taken", fields={"domains": [words]})
    OrganizationDomain.objects.filter(organization=organization).exclude(domain__in=normal).delete()
    OrganizationDomain.objects.bulk_create(
        [OrganizationDomain(organization=organization, domain=domain) for domain in normal],
        ignore_conflicts=True,
    )
    emit(
        actor,
        OrganizationChanged(fields=["name", "domains", "notes"]),
        kind="organization",
        subject=organization,
        now=now,
    )
    return organization


@command
def add_mail_address(*, actor: Actor, contact: Contact, address: str, now: datetime) -> None:
    """Give a contact one more mail address, unproven. Raises Denied, Invalid, and Conflict if it is somebody else's."""
    _require_rights(actor)
    ((kind, value),) = _normal_mails([address]) or [("", "")]
    if not value:
        words = _("Write an address.")
        raise Invalid(words, fields={"addresses": [words]})
    row, is_new = ContactAddress.objects.select_related("contact").get_or_create(
        kind=kind, value=value, defaults={"contact": contact}
    )
    if row.contact_id != contact.pk:
        words = _("%(address)s belongs to %(name)s.") % {"address": value, "name": row.contact.name}
        raise Conflict(words, code="address_taken", fields={"addresses": [words]})
    if is_new:
        emit(actor, AddressAdded(address=row.pk), kind="contact", subject=contact, now=now)


@command
def correct_mail_address(*, actor: Actor, contact: Contact, old: str, new: str, now: datetime) -> bool:
    """Put another mail address in the place of a contact's wrong one, unproven; False if he has not got that.

    Raises Denied, Invalid, and Conflict if the new one is somebody else's.
    """
    _require_rights(actor)
    row = ContactAddress.objects.filter(contact=contact, kind=ContactAddress.Kind.EMAIL, value=old).first()
    if row is None:
        return False
    add_mail_address(actor=actor, contact=contact, address=new, now=now)
    if row.is_primary:
        ContactAddress.objects.filter(contact=contact, kind=row.kind, value=new).update(is_primary=True)
    row.delete()
    emit(actor, ContactChanged(fields=["addresses"]), kind="contact", subject=contact, now=now)
    return True


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


def clean_name(name: str) -> str:
    """Return a name as one printable line."""
    return " ".join(without_unusable(name).split())[:NAME_LENGTH]


def _require_rights(actor: Actor) -> None:
    if not can_manage_people(actor):
        raise Denied(_("You may not change contacts."))


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


def _normal_mails(addresses: Sequence[str]) -> list[tuple[str, str]]:
    found = []
    for address in addresses:
        if not address.strip():
            continue
        try:
            found.append((ContactAddress.Kind.EMAIL.value, normalise_address(address)))
        except InvalidAddress as error:
            words = _("“%(address)s” is not a mail address.") % {"address": address}
            raise Invalid(words, fields={"addresses": [words]}) from error
    return found


def _normal_phones(phones: Sequence[str]) -> list[tuple[str, str]]:
    found = []
    for phone in phones:
        if not phone.strip():
            continue
        try:
            found.append((ContactAddress.Kind.PHONE.value, normalise_phone(phone, country=home_country())))
        except InvalidPhone as error:
            words = _("“%(phone)s” is not a phone number. Write it with its country: +44 20 7946 0018.") % {
                "phone": phone
            }
            raise Invalid(words, fields={"phones": [words]}) from error
    return found


def _write_addresses(actor: Actor, contact: Contact, wanted: list[tuple[str, str]], *, now: datetime) -> None:
    taken = ContactAddress.objects.filter(value__in=[value for _kind, value in wanted]).exclude(
        contact=contact
    )
    other = taken.select_related("contact").first()
    if other is not None:
        words = _("%(address)s belongs to %(name)s.") % {"address": other.value, "name": other.contact.name}
        raise Conflict(words, code="address_taken", fields={"addresses": [words]})
    present = {(row.kind, row.value): row for row in ContactAddress.objects.filter(contact=contact)}
    for key, row in present.items():
        if key not in wanted:
            row.delete()
    seen: set[str] = set()
    for kind, value in wanted:
        is_primary = kind not in seen
        seen.add(kind)
        known = present.get((kind, value))
        if known is None:
            row = ContactAddress.objects.create(
                contact=contact, kind=kind, value=value, is_primary=is_primary
            )
            emit(actor, AddressAdded(address=row.pk), kind="contact", subject=contact, now=now)
        elif known.is_primary != is_primary:
            known.is_primary = is_primary
            known.save(update_fields=["is_primary"])

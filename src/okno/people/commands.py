"""Changes to contacts and organizations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from okno.lib.addresses import InvalidAddress, normalise_address, normalise_domain
from okno.lib.errors import Conflict, Denied, Invalid, NotFound
from okno.lib.html_text import without_unusable
from okno.people.events import (
    AddressAdded,
    AddressVerified,
    ContactChanged,
    ContactCreated,
    OrganizationChanged,
)
from okno.people.models import Contact, ContactAddress, Organization, OrganizationDomain
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
    found = _by_address(normal)
    if found is not None:
        _fill_name(found, name, now=now)
        return found
    contact = Contact.objects.create(
        name=clean_name(name) or normal.partition("@")[0],
        organization=_organization_of(normal),
        created_at=now,
        updated_at=now,
    )
    row = ContactAddress(contact=contact, kind=ContactAddress.Kind.EMAIL, value=normal, is_primary=True)
    ContactAddress.objects.bulk_create([row], ignore_conflicts=True)
    winner = _by_address(normal)
    if winner is None:
        raise Conflict(_("The address is being added by somebody else; try again."), code="busy")
    if winner.pk != contact.pk:
        contact.delete()
        return winner
    emit(SYSTEM, ContactCreated(source=source), kind="contact", subject=contact, now=now)
    return contact


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


def _by_address(value: str) -> Contact | None:
    row = (
        ContactAddress.objects.select_related("contact")
        .filter(kind=ContactAddress.Kind.EMAIL, value=value)
        .first()
    )
    return row.contact if row else None


def _fill_name(contact: Contact, name: str, *, now: datetime) -> None:
    """Take a better name from a mail if the contact has only the one that was made of his address."""
    cleaned = clean_name(name)
    addresses = contact.addresses.filter(kind=ContactAddress.Kind.EMAIL).values_list("value", flat=True)
    is_made_up = contact.name == "" or any(contact.name == value.partition("@")[0] for value in addresses)
    if cleaned and is_made_up and cleaned != contact.name:
        contact.name = cleaned
        contact.updated_at = now
        contact.save(update_fields=["name", "updated_at"])
        emit(SYSTEM, ContactChanged(fields=["name"]), kind="contact", subject=contact, now=now)


def _organization_of(address: str) -> Organization | None:
    domain = address.rpartition("@")[2]
    row = OrganizationDomain.objects.select_related("organization").filter(domain=domain).first()
    return row.organization if row else None


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
        digits = "".join(character for character in phone if character.isdigit())
        if not phone.strip():
            continue
        if not 3 <= len(digits) <= 15:
            words = _("“%(phone)s” is not a phone number.") % {"phone": phone}
            raise Invalid(words, fields={"phones": [words]})
        found.append((ContactAddress.Kind.PHONE.value, f"+{digits}"))
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

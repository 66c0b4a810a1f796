"""Changes to contacts and their addresses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from okno.lib.errors import Conflict, Invalid, NotFound
from okno.people.commands.checking import clean_name, clean_notes, normal_mails, normal_phones, require_rights
from okno.people.events import AddressAdded, AddressRemoved, ContactChanged, ContactCreated
from okno.people.models import Contact, ContactAddress, Organization, OrganizationDomain
from okno.spine.actor import Actor
from okno.spine.unit import command, emit


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
    is_vip: bool | None = None,
    sees_organization: bool | None = None,
    source: str = "console",
    now: datetime,
) -> Contact:
    """Make or change a contact with all its addresses; the first of each kind is the primary one.

    Without an organization the one of the addresses' domain is taken for a new contact. None leaves a mark as it is.
    Raises Denied, Invalid, and Conflict if an address belongs to somebody else.
    """
    require_rights(actor)
    values: dict[str, Any] = {
        "name": clean_name(name),
        "organization": organization,
        "title": clean_name(title),
        "language": language if language in ("", "en", "ru") else "",
        "notes": clean_notes(notes),
    }
    if not values["name"]:
        raise Invalid(_("A contact needs a name."), fields={"name": [_("Write the name.")]})
    marks = {"is_vip": is_vip, "sees_organization": sees_organization}
    values |= {key: value for key, value in marks.items() if value is not None}
    wanted = list(dict.fromkeys([*normal_mails(addresses), *normal_phones(phones)]))
    if contact is None:
        if organization is None:
            values["organization"] = organization_of(value for _kind, value in wanted)
        contact = Contact.objects.create(**values, created_at=now, updated_at=now)
        emit(actor, ContactCreated(source=source), kind="contact", subject=contact, now=now)
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
def add_mail_address(*, actor: Actor, contact: Contact, address: str, now: datetime) -> None:
    """Give a contact one more mail address, unproven. Raises Denied, Invalid, and Conflict if it is somebody else's."""
    require_rights(actor)
    ((kind, value),) = normal_mails([address]) or [("", "")]
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
    require_rights(actor)
    row = ContactAddress.objects.filter(contact=contact, kind=ContactAddress.Kind.EMAIL, value=old).first()
    if row is None:
        return False
    add_mail_address(actor=actor, contact=contact, address=new, now=now)
    if row.is_primary:
        ContactAddress.objects.filter(contact=contact, kind=row.kind, value=new).update(is_primary=True)
    emit(actor, AddressRemoved(address=row.pk, kind=row.kind), kind="contact", subject=contact, now=now)
    row.delete()
    return True


@command
def choose_primary(*, actor: Actor, contact: Contact, address: str, now: datetime) -> None:
    """Write to or call a contact at this one of his addresses from now on. Raises Denied, NotFound."""
    require_rights(actor)
    rows = ContactAddress.objects.filter(contact=contact).select_for_update(no_key=True).order_by("id")
    chosen = next((row for row in rows if row.value == address), None)
    if chosen is None:
        raise NotFound(_("There is no such address."))
    if chosen.is_primary:
        return
    ContactAddress.objects.filter(contact=contact, kind=chosen.kind, is_primary=True).update(is_primary=False)
    chosen.is_primary = True
    chosen.save(update_fields=["is_primary"])
    emit(actor, ContactChanged(fields=["primary_address"]), kind="contact", subject=contact, now=now)


def organization_of(addresses: Iterable[str]) -> Organization | None:
    """Return the organization that one of the addresses' domains belongs to, the first one's before the others'."""
    domains = [address.rpartition("@")[2] for address in addresses if "@" in address]
    rows = OrganizationDomain.objects.select_related("organization").filter(domain__in=domains)
    found = {row.domain: row.organization for row in rows} if domains else {}
    return next((found[domain] for domain in domains if domain in found), None)


def _write_addresses(actor: Actor, contact: Contact, wanted: list[tuple[str, str]], *, now: datetime) -> None:
    values = [value for _kind, value in wanted]
    kinds = ContactAddress.Kind.values
    taken = ContactAddress.objects.filter(kind__in=kinds, value__in=values).exclude(contact=contact)
    other = taken.select_related("contact").first()
    if other is not None:
        words = _("%(address)s belongs to %(name)s.") % {"address": other.value, "name": other.contact.name}
        raise Conflict(words, code="address_taken", fields={"addresses": [words]})
    present = {(row.kind, row.value): row for row in ContactAddress.objects.filter(contact=contact)}
    for key, row in present.items():
        if key not in wanted:
            emit(
                actor, AddressRemoved(address=row.pk, kind=row.kind), kind="contact", subject=contact, now=now
            )
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

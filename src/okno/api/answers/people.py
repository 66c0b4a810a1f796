"""Contacts and organizations as callers get them."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from okno.api.answers.base import Answer, Named
from okno.people.models import Contact, ContactAddress, Organization


class PersonAnswer(Answer):
    """A contact where it is mentioned."""

    id: int
    name: str
    email: str | None


class AddressAnswer(Answer):
    """A mail address or phone number of a contact."""

    value: str
    is_primary: bool
    is_verified: bool


class ContactAnswer(Answer):
    """A contact."""

    id: int
    name: str
    title: str
    language: str
    notes: str
    is_vip: bool
    sees_organization: bool = Field(
        description="Whether the portal shows this person the requests of the whole organization."
    )
    organization: Named | None
    emails: list[AddressAnswer]
    phones: list[AddressAnswer]
    created_at: datetime
    updated_at: datetime


class OrganizationAnswer(Answer):
    """A client company or a department."""

    id: int
    name: str
    domains: list[str] = Field(description="Whoever writes from these mail domains belongs to it.")
    notes: str
    is_vip: bool
    created_at: datetime


def organization_answer(organization: Organization) -> OrganizationAnswer:
    """Return an organization, whose domains are loaded."""
    return OrganizationAnswer(
        id=organization.pk,
        name=organization.name,
        domains=[row.domain for row in organization.domains.all()],
        notes=organization.notes,
        is_vip=organization.is_vip,
        created_at=organization.created_at,
    )


def person_answer(contact: Contact | None) -> PersonAnswer | None:
    """Return a contact, whose addresses are loaded, as it is mentioned."""
    if contact is None:
        return None
    return PersonAnswer(id=contact.pk, name=contact.name, email=_first_mail(contact))


def contact_answer(contact: Contact) -> ContactAnswer:
    """Return a contact, whose addresses and organization are loaded."""
    organization = contact.organization
    return ContactAnswer(
        id=contact.pk,
        name=contact.name,
        title=contact.title,
        language=contact.language,
        notes=contact.notes,
        is_vip=contact.is_vip,
        sees_organization=contact.sees_organization,
        organization=Named(id=organization.pk, name=organization.name) if organization else None,
        emails=_addresses(contact, ContactAddress.Kind.EMAIL),
        phones=_addresses(contact, ContactAddress.Kind.PHONE),
        created_at=contact.created_at,
        updated_at=contact.updated_at,
    )


def _addresses(contact: Contact, kind: str) -> list[AddressAnswer]:
    return [
        AddressAnswer(value=row.value, is_primary=row.is_primary, is_verified=row.verified_at is not None)
        for row in _in_order(contact)
        if row.kind == kind
    ]


def _first_mail(contact: Contact) -> str | None:
    return next((row.value for row in _in_order(contact) if row.kind == ContactAddress.Kind.EMAIL), None)


def _in_order(contact: Contact) -> list[ContactAddress]:
    return sorted(contact.addresses.all(), key=lambda row: (not row.is_primary, row.pk))

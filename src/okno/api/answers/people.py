"""Contacts and members as callers get them."""

from __future__ import annotations

from datetime import datetime

from okno.api.answers.base import Answer, Named
from okno.people.models import Contact, ContactAddress
from okno.team.models import Member, Team


class MemberAnswer(Answer):
    """A member of the workspace."""

    id: int
    name: str
    email: str
    title: str
    is_active: bool


class TeamAnswer(Answer):
    """A team."""

    id: int
    name: str
    line: int
    desk: Named
    is_active: bool


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
    organization: Named | None
    emails: list[AddressAnswer]
    phones: list[AddressAnswer]
    created_at: datetime
    updated_at: datetime


def member_answer(member: Member) -> MemberAnswer:
    """Return a member."""
    return MemberAnswer(
        id=member.pk, name=member.name, email=member.email, title=member.title, is_active=member.is_active
    )


def team_answer(team: Team) -> TeamAnswer:
    """Return a team, whose desk is loaded."""
    return TeamAnswer(
        id=team.pk,
        name=team.name,
        line=team.line,
        desk=Named(id=team.desk.pk, name=team.desk.name),
        is_active=team.is_active,
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

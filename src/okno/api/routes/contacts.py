"""Contacts: list, create, read, change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import Field

from okno.api.answers.base import Listed
from okno.api.answers.people import ContactAnswer, contact_answer
from okno.api.callers import ApiRequest
from okno.api.inputs import LARGEST, Address, Given, Id, Key, Name, Paging, PathId, Plain, Truth
from okno.api.lookups import find_organization
from okno.api.rights import needs
from okno.lib.errors import DomainError, NotFound
from okno.people.commands import save_contact
from okno.people.models import Contact, ContactAddress
from okno.people.queries import PeopleFilter, contact_with_addresses, contacts, contacts_page
from okno.spine.unit import unit_of_work
from okno.team.policy import PEOPLE_READ, PEOPLE_WRITE

router = Router(tags=["contacts"])

Emails = Annotated[list[Address], Field(max_length=50, description="The first one is the primary one.")]
Phones = Annotated[list[Key], Field(max_length=50, description="The first one is the primary one.")]
Notes = Annotated[Plain, Field(max_length=10_000)]
Language = Literal["", "en", "ru"]


class ContactPaging(Paging):
    """Which contacts, and which part of them."""

    q: Name = Field("", description="A part of a name, or the beginning of a mail address or phone number.")
    organization: Annotated[int, Field(ge=1, le=LARGEST)] | None = Field(
        None, description="Only those of this organization."
    )
    is_vip: bool = Field(False, description="Only important ones.")


class NewContactBody(Given):
    """A contact."""

    name: Annotated[Name, Field(min_length=1)]
    emails: Emails = []
    phones: Phones = []
    organization: Id | None = None
    title: Name = ""
    language: Language = ""
    notes: Notes = ""
    is_vip: Truth = False
    sees_organization: Truth = Field(False, description="In the portal.")


class ContactChange(Given):
    """What is to change; what is absent stays as it is. Lists are replaced as a whole."""

    name: Annotated[Name, Field(min_length=1)] = Field(default_factory=str)
    emails: Emails = Field(default_factory=list)
    phones: Phones = Field(default_factory=list)
    organization: Id | None = None
    title: Name = Field(default_factory=str)
    language: Language = Field(default_factory=lambda: "")
    notes: Notes = Field(default_factory=str)
    is_vip: Truth = Field(default_factory=bool)
    sees_organization: Truth = Field(default_factory=bool)


@router.get("/contacts", response=Listed[ContactAnswer], auth=needs(PEOPLE_READ))
def list_contacts(request: ApiRequest, paging: Query[ContactPaging]) -> Listed[ContactAnswer]:
    """Return contacts by name, a page at a time."""
    wanted = PeopleFilter(q=paging.q, is_vip=paging.is_vip, organization_id=paging.organization)
    page = contacts_page(wanted=wanted, cursor=paging.cursor, size=paging.limit)
    return Listed[ContactAnswer](items=[contact_answer(contact) for contact in page.rows], next=page.next)


@router.post("/contacts", response={201: ContactAnswer}, auth=needs(PEOPLE_WRITE))
def create_contact(request: ApiRequest, response: HttpResponse, body: NewContactBody) -> ContactAnswer:
    """Make a contact. An address that belongs to another contact is refused."""
    with _addresses_called_emails():
        contact = save_contact(
            actor=request.actor,
            contact=None,
            name=body.name,
            addresses=body.emails,
            phones=body.phones,
            organization=None if body.organization is None else find_organization(body.organization),
            title=body.title,
            language=body.language,
            notes=body.notes,
            is_vip=body.is_vip,
            sees_organization=body.sees_organization,
            source="api",
            now=request.now,
        )
    response["Location"] = f"/api/v1/contacts/{contact.pk}"
    return _answer(contact.pk)


@router.get("/contacts/{id}", response=ContactAnswer, auth=needs(PEOPLE_READ))
def read_contact(request: ApiRequest, id: PathId) -> ContactAnswer:  # noqa: A002 (the path's name)
    """Return one contact."""
    return _answer(id)


@router.patch("/contacts/{id}", response=ContactAnswer, auth=needs(PEOPLE_WRITE))
def change_contact(request: ApiRequest, id: PathId, body: ContactChange) -> ContactAnswer:  # noqa: A002
    """Change a contact."""
    with unit_of_work(), _addresses_called_emails():
        contact: Contact | None = contacts().select_for_update(no_key=True).filter(pk=id).first()
        if contact is None:
            raise _no_contact()
        save_contact(actor=request.actor, contact=contact, now=request.now, **_merged(contact, body))
    return _answer(id)


def _merged(contact: Contact, change: ContactChange) -> dict[str, Any]:
    """Return the contact's values with those of a change in their place."""
    values: dict[str, Any] = {
        "name": contact.name,
        "addresses": _present(contact, ContactAddress.Kind.EMAIL),
        "phones": _present(contact, ContactAddress.Kind.PHONE),
        "organization": contact.organization,
        "title": contact.title,
        "language": contact.language,
        "notes": contact.notes,
    }
    given = change.model_dump(exclude_unset=True)
    if "emails" in given:
        given["addresses"] = given.pop("emails")
    if given.get("organization") is not None:
        given["organization"] = find_organization(given["organization"])
    return values | given


def _present(contact: Contact, kind: str) -> Sequence[str]:
    rows = contact.addresses.filter(kind=kind).order_by("-is_primary", "id")
    return list(rows.values_list("value", flat=True))


def _answer(contact_id: int) -> ContactAnswer:
    contact = contact_with_addresses(contact_id)
    if contact is None:
        raise _no_contact()
    return contact_answer(contact)


def _no_contact() -> NotFound:
    return NotFound(_("There is no such contact."))


@contextmanager
def _addresses_called_emails() -> Iterator[None]:
    """Name the field in refusals as the body names it."""
    try:
        yield
    except DomainError as error:
        if "addresses" in error.fields:
            error.fields["emails"] = error.fields.pop("addresses")
        raise

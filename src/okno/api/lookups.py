"""The things that callers mention in bodies, found in their workspace."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, NoReturn, TypeVar

from django.utils.translation import gettext as _
from pydantic import Field

from okno.api.inputs import Address, Email, Given, Id, Key, Name, Whole
from okno.lib.addresses import InvalidAddress, normalise_address
from okno.lib.errors import Invalid, NotFound
from okno.people.models import Contact, Organization
from okno.spine.actor import Actor
from okno.team.models import Desk, Member, Team
from okno.team.queries import actor_for
from okno.tenancy.models import TenantModel
from okno.tickets.access import find_ticket
from okno.tickets.models import Priority, RequestType, Status, StatusCategory, Ticket, Topic
from okno.tickets.policy import can_open

Row = TypeVar("Row", bound=TenantModel)
PRIORITIES = {priority.name.lower(): int(priority) for priority in Priority}
PriorityLevel = Annotated[Whole, Field(ge=1, le=4)]
PriorityName = Annotated[str, Field(pattern="^(low|normal|high|critical)$")]
GivenPriority = PriorityLevel | PriorityName
GivenMember = Id | Address
GivenTeam = Id | Key


class GivenPerson(Given):
    """A person by his address; one that is not known yet becomes a contact."""

    email: Email
    name: Name = ""


def priority_of(given: int | str) -> int:
    """Return a priority from 1 to 4."""
    return PRIORITIES[given] if isinstance(given, str) else given


def find_member(given: int | str, *, field: str) -> Member:
    """Return an active member by id or address. Raises Invalid."""
    if isinstance(given, int):
        return _one(Member, field, is_active=True, pk=given)
    try:
        address = normalise_address(given)
    except InvalidAddress:
        _refuse(field)
    return _one(Member, field, is_active=True, email=address)


def find_worker(given: int | str) -> Member:
    """Return a member who may be given tickets. Raises Invalid."""
    member = find_member(given, field="assignee")
    if not can_open(actor_for(member)):
        words = _("%(name)s cannot be given tickets.") % {"name": member.name}
        raise Invalid(words, code="cannot_work", fields={"assignee": [words]})
    return member


def find_team(given: int | str, *, field: str = "team") -> Team:
    """Return an active team by id or name. Raises Invalid."""
    if isinstance(given, int):
        return _one(Team, field, is_active=True, pk=given)
    return _one(Team, field, is_active=True, name=given)


def find_desk(given: int, *, field: str) -> Desk:
    """Return a desk by id. Raises Invalid."""
    return _one(Desk, field, pk=given)


def find_contact(given: int, *, field: str) -> Contact:
    """Return a contact by id. Raises Invalid."""
    return _one(Contact, field, pk=given, merged_into=None)


def find_organization(given: int, *, field: str = "organization") -> Organization:
    """Return an organization by id. Raises Invalid."""
    return _one(Organization, field, pk=given, merged_into=None)


def find_type(key: str) -> RequestType:
    """Return an active request type by its key. Raises Invalid."""
    return _one(RequestType, "type", is_active=True, key=key)


def find_topic(given: int) -> Topic:
    """Return an active topic by id. Raises Invalid."""
    return _one(Topic, "topic", is_active=True, pk=given)


def find_status(key: str) -> Status | StatusCategory:
    """Return a status by its key, or a category. Raises Invalid."""
    found: Status | None = Status.objects.filter(key=key).first()
    if found is None and key not in StatusCategory.values:
        _refuse("status")
    return found or StatusCategory(key)


def find_parent(actor: Actor, number: int) -> Ticket:
    """Return the ticket with a number that the actor may see. Raises Invalid."""
    with known_by("parent"):
        return find_ticket(actor, number=number)


@contextmanager
def known_by(field: str) -> Iterator[None]:
    """Turn *not found* for something that a body mentions into *invalid*: the address itself was found."""
    try:
        yield
    except NotFound as error:
        raise Invalid(error.message, code="unknown_reference", fields={field: [error.message]}) from error


def _one(model: type[Row], field: str, **conditions: object) -> Row:
    found: Row | None = model.objects.filter(**conditions).first()
    if found is None:
        _refuse(field)
    return found


def _refuse(field: str) -> NoReturn:
    words = _("There is nothing like that here.")
    raise Invalid(words, code="unknown_reference", fields={field: [words]})

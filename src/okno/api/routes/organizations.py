"""Organizations: list, create, read, change."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import Field

from okno.api.answers.base import Listed
from okno.api.answers.people import OrganizationAnswer, organization_answer
from okno.api.callers import ApiRequest
from okno.api.inputs import Given, Key, Name, Paging, PathId, Plain, Truth
from okno.api.rights import needs
from okno.lib.errors import NotFound
from okno.people.commands.organizations import DOMAINS_LIMIT, save_organization
from okno.people.models import Organization
from okno.people.queries import PeopleFilter, organizations, organizations_page
from okno.spine.unit import unit_of_work
from okno.team.policy import PEOPLE_READ, PEOPLE_WRITE

router = Router(tags=["organizations"])

Domains = Annotated[list[Key], Field(max_length=DOMAINS_LIMIT)]
Notes = Annotated[Plain, Field(max_length=10_000)]


class OrganizationPaging(Paging):
    """Which organizations, and which part of them."""

    q: Name = Field("", description="A part of a name, or the beginning of a domain.")
    is_vip: bool = Field(False, description="Only important ones.")


class NewOrganizationBody(Given):
    """An organization."""

    name: Annotated[Name, Field(min_length=1)]
    domains: Domains = []
    notes: Notes = ""
    is_vip: Truth = False


class OrganizationChange(Given):
    """What is to change; what is absent stays as it is. The domains are replaced as a whole."""

    name: Annotated[Name, Field(min_length=1)] = Field(default_factory=str)
    domains: Domains = Field(default_factory=list)
    notes: Notes = Field(default_factory=str)
    is_vip: Truth = Field(default_factory=bool)


@router.get("/organizations", response=Listed[OrganizationAnswer], auth=needs(PEOPLE_READ))
def list_organizations(request: ApiRequest, paging: Query[OrganizationPaging]) -> Listed[OrganizationAnswer]:
    """Return organizations by name, a page at a time."""
    wanted = PeopleFilter(q=paging.q, is_vip=paging.is_vip)
    page = organizations_page(wanted=wanted, cursor=paging.cursor, size=paging.limit)
    return Listed[OrganizationAnswer](items=[organization_answer(row) for row in page.rows], next=page.next)


@router.post("/organizations", response={201: OrganizationAnswer}, auth=needs(PEOPLE_WRITE))
def create_organization(
    request: ApiRequest, response: HttpResponse, body: NewOrganizationBody
) -> OrganizationAnswer:
    """Make an organization. A domain that belongs to another one is refused."""
    made = save_organization(
        actor=request.actor,
        organization=None,
        name=body.name,
        domains=body.domains,
        notes=body.notes,
        is_vip=body.is_vip,
        source="api",
        now=request.now,
    )
    response["Location"] = f"/api/v1/organizations/{made.pk}"
    return organization_answer(_find(made.pk))


@router.get("/organizations/{id}", response=OrganizationAnswer, auth=needs(PEOPLE_READ))
def read_organization(request: ApiRequest, id: PathId) -> OrganizationAnswer:  # noqa: A002 (the path's name)
    """Return one organization."""
    return organization_answer(_find(id))


@router.patch("/organizations/{id}", response=OrganizationAnswer, auth=needs(PEOPLE_WRITE))
def change_organization(request: ApiRequest, id: PathId, body: OrganizationChange) -> OrganizationAnswer:  # noqa: A002
    """Change an organization."""
    given = body.model_dump(exclude_unset=True)
    with unit_of_work():
        row = _find(id, is_locked=True)
        present = {"name": row.name, "domains": None, "notes": row.notes}
        save_organization(actor=request.actor, organization=row, now=request.now, **{**present, **given})
    return organization_answer(_find(id))


def _find(organization_id: int, *, is_locked: bool = False) -> Organization:
    rows = organizations().filter(pk=organization_id)
    if is_locked:
        rows = rows.select_for_update(no_key=True, of=("self",))
    found: Organization | None = rows.prefetch_related("domains").first()
    if found is None:
        raise NotFound(_("There is no such organization."))
    return found

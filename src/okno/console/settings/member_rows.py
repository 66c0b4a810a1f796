"""The rows of the members' list, in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from okno.team.models import GrantScope, Member, Role, RoleGrant, TeamMembership


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantCell:
    """A role of a member in words."""

    id: int
    role: str
    label: str
    where: str
    """Empty for the whole workspace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRow:
    """A member as the list shows him."""

    id: int
    name: str
    email: str
    title: str
    roles: list[GrantCell]
    teams: list[str]
    is_active: bool
    is_invited: bool


def member_rows() -> list[MemberRow]:
    """Return all members by name, those who no longer work here last (three queries)."""
    roles: dict[int, list[GrantCell]] = defaultdict(list)
    for grant in _grants():
        roles[grant.member_id].append(_cell(grant))
    teams: dict[int, list[str]] = defaultdict(list)
    for membership in TeamMembership.objects.select_related("team").order_by("team__position", "team__name"):
        teams[membership.member_id].append(membership.team.name)
    return [
        MemberRow(
            id=member.pk,
            name=member.name,
            email=member.email,
            title=member.title,
            roles=roles[member.pk],
            teams=teams[member.pk],
            is_active=member.is_active,
            is_invited=member.user_id is None,
        )
        for member in Member.objects.order_by("-is_active", "name", "id")
    ]


def grant_cells(member: Member) -> list[GrantCell]:
    """Return the roles of one member."""
    return [_cell(grant) for grant in _grants(member)]


def _grants(member: Member | None = None) -> Iterable[RoleGrant]:
    grants = RoleGrant.objects.select_related("desk", "team").order_by("id")
    return grants if member is None else grants.filter(member=member)


def _cell(grant: RoleGrant) -> GrantCell:
    place = grant.desk or grant.team
    own = str(GrantScope.OWN.label) if grant.scope == GrantScope.OWN else ""
    return GrantCell(
        id=grant.pk, role=grant.role, label=str(Role(grant.role).label), where=place.name if place else own
    )

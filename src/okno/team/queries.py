"""Who works here, and as whom a person acts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from okno.accounts.models import User
from okno.lib.addresses import InvalidAddress, normalise_address
from okno.spine.actor import Actor, ActorKind, Grant
from okno.team.models import Desk, Member, RoleGrant, Team, TeamMembership
from okno.tenancy.models import Workspace
from okno.tenancy.modules import all_manifests, enabled_manifests
from okno.tenancy.scope import current_workspace_id


def member_of(user: User) -> Member | None:
    """Return the active member that a signed-in user is in this workspace, or None."""
    return Member.objects.filter(user=user, is_active=True).first()


def actor_for(
    member: Member, *, token_id: int | None = None, token_scopes: Iterable[str] | None = None
) -> Actor:
    """Return the actor of a member, with his roles and teams (two queries)."""
    return actors_for([member], token_id=token_id, token_scopes=token_scopes)[member.pk]


def actors_for(
    members: Iterable[Member], *, token_id: int | None = None, token_scopes: Iterable[str] | None = None
) -> dict[int, Actor]:
    """Return the actors of members by id, in two queries however many they are."""
    members = list(members)
    ids = [member.pk for member in members]
    grants: dict[int, list[Grant]] = defaultdict(list)
    added = _permissions_of_modules()
    for row in RoleGrant.objects.filter(member_id__in=ids):
        grants[row.member_id].append(
            Grant(
                role=row.role,
                scope=row.scope,
                desk_id=row.desk_id,
                team_id=row.team_id,
                permissions=added.get(row.role, frozenset()),
            )
        )
    teams: dict[int, set[int]] = defaultdict(set)
    for member_id, team_id in TeamMembership.objects.filter(member_id__in=ids).values_list(
        "member_id", "team_id"
    ):
        teams[member_id].add(team_id)
    scopes = None if token_scopes is None else frozenset(token_scopes)
    return {
        member.pk: Actor(
            kind=ActorKind.MEMBER,
            id=member.pk,
            name=member.name,
            grants=tuple(grants[member.pk]) if member.is_active else (),
            team_ids=frozenset(teams[member.pk]),
            token_id=token_id,
            token_scopes=scopes,
        )
        for member in members
    }


def _permissions_of_modules() -> dict[str, frozenset[str]]:
    """Return what the modules that are on add to each role; asks nothing where none is installed."""
    if not all_manifests():
        return {}
    added: dict[str, set[str]] = defaultdict(set)
    for manifest in enabled_manifests(Workspace.objects.get(pk=current_workspace_id())):
        for permission, roles in manifest.permissions.items():
            for role in roles:
                added[role].add(permission)
    return {role: frozenset(permissions) for role, permissions in added.items()}


def member_by_address(address: str) -> Member | None:
    """Return the active member with this mail address, or None."""
    try:
        normal = normalise_address(address)
    except InvalidAddress:
        return None
    return Member.objects.filter(email=normal, is_active=True).first()


def active_members() -> list[Member]:
    """Return the members that can be given work, by name."""
    return list(Member.objects.filter(is_active=True).order_by("name", "id"))


def active_teams() -> list[Team]:
    """Return the teams, in their order."""
    return list(Team.objects.filter(is_active=True).select_related("desk").order_by("position", "name"))


def active_desks() -> list[Desk]:
    """Return the desks, in their order."""
    return list(Desk.objects.filter(is_active=True).order_by("position", "name"))


def default_desk() -> Desk:
    """Return the first desk; every workspace has one."""
    return Desk.objects.filter(is_active=True).order_by("position", "id")[0]

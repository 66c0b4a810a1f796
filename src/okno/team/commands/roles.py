"""Giving and taking roles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from okno.lib.errors import Conflict, Denied, Invalid, NotFound
from okno.spine.actor import Actor
from okno.spine.unit import command, emit
from okno.team import policy
from okno.team.commands.access import (
    find_desk,
    find_team,
    lock_administration,
    lock_member,
    require_other_administrator,
)
from okno.team.events import RoleGranted, RoleRevoked
from okno.team.models import GrantScope, Member, Role, RoleGrant


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleInScope:
    """A role, and where it is to hold."""

    role: str
    scope: str = GrantScope.WORKSPACE
    desk_id: int | None = None
    team_id: int | None = None


@command
def grant_role(*, actor: Actor, member_id: int, role: RoleInScope, now: datetime) -> RoleGrant:
    """Give a member a role. Raises Denied for a role above the actor's own, Conflict if the member has it already."""
    member = lock_member(actor, member_id)
    return add_role(actor, member, role, now=now)


@command
def revoke_role(*, actor: Actor, member_id: int, grant_id: int, now: datetime) -> None:
    """Take a role from a member. Raises Conflict for the last administrator's."""
    lock_administration()
    member = lock_member(actor, member_id)
    grant = RoleGrant.objects.filter(pk=grant_id, member=member).first()
    if grant is None:
        raise NotFound(_("The member does not have this role."))
    if grant.role == Role.ADMINISTRATOR and grant.scope == GrantScope.WORKSPACE:
        require_other_administrator(member)
    event = RoleRevoked(role=grant.role, scope=grant.scope, desk=grant.desk_id, team=grant.team_id)
    grant.delete()
    emit(actor, event, kind="member", subject=member, now=now)


def add_role(actor: Actor, member: Member, role: RoleInScope, *, now: datetime) -> RoleGrant:
    """Write a role of a member who is locked or new, within a command."""
    require_grantable(actor, role)
    values = {"role": role.role, "scope": role.scope, "desk_id": role.desk_id, "team_id": role.team_id}
    if RoleGrant.objects.filter(member=member, **values).exists():
        raise Conflict(_("The member has this role already."), code="role_held")
    grant: RoleGrant = RoleGrant.objects.create(member=member, **values)
    event = RoleGranted(role=role.role, scope=role.scope, desk=role.desk_id, team=role.team_id)
    emit(actor, event, kind="member", subject=member, now=now)
    return grant


def require_grantable(actor: Actor, role: RoleInScope) -> None:
    """Raise Invalid for nonsense and Denied for a role that the actor may not give."""
    if role.role not in Role.values:
        raise Invalid(_("There is no such role."), fields={"role": [_("Choose a role.")]})
    if not policy.can_grant(actor, role.role):
        raise Denied(_("You may not give a role that can do more than you can."))
    fits = {
        GrantScope.WORKSPACE: role.desk_id is None and role.team_id is None,
        GrantScope.OWN: role.desk_id is None and role.team_id is None,
        GrantScope.DESK: role.desk_id is not None and role.team_id is None,
        GrantScope.TEAM: role.team_id is not None and role.desk_id is None,
    }
    if not any(holds and scope == role.scope for scope, holds in fits.items()):
        raise Invalid(_("Say where the role holds."), fields={"scope": [_("Choose where the role holds.")]})
    if role.desk_id is not None:
        find_desk(role.desk_id)
    if role.team_id is not None:
        find_team(role.team_id)

"""What each role may do: role × scope. Denied by default."""

from __future__ import annotations

from collections.abc import Iterable

from okno.spine.actor import Actor, Grant
from okno.team.models import Role

TICKETS_READ = "tickets:read"
TICKETS_NOTE = "tickets:note"
TICKETS_WRITE = "tickets:write"
PEOPLE_READ = "people:read"
PEOPLE_WRITE = "people:write"
TEAM_WRITE = "team:write"
SETTINGS_READ = "settings:read"
SETTINGS_WRITE = "settings:write"
SYSTEM_WRITE = "system:write"
AUDIT_READ = "audit:read"

_AGENT = frozenset({TICKETS_READ, TICKETS_NOTE, TICKETS_WRITE, PEOPLE_READ, PEOPLE_WRITE})
_EVERYTHING = _AGENT | {TEAM_WRITE, SETTINGS_READ, SETTINGS_WRITE, SYSTEM_WRITE, AUDIT_READ}

PERMISSIONS: dict[str, frozenset[str]] = {
    Role.ADMINISTRATOR: _EVERYTHING,
    # Organizes the support (teams, lines, schedules) without the power over the system itself.
    Role.SUPPORT_ADMINISTRATOR: _EVERYTHING - {SYSTEM_WRITE, SETTINGS_WRITE},
    Role.CONFIGURATOR: frozenset({TICKETS_READ, PEOPLE_READ, SETTINGS_READ, SETTINGS_WRITE}),
    Role.SUPERVISOR: _AGENT,
    Role.AGENT: _AGENT,
    Role.LIGHT_AGENT: frozenset({TICKETS_READ, TICKETS_NOTE, PEOPLE_READ}),
}

# What an API token may be limited to, and the permissions that each scope opens.
TOKEN_SCOPES: dict[str, frozenset[str]] = {
    "tickets:read": frozenset({TICKETS_READ}),
    "tickets:write": frozenset({TICKETS_READ, TICKETS_NOTE, TICKETS_WRITE}),
    "people:read": frozenset({PEOPLE_READ}),
    "people:write": frozenset({PEOPLE_READ, PEOPLE_WRITE}),
    "settings:read": frozenset({SETTINGS_READ, AUDIT_READ}),
    "settings:write": frozenset({SETTINGS_READ, SETTINGS_WRITE, TEAM_WRITE, SYSTEM_WRITE, AUDIT_READ}),
    "*": _EVERYTHING,
}


def token_allows(actor: Actor, permission: str) -> bool:
    """Tell whether the actor's API token, if he came with one, is wide enough for a permission."""
    if actor.token_scopes is None or "*" in actor.token_scopes:
        return True
    return any(permission in TOKEN_SCOPES.get(scope, frozenset()) for scope in actor.token_scopes)


def is_granted(actor: Actor, permission: str) -> bool:
    """Tell whether a member holds a permission anywhere; the system holds all, a contact none."""
    if actor.is_system:
        return True
    return token_allows(actor, permission) and any(_gives(grant, permission) for grant in actor.grants)


def is_granted_everywhere(actor: Actor, permission: str) -> bool:
    """Tell whether a permission holds in the whole workspace, as settings need it."""
    if actor.is_system:
        return True
    return token_allows(actor, permission) and any(
        grant.scope == "workspace" and _gives(grant, permission) for grant in actor.grants
    )


def can_manage_people(actor: Actor) -> bool:
    """Tell whether the actor may change contacts and organizations."""
    return is_granted(actor, PEOPLE_WRITE)


def can_manage_team(actor: Actor) -> bool:
    """Tell whether the actor may invite members and change teams."""
    return is_granted_everywhere(actor, TEAM_WRITE)


def can_manage_settings(actor: Actor) -> bool:
    """Tell whether the actor may change how the workspace works (mailboxes, types)."""
    return is_granted_everywhere(actor, SETTINGS_WRITE)


def can_grant(actor: Actor, role: str) -> bool:
    """Tell whether the actor may give a role: nobody makes anybody mightier."""
    return can_manage_team(actor) and all(
        is_granted_everywhere(actor, permission) for permission in PERMISSIONS[role]
    )


def can_manage_member(actor: Actor, roles: Iterable[str]) -> bool:
    """Tell whether the actor may change a member who has these roles: never anybody mightier."""
    return can_manage_team(actor) and all(can_grant(actor, role) for role in roles)


def can_manage_system(actor: Actor) -> bool:
    """Tell whether the actor may change the workspace itself: its modules, other people's tokens."""
    return is_granted_everywhere(actor, SYSTEM_WRITE)


def can_read_audit(actor: Actor) -> bool:
    """Tell whether the actor may read what everybody did; what was done to the system only with its rights."""
    return is_granted_everywhere(actor, AUDIT_READ)


def _gives(grant: Grant, permission: str) -> bool:
    return permission in PERMISSIONS.get(grant.role, frozenset()) or permission in grant.permissions

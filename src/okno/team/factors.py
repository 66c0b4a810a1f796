"""Second factors: who must have one, and who has."""

from __future__ import annotations

from collections.abc import Iterable

from allauth.mfa.models import Authenticator
from django.db import connection

from okno.accounts.models import User
from okno.spine.actor import Actor
from okno.tenancy.models import Workspace

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""Recovery codes help out; alone they are no factor."""


def has_factor(user: User | None) -> bool:
    """Tell whether a user has an authenticator app or a passkey."""
    return user is not None and Authenticator.objects.filter(user=user, type__in=FACTORS).exists()


def needs_factor(workspace: Workspace, roles: Iterable[str]) -> bool:
    """Tell whether somebody with these roles must have a second factor."""
    return not set(workspace.second_factor_roles).isdisjoint(roles)


def lacks_factor(workspace: Workspace, user: User | None, actor: Actor) -> bool:
    """Tell whether an actor must set a second factor up first; asks nothing where no role needs one."""
    return needs_factor(workspace, (grant.role for grant in actor.grants)) and not has_factor(user)


def works_elsewhere(user: User) -> bool:
    """Tell whether a user works in other workspaces too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT okno_works_elsewhere(%s)", [user.pk])
        return bool(cursor.fetchone()[0])

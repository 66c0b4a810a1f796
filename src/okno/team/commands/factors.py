"""Requiring second factors of roles, and resetting those that somebody has lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from okno.accounts.letters import Letter, send_letter
from okno.accounts.sessions import end_all_sessions
from okno.lib.errors import Conflict, Denied, Invalid, NotFound
from okno.spine.actor import Actor
from okno.spine.unit import command, emit
from okno.spine.versions import VersionedKind, keep_version, versioned
from okno.team import policy
from okno.team.commands.access import lock_member
from okno.team.events import FactorChanged
from okno.team.factors import has_factor, needs_factor, works_elsewhere
from okno.team.models import Member, Role
from okno.tenancy.models import Workspace
from okno.tenancy.scope import current_workspace_id


@command
def require_factors(*, actor: Actor, workspace: Workspace, roles: Iterable[str], now: datetime) -> Workspace:
    """Set the roles whose members must have a second factor.

    Raises Denied, Invalid for an unknown role, Conflict for whoever would shut himself out.
    """
    if not policy.can_manage_system(actor):
        raise Denied(_("Only an administrator can require second factors."))
    wanted = sorted(set(roles))
    if not set(wanted) <= set(Role.values):
        words = _("There is no such role.")
        raise Invalid(words, fields={"roles": [words]})
    locked = Workspace.objects.select_for_update(no_key=True).get(pk=workspace.pk)
    before = _values(locked)
    locked.second_factor_roles = wanted
    own = [grant.role for grant in actor.grants]
    if actor.member_id is not None and needs_factor(locked, own) and not _has_factor(actor.member_id):
        words = _("Set up a second factor for yourself first: with this, your own role needs one.")
        raise Conflict(words, code="no_factor", fields={"roles": [words]})
    locked.save(update_fields=["second_factor_roles"])
    workspace.second_factor_roles = wanted
    keep_version(actor=actor, kind=SECURITY, row=locked, now=now, before=before)
    return locked


@command
def reset_factors(*, actor: Actor, workspace: Workspace, member_id: int, now: datetime) -> Member:
    """Take all second factors from a member who has lost them, and end his sessions; he is told by mail.

    Raises NotFound, Denied for somebody mightier, Conflict for oneself and for whoever works in other workspaces too.
    """
    member = lock_member(actor, member_id)
    if member.pk == actor.member_id:
        raise Conflict(_("Change your own second factors in your profile."), code="oneself")
    user = member.user
    if user is None or not Authenticator.objects.filter(user=user).exists():
        return member
    if works_elsewhere(user):
        raise Conflict(
            _("%(name)s works in other workspaces too, so no single one may reset the second factors.")
            % {"name": member.name},
            code="works_elsewhere",
        )
    Authenticator.objects.filter(user=user).delete()
    end_all_sessions(user)
    emit(actor, FactorChanged(factor="all", change="reset"), kind="member", subject=member, now=now)
    _tell(member, workspace, actor)
    return member


def _tell(member: Member, workspace: Workspace, actor: Actor) -> None:
    with override(member.language or workspace.language):
        words = {"member": member, "workspace": workspace, "who": actor.name}
        letter = Letter(
            address=member.email,
            name=member.name,
            subject=_("Your second factors were reset"),
            text=render_to_string("team/email/factors_reset.txt", words).strip(),
        )
    send_letter(letter)


def _has_factor(member_id: int) -> bool:
    return has_factor(Member.objects.select_related("user").get(pk=member_id).user)


def _find(object_id: int) -> Workspace:
    if object_id != current_workspace_id():
        raise NotFound(_("There is no such workspace."))
    return Workspace.objects.get(pk=object_id)


def _values(workspace: Workspace) -> dict[str, Any]:
    return {"second_factor_roles": sorted(workspace.second_factor_roles)}


def _restore(*, actor: Actor, row: Workspace, values: Mapping[str, Any], now: datetime) -> None:
    require_factors(actor=actor, workspace=row, roles=values["second_factor_roles"], now=now)


SECURITY = versioned(
    VersionedKind(
        name="security",
        label=gettext_lazy("Security"),
        find=_find,
        read=_values,
        restore=_restore,
        may_change=policy.can_manage_system,
        labels={"second_factor_roles": gettext_lazy("Roles that need a second factor")},
    )
)

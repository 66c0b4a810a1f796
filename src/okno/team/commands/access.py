"""The gates of this package: who may change whom, and that somebody can always administer the workspace."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from okno.lib.errors import Conflict, Denied, NotFound
from okno.spine.actor import Actor
from okno.team import policy
from okno.team.models import Desk, GrantScope, Member, Role, RoleGrant, Team


def require_team_rights(actor: Actor) -> None:
    """Raise Denied for whoever may not manage members and teams."""
    if not policy.can_manage_team(actor):
        raise Denied(_("You may not manage members and teams."))


def lock_member(actor: Actor, member_id: int) -> Member:
    """Return a member, locked for a change by the actor. Raises NotFound, Denied."""
    require_team_rights(actor)
    member: Member | None = Member.objects.select_for_update(no_key=True).filter(pk=member_id).first()
    if member is None:
        raise NotFound(_("There is no such member."))
    roles = RoleGrant.objects.filter(member=member).values_list("role", flat=True)
    if not policy.can_manage_member(actor, roles):
        raise Denied(_("You may not change somebody with more rights than your own."))
    return member


def find_team(team_id: int) -> Team:
    """Return a team. Raises NotFound."""
    team: Team | None = Team.objects.filter(pk=team_id).first()
    if team is None:
        raise NotFound(_("There is no such team."))
    return team


def find_desk(desk_id: int) -> Desk:
    """Return a desk. Raises NotFound."""
    desk: Desk | None = Desk.objects.filter(pk=desk_id).first()
    if desk is None:
        raise NotFound(_("There is no such desk."))
    return desk


def lock_administration() -> None:
    """Let changes of who administers happen one after the other, so that two cannot remove each other at once."""
    list(_administrations().select_for_update(no_key=True).order_by("id").values_list("id", flat=True))


def require_other_administrator(member: Member) -> None:
    """Raise Conflict if nobody but this member can administer the workspace. Call `lock_administration` before."""
    if not _administrations().filter(member=member).exists():
        return
    others = _administrations().exclude(member=member)
    if not others.filter(member__is_active=True, member__user__isnull=False).exists():
        raise Conflict(
            _("%(name)s is the only administrator. Make somebody else one first.") % {"name": member.name},
            code="last_administrator",
        )


def _administrations() -> QuerySet[RoleGrant]:
    return RoleGrant.objects.filter(role=Role.ADMINISTRATOR, scope=GrantScope.WORKSPACE)

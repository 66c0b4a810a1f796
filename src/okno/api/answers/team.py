"""Members, teams and desks as callers get them."""

from __future__ import annotations

from pydantic import Field

from okno.api.answers.base import Answer, Named
from okno.team.models import Desk, Member, RoleGrant, Team


class MemberAnswer(Answer):
    """A member of the workspace."""

    id: int
    name: str
    email: str
    title: str
    is_active: bool


class RoleAnswer(Answer):
    """A role, and where it holds."""

    id: int
    role: str
    scope: str = Field(description="workspace, desk, team or own.")
    desk: int | None
    team: int | None


class WholeMemberAnswer(MemberAnswer):
    """A member as those see him who manage members."""

    language: str
    has_joined: bool = Field(
        description="Whether an invited member has come; until then nobody signs in as him."
    )
    roles: list[RoleAnswer]
    teams: list[Named]


class InvitedMemberAnswer(WholeMemberAnswer):
    """A member who was just invited."""

    was_sent: bool = Field(
        description="Whether the link went by mail. If no mail can be sent, the console shows it."
    )


class TeamAnswer(Answer):
    """A team."""

    id: int
    name: str
    line: int = Field(description="The support line, from 1.")
    desk: Named
    is_active: bool


class WholeTeamAnswer(TeamAnswer):
    """A team with its members."""

    members: list[Named]


class DeskAnswer(Answer):
    """A department's service point."""

    id: int
    name: str
    is_active: bool


def member_answer(member: Member) -> MemberAnswer:
    """Return a member."""
    return MemberAnswer(
        id=member.pk, name=member.name, email=member.email, title=member.title, is_active=member.is_active
    )


def role_answer(grant: RoleGrant) -> RoleAnswer:
    """Return a role."""
    return RoleAnswer(id=grant.pk, role=grant.role, scope=grant.scope, desk=grant.desk_id, team=grant.team_id)


def whole_member_answer(member: Member) -> WholeMemberAnswer:
    """Return a member with his roles and teams."""
    return WholeMemberAnswer(
        **member_answer(member).model_dump(),
        language=member.language,
        has_joined=member.user_id is not None,
        roles=[role_answer(grant) for grant in member.grants.order_by("id")],
        teams=[Named(id=team.pk, name=team.name) for team in member.teams.order_by("position", "name")],
    )


def team_answer(team: Team) -> TeamAnswer:
    """Return a team, whose desk is loaded."""
    return TeamAnswer(
        id=team.pk,
        name=team.name,
        line=team.line,
        desk=Named(id=team.desk.pk, name=team.desk.name),
        is_active=team.is_active,
    )


def whole_team_answer(team: Team) -> WholeTeamAnswer:
    """Return a team, whose desk is loaded, with its members."""
    members = team.members.order_by("name", "id")
    return WholeTeamAnswer(
        **team_answer(team).model_dump(), members=[Named(id=one.pk, name=one.name) for one in members]
    )


def desk_answer(desk: Desk) -> DeskAnswer:
    """Return a desk."""
    return DeskAnswer(id=desk.pk, name=desk.name, is_active=desk.is_active)

"""Who one is, and what a workspace offers to choose from: members, teams, statuses, request types."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from ninja import Router
from pydantic import Field

from okno.api.answers.base import Answer, Listed, Named
from okno.api.answers.people import MemberAnswer, TeamAnswer, member_answer, team_answer
from okno.api.callers import ApiRequest
from okno.lib.errors import Denied
from okno.team.models import Member, Team
from okno.team.policy import SETTINGS_READ, TICKETS_READ, is_granted
from okno.team.queries import active_teams
from okno.tickets.models import RequestType, Status

router = Router(tags=["directory"])


class RoleAnswer(Answer):
    """A role, and where it holds."""

    role: str
    scope: str = Field(description="workspace, desk, team or own.")
    desk: int | None
    team: int | None


class WorkspaceAnswer(Answer):
    """The workspace of the token."""

    name: str
    language: str
    timezone: str


class TokenAnswer(Answer):
    """The token that was sent."""

    name: str
    scopes: list[str]
    expires_at: datetime | None


class MeAnswer(Answer):
    """As whom and within what limits one calls."""

    member: MemberAnswer
    roles: list[RoleAnswer]
    teams: list[int]
    workspace: WorkspaceAnswer
    token: TokenAnswer


class StatusAnswer(Answer):
    """A status: its inner name, and the one that requesters read."""

    key: str
    category: str
    name: str
    public_name: str
    is_default: bool = Field(description="Whether the bare category means this one.")


class TypeAnswer(Answer):
    """A request type."""

    key: str
    name: str
    kind: str
    desk: Named
    team: Named | None
    is_default: bool


@router.get("/me", response=MeAnswer)
def read_me(request: ApiRequest) -> MeAnswer:
    """Return as whom one calls."""
    caller = request.caller
    return MeAnswer(
        member=member_answer(caller.member),
        roles=[
            RoleAnswer(role=grant.role, scope=grant.scope, desk=grant.desk_id, team=grant.team_id)
            for grant in caller.actor.grants
        ],
        teams=sorted(caller.actor.team_ids),
        workspace=WorkspaceAnswer(
            name=caller.workspace.name, language=caller.workspace.language, timezone=caller.workspace.timezone
        ),
        token=TokenAnswer(
            name=caller.token.name, scopes=caller.token.scopes, expires_at=caller.token.expires_at
        ),
    )


@router.get("/members", response=Listed[MemberAnswer])
def list_members(request: ApiRequest) -> Listed[MemberAnswer]:
    """Return the members by name, those who have left included."""
    _require_insight(request)
    members: list[Member] = list(Member.objects.order_by("name", "id"))
    return Listed[MemberAnswer](items=[member_answer(member) for member in members], next=None)


@router.get("/teams", response=Listed[TeamAnswer])
def list_teams(request: ApiRequest) -> Listed[TeamAnswer]:
    """Return the active teams in their order."""
    _require_insight(request)
    teams: list[Team] = active_teams()
    return Listed[TeamAnswer](items=[team_answer(team) for team in teams], next=None)


@router.get("/statuses", response=Listed[StatusAnswer])
def list_statuses(request: ApiRequest) -> Listed[StatusAnswer]:
    """Return the statuses in their order."""
    _require_insight(request)
    return Listed[StatusAnswer](
        items=[
            StatusAnswer(
                key=status.key,
                category=status.category,
                name=status.name,
                public_name=status.public_name,
                is_default=status.is_default,
            )
            for status in Status.objects.order_by("position", "id")
        ],
        next=None,
    )


@router.get("/types", response=Listed[TypeAnswer])
def list_types(request: ApiRequest) -> Listed[TypeAnswer]:
    """Return the active request types in their order."""
    _require_insight(request)
    types = (
        RequestType.objects.filter(is_active=True).select_related("desk", "team").order_by("position", "id")
    )
    return Listed[TypeAnswer](
        items=[
            TypeAnswer(
                key=one.key,
                name=one.name,
                kind=one.kind,
                desk=Named(id=one.desk.pk, name=one.desk.name),
                team=Named(id=one.team.pk, name=one.team.name) if one.team else None,
                is_default=one.is_default,
            )
            for one in types
        ],
        next=None,
    )


def _require_insight(request: ApiRequest) -> None:
    """Refuse whoever may see neither tickets nor settings. Raises Denied."""
    if not (is_granted(request.actor, TICKETS_READ) or is_granted(request.actor, SETTINGS_READ)):
        raise Denied(_("The token's scopes or its member's roles do not allow this."), code="not_allowed")

"""Who one is, and which views of the list of tickets there are."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Router
from pydantic import Field

from okno.api.answers.base import Answer, Listed
from okno.api.answers.team import MemberAnswer, member_answer
from okno.api.callers import ApiRequest
from okno.api.rights import every_caller, needs
from okno.conditions.tree import dump
from okno.team.policy import TICKETS_READ
from okno.tickets.queries.views import VIEWS

router = Router(tags=["directory"])


class GrantAnswer(Answer):
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
    networks: list[str] = Field(
        description="The only networks that it works from; empty: it works everywhere."
    )
    expires_at: datetime | None


class MeAnswer(Answer):
    """As whom and within what limits one calls."""

    member: MemberAnswer
    roles: list[GrantAnswer]
    teams: list[int]
    workspace: WorkspaceAnswer
    token: TokenAnswer


class ViewAnswer(Answer):
    """A view of the ticket list."""

    key: str
    name: str
    section: str = Field(description="mine, team or shared.")
    filter: dict[str, Any] = Field(description="Send it as JSON in `filter` of the list of tickets.")


@router.get("/me", response=MeAnswer, auth=every_caller())
def read_me(request: ApiRequest) -> MeAnswer:
    """Return as whom one calls."""
    caller = request.caller
    return MeAnswer(
        member=member_answer(caller.member),
        roles=[
            GrantAnswer(role=grant.role, scope=grant.scope, desk=grant.desk_id, team=grant.team_id)
            for grant in caller.actor.grants
        ],
        teams=sorted(caller.actor.team_ids),
        workspace=WorkspaceAnswer(
            name=caller.workspace.name, language=caller.workspace.language, timezone=caller.workspace.timezone
        ),
        token=TokenAnswer(
            name=caller.token.name,
            scopes=caller.token.scopes,
            networks=caller.token.networks,
            expires_at=caller.token.expires_at,
        ),
    )


@router.get("/views", response=Listed[ViewAnswer], auth=needs(TICKETS_READ))
def list_views(request: ApiRequest) -> Listed[ViewAnswer]:
    """Return the views of the ticket list, each with the filter that makes it."""
    return Listed[ViewAnswer](
        items=[
            ViewAnswer(key=view.key, name=str(view.label), section=view.section, filter=dump(view.condition))
            for view in VIEWS
        ],
        next=None,
    )

"""Who one is, and what a workspace offers to choose from: statuses, request types, topics, tags, views."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Router
from pydantic import Field

from okno.api.answers.base import Answer, Listed, Named
from okno.api.answers.team import MemberAnswer, member_answer
from okno.api.callers import ApiRequest
from okno.api.rights import INSIGHT, every_caller, needs
from okno.conditions.tree import dump
from okno.team.policy import TICKETS_READ
from okno.tickets.models import RequestType, Status, Topic
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


class TopicAnswer(Answer):
    """A topic of the tree."""

    id: int
    name: str
    parent: int | None


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


@router.get("/statuses", response=Listed[StatusAnswer], auth=needs(*INSIGHT))
def list_statuses(request: ApiRequest) -> Listed[StatusAnswer]:
    """Return the statuses in their order."""
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


@router.get("/types", response=Listed[TypeAnswer], auth=needs(*INSIGHT))
def list_types(request: ApiRequest) -> Listed[TypeAnswer]:
    """Return the active request types in their order."""
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


@router.get("/topics", response=Listed[TopicAnswer], auth=needs(*INSIGHT))
def list_topics(request: ApiRequest) -> Listed[TopicAnswer]:
    """Return the topics that may be chosen, those above before those below."""
    rows = Topic.objects.filter(is_active=True)
    ordered = sorted(rows, key=lambda topic: (topic.path.count("/"), topic.position, topic.pk))
    return Listed[TopicAnswer](
        items=[TopicAnswer(id=one.pk, name=one.name, parent=one.parent_id) for one in ordered], next=None
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

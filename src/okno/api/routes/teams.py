"""Teams and desks."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import Field

from okno.api.answers.base import Listed
from okno.api.answers.team import (
    DeskAnswer,
    TeamAnswer,
    WholeTeamAnswer,
    desk_answer,
    team_answer,
    whole_team_answer,
)
from okno.api.callers import ApiRequest
from okno.api.inputs import Given, Id, Name, PathId, Truth, Whole
from okno.api.lookups import find_desk
from okno.api.rights import INSIGHT, needs
from okno.lib.errors import NotFound
from okno.spine.unit import unit_of_work
from okno.team.commands import teams as commands
from okno.team.models import Desk, Team
from okno.team.policy import TEAM_WRITE

router = Router(tags=["teams"])

Line = Annotated[Whole, Field(ge=commands.LINES.start, lt=commands.LINES.stop)]
MemberIds = Annotated[list[Id], Field(max_length=1000, description="Ids of members.")]
GivenName = Annotated[Name, Field(min_length=1)]


class Closed(Given):
    """Whether what is closed is wanted too."""

    all: bool = Field(False, description="Closed ones too.")


class NewTeamBody(Given):
    """A team of a desk."""

    name: GivenName
    desk: Id
    line: Line = 1
    members: MemberIds = []


class TeamChange(Given):
    """What is to change; what is absent stays as it is. The members are replaced as a whole."""

    name: GivenName = Field(default_factory=str)
    desk: Id = Field(default_factory=int)
    line: Line = Field(default_factory=int)
    members: MemberIds = Field(default_factory=list)
    is_active: Truth = Field(default_factory=bool, description="A closed team gets nothing new.")


class NewDeskBody(Given):
    """A desk."""

    name: GivenName


class DeskChange(Given):
    """What is to change; what is absent stays as it is."""

    name: GivenName = Field(default_factory=str)
    is_active: Truth = Field(default_factory=bool, description="A desk with open teams cannot be closed.")


@router.get("/teams", response=Listed[TeamAnswer], auth=needs(*INSIGHT))
def list_teams(request: ApiRequest, which: Query[Closed]) -> Listed[TeamAnswer]:
    """Return the teams in their order."""
    rows = Team.objects.select_related("desk").order_by("position", "name")
    found: list[Team] = list(rows if which.all else rows.filter(is_active=True))
    return Listed[TeamAnswer](items=[team_answer(team) for team in found], next=None)


@router.post("/teams", response={201: WholeTeamAnswer}, auth=needs(TEAM_WRITE, everywhere=True))
def create_team(request: ApiRequest, response: HttpResponse, body: NewTeamBody) -> WholeTeamAnswer:
    """Make a team."""
    made = commands.create_team(
        actor=request.actor,
        name=body.name,
        line=body.line,
        desk_id=find_desk(body.desk, field="desk").pk,
        member_ids=body.members,
        now=request.now,
    )
    response["Location"] = f"/api/v1/teams/{made.pk}"
    return whole_team_answer(_find_team(made.pk))


@router.get("/teams/{id}", response=WholeTeamAnswer, auth=needs(*INSIGHT))
def read_team(request: ApiRequest, id: PathId) -> WholeTeamAnswer:  # noqa: A002 (the path's name)
    """Return a team with its members."""
    return whole_team_answer(_find_team(id))


@router.patch("/teams/{id}", response=WholeTeamAnswer, auth=needs(TEAM_WRITE, everywhere=True))
def change_team(request: ApiRequest, id: PathId, body: TeamChange) -> WholeTeamAnswer:  # noqa: A002
    """Change a team, close it or open it again; the last open one stays open."""
    given: dict[str, Any] = body.model_dump(exclude_unset=True)
    with unit_of_work():
        team = _find_team(id, is_locked=True)
        present: dict[str, Any] = {
            "name": team.name,
            "line": team.line,
            "desk": team.desk_id,
            "members": list(team.memberships.values_list("member_id", flat=True)),
            "is_active": team.is_active,
        }
        wanted = present | given
        commands.change_team(
            actor=request.actor,
            team_id=id,
            name=wanted["name"],
            line=wanted["line"],
            desk_id=find_desk(wanted["desk"], field="desk").pk,
            member_ids=wanted["members"],
            is_active=wanted["is_active"],
            now=request.now,
        )
    return whole_team_answer(_find_team(id))


@router.get("/desks", response=Listed[DeskAnswer], auth=needs(*INSIGHT))
def list_desks(request: ApiRequest, which: Query[Closed]) -> Listed[DeskAnswer]:
    """Return the desks in their order."""
    rows = Desk.objects.order_by("position", "name")
    found: list[Desk] = list(rows if which.all else rows.filter(is_active=True))
    return Listed[DeskAnswer](items=[desk_answer(desk) for desk in found], next=None)


@router.post("/desks", response={201: DeskAnswer}, auth=needs(TEAM_WRITE, everywhere=True))
def create_desk(request: ApiRequest, response: HttpResponse, body: NewDeskBody) -> DeskAnswer:
    """Make a desk; from the second on, desks are seen everywhere."""
    made = commands.create_desk(actor=request.actor, name=body.name, now=request.now)
    response["Location"] = f"/api/v1/desks/{made.pk}"
    return desk_answer(made)


@router.get("/desks/{id}", response=DeskAnswer, auth=needs(*INSIGHT))
def read_desk(request: ApiRequest, id: PathId) -> DeskAnswer:  # noqa: A002
    """Return one desk."""
    return desk_answer(_find_desk(id))


@router.patch("/desks/{id}", response=DeskAnswer, auth=needs(TEAM_WRITE, everywhere=True))
def change_desk(request: ApiRequest, id: PathId, body: DeskChange) -> DeskAnswer:  # noqa: A002
    """Rename a desk, close it or open it again."""
    given = body.model_dump(exclude_unset=True)
    with unit_of_work():
        desk = _find_desk(id, is_locked=True)
        wanted = {"name": desk.name, "is_active": desk.is_active, **given}
        changed = commands.change_desk(actor=request.actor, desk_id=id, now=request.now, **wanted)
    return desk_answer(changed)


def _find_team(team_id: int, *, is_locked: bool = False) -> Team:
    rows = Team.objects.select_related("desk").filter(pk=team_id)
    found: Team | None = (rows.select_for_update(no_key=True, of=("self",)) if is_locked else rows).first()
    if found is None:
        raise NotFound(_("There is no such team."))
    return found


def _find_desk(desk_id: int, *, is_locked: bool = False) -> Desk:
    rows = Desk.objects.filter(pk=desk_id)
    found: Desk | None = (rows.select_for_update(no_key=True) if is_locked else rows).first()
    if found is None:
        raise NotFound(_("There is no such desk."))
    return found

"""Members: who works here, invitations, roles, switching off with hand-over."""

from __future__ import annotations

from typing import Annotated, Literal

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import Field

from okno.api.answers.base import Listed
from okno.api.answers.team import (
    InvitedMemberAnswer,
    MemberAnswer,
    RoleAnswer,
    WholeMemberAnswer,
    member_answer,
    role_answer,
    whole_member_answer,
)
from okno.api.callers import ApiRequest
from okno.api.inputs import Address, Given, Id, Name, PathId, Truth
from okno.api.lookups import GivenMember, find_desk, find_member, find_team
from okno.api.rights import INSIGHT, needs
from okno.lib.errors import Invalid, NotFound
from okno.spine.unit import unit_of_work
from okno.team.commands.invite import invite_member, renew_invitation
from okno.team.commands.members import activate_member, deactivate_member
from okno.team.commands.members import change_member as save_member
from okno.team.commands.roles import RoleInScope, grant_role, revoke_role
from okno.team.models import Member
from okno.team.policy import TEAM_WRITE

router = Router(tags=["members"])

GivenLanguage = Literal["", "en", "ru"]


class NewRoleBody(Given):
    """A role, and where it is to hold."""

    role: Literal[
        "administrator", "support_administrator", "configurator", "supervisor", "agent", "light_agent"
    ]
    scope: Literal["workspace", "desk", "team", "own"] = "workspace"
    desk: Id | None = Field(None, description="For the scope `desk`.")
    team: Id | None = Field(None, description="For the scope `team`.")


class NewMemberBody(NewRoleBody):
    """Somebody who is invited, with a first role."""

    email: Address
    name: Name = ""
    teams: Annotated[list[Id], Field(max_length=100)] = []


class MemberChange(Given):
    """What is to change; what is absent stays as it is."""

    name: Annotated[Name, Field(min_length=1)] = Field(default_factory=str)
    title: Name = Field(default_factory=str)
    language: GivenLanguage = Field(default_factory=lambda: "")
    is_active: Truth = Field(
        default_factory=bool, description="false ends sessions, tokens and invitations at once."
    )
    successor: GivenMember | None = Field(
        None, description="With `is_active` false: who gets the open tickets, by id or mail address."
    )


@router.get("/members", response=Listed[MemberAnswer], auth=needs(*INSIGHT))
def list_members(request: ApiRequest) -> Listed[MemberAnswer]:
    """Return the members by name, those who have left included."""
    members: list[Member] = list(Member.objects.order_by("name", "id"))
    return Listed[MemberAnswer](items=[member_answer(member) for member in members], next=None)


@router.post("/members", response={201: InvitedMemberAnswer}, auth=needs(TEAM_WRITE, everywhere=True))
def create_member(request: ApiRequest, response: HttpResponse, body: NewMemberBody) -> InvitedMemberAnswer:
    """Invite somebody by mail. The link works once, for 72 hours, and is told to nobody else.

    Nobody is given a role that can do more than the caller: a token with `settings:write` alone invites no agents.
    """
    invitation = invite_member(
        actor=request.actor,
        workspace=request.caller.workspace,
        email=body.email,
        name=body.name,
        role=_role(body),
        team_ids=[find_team(one, field="teams").pk for one in body.teams],
        now=request.now,
    )
    response["Location"] = f"/api/v1/members/{invitation.member.pk}"
    return _invited(invitation.member, was_sent=invitation.was_sent)


@router.get("/members/{id}", response=WholeMemberAnswer, auth=needs(TEAM_WRITE, everywhere=True))
def read_member(request: ApiRequest, id: PathId) -> WholeMemberAnswer:  # noqa: A002 (the path's name)
    """Return a member with his roles and teams."""
    return whole_member_answer(_find(id))


@router.patch("/members/{id}", response=WholeMemberAnswer, auth=needs(TEAM_WRITE, everywhere=True))
def change_member(request: ApiRequest, id: PathId, body: MemberChange) -> WholeMemberAnswer:  # noqa: A002
    """Change a member, switch him off and hand his open tickets over, or switch him on again."""
    _find(id)
    given = body.model_dump(exclude_unset=True)
    is_active, successor = given.pop("is_active", None), given.pop("successor", None)
    if successor is not None and is_active is not False:
        words = _("A successor goes with switching off.")
        raise Invalid(words, fields={"successor": [words]})
    with unit_of_work():
        if given:
            save_member(actor=request.actor, member_id=id, changes=given, now=request.now)
        if is_active is True:
            activate_member(actor=request.actor, member_id=id, now=request.now)
        if is_active is False:
            deactivate_member(
                actor=request.actor,
                workspace=request.caller.workspace,
                member_id=id,
                successor_id=None if successor is None else find_member(successor, field="successor").pk,
                now=request.now,
            )
    return whole_member_answer(_find(id))


@router.post(
    "/members/{id}/invitation", response=InvitedMemberAnswer, auth=needs(TEAM_WRITE, everywhere=True)
)
def invite_again(request: ApiRequest, id: PathId) -> InvitedMemberAnswer:  # noqa: A002
    """Send a new link to somebody who has not come yet; the former one stops working."""
    invitation = renew_invitation(
        actor=request.actor, workspace=request.caller.workspace, member_id=id, now=request.now
    )
    return _invited(invitation.member, was_sent=invitation.was_sent)


@router.post("/members/{id}/roles", response={201: RoleAnswer}, auth=needs(TEAM_WRITE, everywhere=True))
def create_role(request: ApiRequest, id: PathId, body: NewRoleBody) -> RoleAnswer:  # noqa: A002
    """Give a member one more role, never one that can do more than the caller."""
    _find(id)
    return role_answer(grant_role(actor=request.actor, member_id=id, role=_role(body), now=request.now))


@router.delete("/members/{id}/roles/{role_id}", response={204: None}, auth=needs(TEAM_WRITE, everywhere=True))
def delete_role(request: ApiRequest, id: PathId, role_id: PathId) -> None:  # noqa: A002
    """Take a role from a member; the last administrator keeps his."""
    revoke_role(actor=request.actor, member_id=id, grant_id=role_id, now=request.now)


def _role(body: NewRoleBody) -> RoleInScope:
    return RoleInScope(
        role=body.role,
        scope=body.scope,
        desk_id=None if body.desk is None else find_desk(body.desk, field="desk").pk,
        team_id=None if body.team is None else find_team(body.team).pk,
    )


def _find(member_id: int) -> Member:
    found: Member | None = Member.objects.filter(pk=member_id).first()
    if found is None:
        raise NotFound(_("There is no such member."))
    return found


def _invited(member: Member, *, was_sent: bool) -> InvitedMemberAnswer:
    return InvitedMemberAnswer(**whole_member_answer(member).model_dump(), was_sent=was_sent)

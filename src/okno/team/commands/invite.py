"""Inviting people, and their coming in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from okno.accounts.commands import create_user
from okno.accounts.keys import find_key, issue_key, revoke_keys, use_key
from okno.accounts.letters import Letter, send_letter
from okno.accounts.models import KeyHash, User
from okno.lib.addresses import InvalidAddress, clean_name, normalise_address
from okno.lib.errors import Conflict, Denied, Invalid, NotFound
from okno.spine.actor import Actor
from okno.spine.taken import unless_taken
from okno.spine.unit import command, emit
from okno.team.commands.access import find_team, lock_member, require_team_rights
from okno.team.commands.roles import RoleInScope, add_role, require_grantable
from okno.team.events import MemberInvited, MemberJoined
from okno.team.models import Member, TeamMembership
from okno.team.queries import actor_for
from okno.tenancy.hosts import public_url
from okno.tenancy.models import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """An invitation as the inviter gets it: the link is shown to him once, and may have gone by mail too."""

    member: Member
    url: str
    was_sent: bool


@command
def invite_member(
    *,
    actor: Actor,
    workspace: Workspace,
    email: str,
    role: RoleInScope,
    now: datetime,
    name: str = "",
    team_ids: Sequence[int] = (),
) -> Invitation:
    """Invite somebody by a link that works once, for 72 hours. Raises Denied, Invalid, Conflict for a known address."""
    require_team_rights(actor)
    require_grantable(actor, role)
    address = _address(email)
    _refuse_known(address)
    with unless_taken(_known(_("Somebody else has just invited this person."))):
        member = Member.objects.create(email=address, name=clean_name(name) or address.partition("@")[0])
    TeamMembership.objects.bulk_create(
        TeamMembership(member=member, team=find_team(team_id)) for team_id in dict.fromkeys(team_ids)
    )
    add_role(actor, member, role, now=now)
    return _invite(actor, member, workspace=workspace, role=role.role, now=now)


@command
def renew_invitation(*, actor: Actor, workspace: Workspace, member_id: int, now: datetime) -> Invitation:
    """Make a new link for somebody who has not come yet; the former one stops working. Raises Conflict if he has."""
    member = lock_member(actor, member_id)
    if member.user_id is not None:
        raise Conflict(_("%(name)s has joined already.") % {"name": member.name}, code="has_joined")
    if not member.is_active:
        raise Conflict(_("%(name)s is switched off.") % {"name": member.name}, code="inactive")
    return _invite(actor, member, workspace=workspace, role="", now=now)


def invited_member(secret: str, *, workspace: Workspace, now: datetime) -> Member:
    """Return whom an invitation is for, without using it up. Raises NotFound for a dead link."""
    key = find_key(secret, purpose=KeyHash.Purpose.INVITATION, workspace=workspace, now=now)
    member: Member | None = Member.objects.filter(pk=key.payload["member"], user=None, is_active=True).first()
    if member is None:
        raise NotFound(_("This invitation no longer holds."), code="dead_link")
    return member


def has_account(member: Member) -> bool:
    """Tell whether an invited person signs in elsewhere already; then only that account may join."""
    return User.objects.filter(email=member.email).exists()


@command
def accept_invitation(
    *, secret: str, workspace: Workspace, name: str, password: str, now: datetime
) -> Member:
    """Make the account of an invited person who has none. Raises NotFound, Invalid, Conflict if there is an account."""
    member = _take(secret, workspace=workspace, now=now)
    member.name = _person_name(name)
    member.user = create_user(email=member.email, name=member.name, password=password)
    return _join(member, now=now)


@command
def join_by_invitation(*, secret: str, workspace: Workspace, user: User, now: datetime) -> Member:
    """Let a signed-in user join. Raises NotFound, and Denied for a user whom the invitation does not name."""
    member = _take(secret, workspace=workspace, now=now)
    if user.email != member.email:
        raise Denied(
            _("The invitation is for %(address)s. Sign in with that account.") % {"address": member.email}
        )
    member.user = user
    return _join(member, now=now)


def _address(email: str) -> str:
    try:
        return normalise_address(email)
    except InvalidAddress as error:
        words = _("This is not a mail address.")
        raise Invalid(words, fields={"email": [words]}) from error


def _refuse_known(address: str) -> None:
    member = Member.objects.filter(email=address).first()
    if member is None:
        return
    if not member.is_active:
        words = _("%(name)s worked here and is switched off. Switch the member on again.")
    elif member.user_id is None:
        words = _("%(name)s has been invited already. Send the invitation again from the list.")
    else:
        words = _("%(name)s is a member already.")
    raise _known(words % {"name": member.name})


def _known(words: str) -> Conflict:
    return Conflict(words, code="member_exists", fields={"email": [words]})


def _person_name(name: str) -> str:
    cleaned = clean_name(name)
    if not cleaned:
        raise Invalid(_("A member needs a name."), fields={"name": [_("Write your name.")]})
    return cleaned


def _invite(actor: Actor, member: Member, *, workspace: Workspace, role: str, now: datetime) -> Invitation:
    payload = {"member": member.pk}
    revoke_keys(purpose=KeyHash.Purpose.INVITATION, workspace=workspace, payload=payload)
    secret = issue_key(purpose=KeyHash.Purpose.INVITATION, workspace=workspace, payload=payload, now=now)
    url = public_url(workspace, f"/invitation/?key={secret}")
    emit(actor, MemberInvited(role=role), kind="member", subject=member, now=now)
    was_sent = _send(actor, member, workspace=workspace, url=url)
    return Invitation(member=member, url=url, was_sent=was_sent)


def _send(actor: Actor, member: Member, *, workspace: Workspace, url: str) -> bool:
    with override(member.language or workspace.language):
        subject = _("Your invitation to %(workspace)s") % {"workspace": workspace.name}
        words = {"url": url, "workspace": workspace, "member": member, "inviter": actor.name}
        text = render_to_string("team/email/invitation.txt", words).strip()
    return send_letter(Letter(address=member.email, name=member.name, subject=subject, text=text))


def _take(secret: str, *, workspace: Workspace, now: datetime) -> Member:
    member = invited_member(secret, workspace=workspace, now=now)
    locked: Member = Member.objects.select_for_update(no_key=True).get(pk=member.pk)
    use_key(find_key(secret, purpose=KeyHash.Purpose.INVITATION, workspace=workspace, now=now), now=now)
    return locked


def _join(member: Member, *, now: datetime) -> Member:
    member.save(update_fields=["name", "user"])
    emit(actor_for(member), MemberJoined(by="invitation"), kind="member", subject=member, now=now)
    return member

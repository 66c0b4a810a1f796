"""Ending sessions: one's own, and those of a member."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from okno.accounts.sessions import end_sessions, sessions_of
from okno.lib.errors import Denied, NotFound
from okno.spine.actor import Actor
from okno.spine.unit import command, emit
from okno.team.commands.access import lock_member
from okno.team.events import SessionsEnded
from okno.team.models import Member
from okno.tenancy.models import Workspace


@command
def end_own_session(*, actor: Actor, workspace: Workspace, session_id: int, now: datetime) -> None:
    """End one session of the actor. Raises NotFound for one that is over or somebody else's."""
    member = _oneself(actor)
    count = _end(member, workspace, only=session_id)
    if not count:
        raise NotFound(_("This session is over already."))
    emit(actor, SessionsEnded(count=count, everywhere=False), kind="member", subject=member, now=now)


@command
def end_other_sessions(*, actor: Actor, workspace: Workspace, keep: int | None, now: datetime) -> int:
    """End all sessions of the actor but the one that he keeps; returns how many there were."""
    member = _oneself(actor)
    count = _end(member, workspace, keep=keep)
    if count:
        emit(actor, SessionsEnded(count=count, everywhere=True), kind="member", subject=member, now=now)
    return count


@command
def end_member_sessions(*, actor: Actor, workspace: Workspace, member_id: int, now: datetime) -> int:
    """End all sessions of a member in this workspace. Raises NotFound, Denied for somebody mightier."""
    member = lock_member(actor, member_id)
    count = _end(member, workspace)
    if count:
        emit(actor, SessionsEnded(count=count, everywhere=True), kind="member", subject=member, now=now)
    return count


def _oneself(actor: Actor) -> Member:
    if actor.member_id is None or actor.token_id is not None:
        raise Denied(_("Only a member has sessions."))
    member: Member = Member.objects.select_related("user").get(pk=actor.member_id)
    return member


def _end(member: Member, workspace: Workspace, *, only: int | None = None, keep: int | None = None) -> int:
    if member.user is None:
        return 0
    sessions = sessions_of(member.user, workspace).exclude(pk=keep or 0)
    return end_sessions(sessions if only is None else sessions.filter(pk=only))

"""The first administrator of an empty workspace: whoever holds the link that was printed in the terminal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from okno.accounts.commands import create_user
from okno.accounts.keys import find_key, issue_key, revoke_keys, use_key
from okno.accounts.models import KeyHash, User
from okno.lib.addresses import InvalidAddress, clean_name, normalise_address
from okno.lib.errors import Conflict, Invalid
from okno.spine.actor import SYSTEM
from okno.spine.unit import command, emit
from okno.team.commands.workspace import checked_values
from okno.team.events import MemberJoined
from okno.team.models import GrantScope, Member, Role, RoleGrant, Team, TeamMembership
from okno.tenancy.commands import claim_host
from okno.tenancy.models import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstWords:
    """What the first page asks about the workspace."""

    workspace_name: str
    language: str
    timezone: str


def has_administrator() -> bool:
    """Tell whether somebody can administer the workspace of the scope."""
    return RoleGrant.objects.filter(
        role=Role.ADMINISTRATOR,
        scope=GrantScope.WORKSPACE,
        member__is_active=True,
        member__user__isnull=False,
    ).exists()


def first_link_path(*, workspace: Workspace, now: datetime) -> str:
    """Return the path of a new link that makes the first administrator; earlier ones stop working.

    Raises Conflict if there is one.
    """
    if has_administrator():
        raise Conflict(_("This workspace has an administrator already."), code="has_administrator")
    revoke_keys(purpose=KeyHash.Purpose.FIRST_ADMIN, workspace=workspace)
    secret = issue_key(purpose=KeyHash.Purpose.FIRST_ADMIN, workspace=workspace, now=now)
    return f"/welcome/?key={secret}"


@command
def create_first_administrator(
    *,
    secret: str,
    workspace: Workspace,
    host: str,
    words: FirstWords,
    now: datetime,
    user: User | None = None,
    email: str = "",
    name: str = "",
    password: str = "",
) -> Member:
    """Make the first administrator, with a new account or as a user who has signed in, and name the workspace.

    The host in his browser becomes one that the workspace answers on.
    Raises NotFound for a dead link, Invalid, Conflict.
    """
    key = find_key(secret, purpose=KeyHash.Purpose.FIRST_ADMIN, workspace=workspace, now=now)
    if has_administrator():
        raise Conflict(_("This workspace has an administrator already."), code="has_administrator")
    use_key(key, now=now)
    user = user or _new_user(email=email, name=name, password=password)
    _name_workspace(workspace, words)
    claim_host(workspace=workspace, host=host)
    member: Member = Member.objects.create(
        user=user, email=user.email, name=user.name or user.email, language=words.language
    )
    RoleGrant.objects.create(member=member, role=Role.ADMINISTRATOR, scope=GrantScope.WORKSPACE)
    TeamMembership.objects.bulk_create(
        TeamMembership(team=team, member=member) for team in Team.objects.order_by("position", "id")[:1]
    )
    emit(SYSTEM, MemberJoined(by="first_link"), kind="member", subject=member, now=now)
    return member


def _new_user(*, email: str, name: str, password: str) -> User:
    try:
        address = normalise_address(email)
    except InvalidAddress as error:
        words = _("This is not a mail address.")
        raise Invalid(words, fields={"email": [words]}) from error
    if not clean_name(name):
        raise Invalid(_("A member needs a name."), fields={"name": [_("Write your name.")]})
    if User.objects.filter(email=address).exists():
        words = _(
            "There is an account with this address already. Sign in with it first, then open the link again."
        )
        raise Conflict(words, code="account_exists", fields={"email": [words]})
    return create_user(email=address, name=name, password=password)


def _name_workspace(workspace: Workspace, words: FirstWords) -> None:
    try:
        values = checked_values(
            name=words.workspace_name,
            language=words.language,
            timezone=words.timezone,
            accent_hue=workspace.accent_hue,
        )
    except Invalid as error:
        renamed = {
            "workspace_name" if field == "name" else field: said for field, said in error.fields.items()
        }
        raise Invalid(error.message, fields=renamed) from error
    for key, value in values.items():
        setattr(workspace, key, value)
    workspace.save(update_fields=list(values))

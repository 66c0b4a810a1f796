"""Who calls: the workspace, the member and the limits that a token stands for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _

from okno.accounts.models import KeyHash
from okno.api.problems import Unauthorized
from okno.lib.crypto import token_digest
from okno.lib.errors import Denied
from okno.spine.actor import Actor
from okno.team.models import ApiToken, Member
from okno.team.networks import is_within
from okno.team.policy import is_granted
from okno.team.queries import actor_for
from okno.tenancy.models import Workspace, WorkspaceHost
from okno.tenancy.queries import normal_host
from okno.tenancy.scope import scope

BEARER = re.compile(r"bearer +(okno_[A-Za-z0-9_-]{20,100})", re.IGNORECASE)
LAST_USE_PRECISION = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Whose request this is."""

    workspace: Workspace
    member: Member
    token: ApiToken
    actor: Actor

    @property
    def zone(self) -> ZoneInfo:
        """Return the zone in which the workspace counts days; UTC if this machine does not know it."""
        try:
            return ZoneInfo(self.workspace.timezone)
        except (ZoneInfoNotFoundError, ValueError):
            return ZoneInfo("UTC")


class ApiRequest(HttpRequest):
    """A request as the operations get it, behind the gate."""

    caller: Caller
    actor: Actor
    now: datetime


def presented_key(request: HttpRequest, *, now: datetime) -> KeyHash:
    """Return the key of the request's token; reads global tables only. Raises Unauthorized.

    A host that names another workspace than the token's makes the token worthless there.
    """
    given = BEARER.fullmatch(request.headers.get("Authorization", "").strip())
    if given is None:
        raise Unauthorized
    key = (
        KeyHash.objects.select_related("workspace")
        .filter(digest=token_digest(given[1]), purpose=KeyHash.Purpose.API_TOKEN)
        .filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now))
        .first()
    )
    if key is None or key.workspace is None:
        raise Unauthorized
    host = normal_host(request.get_host())
    named = WorkspaceHost.objects.filter(host=host).values_list("workspace_id", flat=True).first()
    if named not in (None, key.workspace_id):
        raise Unauthorized
    return key


def caller_of(key: KeyHash, *, address: str, now: datetime) -> Caller:
    """Return who calls from an address, in the scope of the key's workspace. Raises Unauthorized, Denied."""
    token = (
        ApiToken.objects.select_related("member").filter(digest=key.digest, revoked_at__isnull=True).first()
    )
    is_over = token is None or (token.expires_at is not None and token.expires_at <= now)
    if token is None or is_over or not token.member.is_active or key.workspace is None:
        raise Unauthorized
    if token.networks and not is_within(address, token.networks):
        words = _("This token does not work from your address, %(address)s.") % {"address": address or "?"}
        raise Denied(words, code="wrong_address")
    return Caller(
        workspace=key.workspace,
        member=token.member,
        token=token,
        actor=actor_for(token.member, token_id=token.pk, token_scopes=token.scopes),
    )


def remember_use(caller: Caller, *, now: datetime) -> None:
    """Write down that a token was used, at most once a minute, in a transaction of its own.

    Within the request's transaction its requests would wait for each other.
    """
    last = caller.token.last_used_at
    if last is not None and now - last < LAST_USE_PRECISION:
        return
    with scope(caller.workspace):
        ApiToken.objects.filter(pk=caller.token.pk).update(last_used_at=now)


def require(request: ApiRequest, permission: str) -> None:
    """Refuse a caller whose roles or token do not have a permission that only some bodies need. Raises Denied."""
    if not is_granted(request.actor, permission):
        raise Denied(_("The token's scopes or its member's roles do not allow this."), code="not_allowed")

"""API tokens: a program's way in, in the name of a member, never mightier than him."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from okno.accounts.models import KeyHash
from okno.lib.crypto import new_token, token_digest
from okno.lib.errors import Denied, Invalid, NotFound
from okno.lib.html_text import without_unusable
from okno.spine.actor import Actor
from okno.spine.unit import command, emit
from okno.team.events import TokenCreated, TokenRevoked
from okno.team.models import ApiToken, Member
from okno.team.networks import networks_from_words, normal_networks
from okno.team.policy import SYSTEM_WRITE, TOKEN_SCOPES, is_granted_everywhere
from okno.team.queries import member_by_address

PREFIX = "okno"
NAME_LENGTH = 100
LONGEST_LIFE = timedelta(days=365)


def scopes_from_words(words: str) -> list[str]:
    """Return the scopes written with commas or spaces, as `tickets:read,people:write`. Raises Invalid."""
    return _known_scopes(word for word in re.split(r"[,\s]+", words) if word)


@command
def create_token(
    *,
    actor: Actor,
    member: Member,
    name: str,
    scopes: Iterable[str],
    networks: Iterable[str] = (),
    expires_at: datetime | None = None,
    now: datetime,
) -> str:
    """Make a token that acts for a member within scopes, and return its secret, which is kept nowhere.

    It lives a year at most, which is also what it gets without `expires_at`; with `networks` it works only from there.
    Raises Denied, Invalid.
    """
    _refuse_foreign(actor, member)
    known, from_where = _known_scopes(scopes), normal_networks(networks)
    if not member.is_active:
        raise Invalid(_("%(name)s is not active.") % {"name": member.name}, code="inactive_member")
    latest = now + LONGEST_LIFE
    ends = latest if expires_at is None else expires_at
    if not now < ends <= latest:
        words = _("A token ends within a year.")
        raise Invalid(words, fields={"expires_at": [words]})
    secret = new_token(PREFIX)
    digest = token_digest(secret)
    KeyHash.objects.create(
        digest=digest,
        purpose=KeyHash.Purpose.API_TOKEN,
        workspace_id=member.workspace_id,
        user_id=member.user_id,
        created_at=now,
        expires_at=ends,
    )
    token = ApiToken.objects.create(
        member=member,
        name=_clean_name(name),
        digest=digest,
        scopes=known,
        networks=from_where,
        created_at=now,
        expires_at=ends,
    )
    emit(
        actor,
        TokenCreated(token=token.pk, member=member.pk, scopes=known, networks=from_where),
        kind="token",
        subject=token,
        now=now,
    )
    return secret


@command
def revoke_token(*, actor: Actor, token_id: int, now: datetime) -> ApiToken:
    """End a token at once; nothing happens if it has been ended already. Raises NotFound, Denied."""
    token: ApiToken | None = (
        ApiToken.objects.select_for_update(no_key=True, of=("self",))
        .select_related("member")
        .filter(pk=token_id)
        .first()
    )
    if token is None:
        raise NotFound(_("There is no such token."))
    _refuse_foreign(actor, token.member)
    if token.revoked_at is None:
        token.revoked_at = now
        token.save(update_fields=["revoked_at"])
        KeyHash.objects.filter(digest=token.digest).delete()
        emit(
            actor, TokenRevoked(token=token.pk, member=token.member_id), kind="token", subject=token, now=now
        )
    return token


def create_token_for_cli(
    *, actor: Actor, address: str, scopes: str, name: str, now: datetime, networks: str = ""
) -> str:
    """Make a token for the member with a mail address, for `okno token create`. Raises NotFound, Invalid."""
    known, from_where = scopes_from_words(scopes), networks_from_words(networks)
    member = member_by_address(address)
    if member is None:
        raise NotFound(_("There is no active member with the address %(address)s.") % {"address": address})
    return create_token(actor=actor, member=member, name=name, scopes=known, networks=from_where, now=now)


def _refuse_foreign(actor: Actor, member: Member) -> None:
    """Deny tokens in another's name; a token itself, which may have leaked, makes and ends no others."""
    if actor.is_system:
        return
    is_own = actor.member_id == member.pk
    if actor.token_id is not None or not (is_own or is_granted_everywhere(actor, SYSTEM_WRITE)):
        raise Denied(_("You may not manage this token."))


def _known_scopes(scopes: Iterable[str]) -> list[str]:
    found = list(dict.fromkeys(scopes))
    unknown = [scope for scope in found if scope not in TOKEN_SCOPES]
    if unknown:
        words = _("There is no scope “%(scope)s”; known: %(known)s.") % {
            "scope": unknown[0],
            "known": ", ".join(TOKEN_SCOPES),
        }
        raise Invalid(words, code="unknown_scope", fields={"scopes": [words]})
    if not found:
        words = _("A token needs a scope; known: %(known)s.") % {"known": ", ".join(TOKEN_SCOPES)}
        raise Invalid(words, code="unknown_scope", fields={"scopes": [words]})
    return found


def _clean_name(name: str) -> str:
    line = " ".join(without_unusable(name).split())[:NAME_LENGTH]
    if not line:
        raise Invalid(_("A token needs a name."), fields={"name": [_("Write what it is for.")]})
    return line

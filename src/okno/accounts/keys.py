"""One-time links: a random secret that is shown once, and the row by which it is known again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from okno.accounts.models import KeyHash, User
from okno.lib.crypto import new_token, token_digest
from okno.lib.errors import NotFound
from okno.tenancy.models import Workspace

LIFETIMES: dict[str, timedelta] = {
    KeyHash.Purpose.LOGIN_LINK: timedelta(minutes=10),
    KeyHash.Purpose.PASSWORD_RESET: timedelta(hours=1),
    KeyHash.Purpose.INVITATION: timedelta(hours=72),
    KeyHash.Purpose.FIRST_ADMIN: timedelta(hours=72),
}
LONGEST_SECRET = 200


def issue_key(
    *,
    purpose: KeyHash.Purpose,
    workspace: Workspace,
    now: datetime,
    user: User | None = None,
    payload: dict[str, Any] | None = None,
) -> str:
    """Return a new secret that opens one thing once, in one workspace, for as long as its purpose allows."""
    secret = new_token("okno")
    KeyHash.objects.create(
        digest=token_digest(secret),
        purpose=purpose,
        workspace=workspace,
        user=user,
        payload=payload or {},
        expires_at=now + LIFETIMES[purpose],
    )
    return secret


def find_key(secret: str, *, purpose: KeyHash.Purpose, workspace: Workspace, now: datetime) -> KeyHash:
    """Return the unused, unexpired key of a secret. Raises NotFound, with the same words whatever is wrong."""
    usable = KeyHash.objects.select_related("user").filter(
        purpose=purpose, workspace=workspace, used_at=None, expires_at__gt=now
    )
    key = usable.filter(digest=token_digest(secret)).first() if 0 < len(secret) <= LONGEST_SECRET else None
    if key is None:
        raise NotFound(_("This link has been used already, or it is too old."), code="dead_link")
    return key


def use_key(key: KeyHash, *, now: datetime) -> None:
    """Use a key up: of two who come at once, one gets in. Raises NotFound for the other."""
    if KeyHash.objects.filter(digest=key.digest, used_at=None).update(used_at=now) != 1:
        raise NotFound(_("This link has been used already, or it is too old."), code="dead_link")


def revoke_keys(
    *,
    purpose: KeyHash.Purpose,
    workspace: Workspace,
    user: User | None = None,
    payload: dict[str, Any] | None = None,
) -> None:
    """Make the unused keys of a purpose worthless: all of the workspace, of a user, or with this payload."""
    keys = KeyHash.objects.filter(purpose=purpose, workspace=workspace, used_at=None)
    if user is not None:
        keys = keys.filter(user=user)
    if payload is not None:
        keys = keys.filter(payload=payload)
    keys.delete()

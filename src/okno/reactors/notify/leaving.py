"""The way out of a kind of notification, as mail programs offer it: by its header, without signing in (RFC 8058)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core import signing

from okno.reactors.notify.models import NotificationKind
from okno.spine.unit import command
from okno.team.commands.members import change_preferences
from okno.team.models import Member
from okno.team.queries import actor_for
from okno.tenancy.hosts import public_url
from okno.tenancy.models import Workspace
from okno.tenancy.scope import current_workspace_id

_SALT = "okno.leave-notifications"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeavingLink:
    """Whose mail of which kind a link ends."""

    member: Member
    kind: NotificationKind

    @property
    def key(self) -> str:
        """Return how the choice stands in `Member.muted`."""
        return f"{self.kind.value}:mail"


def leaving_path(member: Member, kind: NotificationKind) -> str:
    """Return the path that ends mail of a kind to a member; good for ever, as old mail is, but for nothing else."""
    token = signing.dumps([member.workspace_id, member.pk, kind.value], salt=_SALT, compress=False)
    return f"/leave/{token}/"


def open_leaving_link(token: str) -> LeavingLink | None:
    """Return what a link's token ends in the workspace of the scope, or None if it is none of ours."""
    try:
        workspace_id, member_id, kind = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    member: Member | None = Member.objects.filter(pk=member_id, is_active=True).first()
    if workspace_id != current_workspace_id() or member is None or kind not in NotificationKind.values:
        return None
    return LeavingLink(member=member, kind=NotificationKind(kind))


def list_headers(workspace: Workspace, member: Member, kind: NotificationKind) -> list[list[str]]:
    """Return the headers by which a mail program sorts notifications and offers to end them.

    One click is offered only over TLS, where RFC 8058 allows it.
    """
    url = public_url(workspace, leaving_path(member, kind))
    host = url.partition("://")[2].partition("/")[0].partition(":")[0]
    headers = [
        ["List-Id", f"<{kind.value.replace('_', '-')}.notifications.{host}>"],
        ["List-Unsubscribe", f"<{url}>"],
    ]
    if url.startswith("https:"):
        headers.append(["List-Unsubscribe-Post", "List-Unsubscribe=One-Click"])
    return headers


@command
def leave(*, link: LeavingLink, now: datetime) -> None:
    """Send a member no more mail of a kind; the bell still tells it, and the profile takes it back."""
    if link.key not in link.member.muted:
        change_preferences(
            actor=actor_for(link.member), changes={"muted": [*link.member.muted, link.key]}, now=now
        )

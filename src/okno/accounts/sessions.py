"""Sessions: where somebody is signed in, and how that ends before the cookie does.

Django keeps the session itself. Our row beside it says whose it is, in which workspace, and what is needed to know
it again; it is never wider than what `sessions_of` is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from django.contrib.auth import logout
from django.contrib.sessions.models import Session as StoredSession
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from okno.accounts.happenings import tell
from okno.accounts.models import Session, User
from okno.spine.nightly import nightly
from okno.tenancy.models import Workspace
from okno.tenancy.scope import current_workspace_id

MARK = "okno_session"
SEEN_EVERY = timedelta(minutes=5)
AGENT_LENGTH = 300


def begin_session(request: HttpRequest, user: User, *, now: datetime) -> None:
    """Remember the session that a user has just begun, and tell of it. Call it when he is signed in."""
    if not request.session.session_key:
        request.session.save()
    key, address = str(request.session.session_key), str(get_adapter().get_client_ip(request))
    method = _method(request, user)
    session = Session.objects.create(
        user=user,
        workspace=request.workspace,  # type: ignore[attr-defined]
        session_key=key,
        address=address,
        agent=request.headers.get("User-Agent", "")[:AGENT_LENGTH],
        method=method,
        created_at=now,
        seen_at=now,
    )
    _mark(request, session, now=now)
    tell(user, "signed_in", method=method, address=address)


def note_seen(request: HttpRequest, *, now: datetime) -> None:
    """Write down every few minutes that a session is in use; one that was ended meanwhile is over here too.

    A change of the password gives a session a new key, which the row learns here.
    """
    mark = request.session.get(MARK)
    if not isinstance(mark, dict):
        return
    is_fresh = now - datetime.fromisoformat(mark["seen"]) < SEEN_EVERY
    if is_fresh and mark["key"] == request.session.session_key:
        return
    session = Session.objects.filter(pk=mark["id"]).first()
    if session is None:
        logout(request)
        return
    session.session_key = str(request.session.session_key)
    session.seen_at = now
    session.save(update_fields=["session_key", "seen_at"])
    _mark(request, session, now=now)


def sessions_of(user: User, workspace: Workspace) -> QuerySet[Session]:
    """Return where a user is signed in, in one workspace, the last used first."""
    live = StoredSession.objects.filter(session_key=OuterRef("session_key"))
    return Session.objects.filter(Exists(live), user=user, workspace=workspace).order_by("-seen_at", "-pk")


def current_session_id(request: HttpRequest) -> int | None:
    """Return the id of the session that a request came with."""
    mark = request.session.get(MARK)
    return mark["id"] if isinstance(mark, dict) else None


def end_sessions(sessions: Iterable[Session]) -> int:
    """End sessions at once, wherever they are in use, and return how many they were."""
    ended = list(sessions)
    StoredSession.objects.filter(session_key__in=[session.session_key for session in ended]).delete()
    Session.objects.filter(pk__in=[session.pk for session in ended]).delete()
    return len(ended)


def end_all_sessions(user: User, *, but: int | None = None) -> int:
    """End every session of a user, in all workspaces, except one."""
    return end_sessions(Session.objects.filter(user=user).exclude(pk=but or 0))


@nightly("accounts.sessions")
def forget_dead_sessions(now: datetime) -> None:
    """Delete sessions that are over, and our rows of the workspace that have lost theirs."""
    StoredSession.objects.filter(expire_date__lt=now).delete()
    live = StoredSession.objects.filter(session_key=OuterRef("session_key"))
    Session.objects.filter(~Exists(live), workspace_id=current_workspace_id()).delete()


def _mark(request: HttpRequest, session: Session, *, now: datetime) -> None:
    request.session[MARK] = {"id": session.pk, "key": session.session_key, "seen": now.isoformat()}


def _method(request: HttpRequest, user: User) -> str:
    """Return how the user has proven who he is: every step, as `password+totp`."""
    records: list[dict[str, Any]] = get_authentication_records(request, user)
    steps = [str(record.get("type") or record.get("method")) for record in records]
    return "+".join(dict.fromkeys(steps))

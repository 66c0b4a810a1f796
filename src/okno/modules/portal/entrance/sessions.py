"""Who is signed in. The cookie holds a secret, the table its hash; neither has to do with the sign-in of members."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponseBase

from okno.lib.crypto import new_token, token_digest
from okno.modules.portal.models import PortalSession
from okno.people.models import Contact, ContactAddress

COOKIE = "okno_portal"
LIFETIME = timedelta(days=30)
SEEN_PRECISION = timedelta(hours=1)
LONGEST_SECRET = 200


def start_session(*, address: ContactAddress, now: datetime) -> str:
    """Open a session of the owner of an address and return the secret for the cookie."""
    secret = new_token("portal")
    PortalSession.objects.create(
        digest=token_digest(secret),
        contact=address.contact,
        address=address,
        created_at=now,
        seen_at=now,
        expires_at=now + LIFETIME,
    )
    return secret


def session_of(request: HttpRequest, *, now: datetime) -> PortalSession | None:
    """Return the session that a request's cookie opens; what is used goes on for thirty days more (one query)."""
    secret = request.COOKIES.get(COOKIE, "")
    if not 0 < len(secret) <= LONGEST_SECRET:
        return None
    found: PortalSession | None = (
        PortalSession.objects.select_related("contact", "address")
        .filter(digest=token_digest(secret), expires_at__gt=now)
        .first()
    )
    # The address may have been moved to another contact since: then it is he who reads it.
    if found is None or found.address.contact_id != found.contact_id:
        return None
    if now - found.seen_at > SEEN_PRECISION:
        PortalSession.objects.filter(pk=found.pk).update(seen_at=now, expires_at=now + LIFETIME)
    return found


def remember(request: HttpRequest, response: HttpResponseBase, secret: str) -> None:
    """Set the cookie of a session."""
    response.set_cookie(
        COOKIE,
        secret,
        max_age=int(LIFETIME.total_seconds()),
        path="/my/",
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )


def end_session(session: PortalSession) -> None:
    """Sign out here."""
    PortalSession.objects.filter(pk=session.pk).delete()


def end_all_sessions(contact: Contact) -> int:
    """Sign a contact out everywhere; returns in how many places he was."""
    return PortalSession.objects.filter(contact=contact).delete()[0]


def forget_sessions(*, now: datetime) -> None:
    """Delete sessions that have run out."""
    PortalSession.objects.filter(expires_at__lt=now).delete()

"""What is written down of a mailbox's consent: that it works, or why it does not."""

from __future__ import annotations

from datetime import datetime, timedelta

from okno.channels.email.events import MailboxConsentLost, MailboxConsentWorks
from okno.channels.email.models import Mailbox
from okno.channels.email.oauth import OAuthFailure, Tokens
from okno.lib.crypto import SecretUnreadable, seal, unseal
from okno.spine.actor import SYSTEM
from okno.spine.unit import command, emit


def seal_consent(mailbox: Mailbox, refresh_token: str) -> str:
    """Return a refresh token as it is stored with a mailbox of this address."""
    return seal(refresh_token, place=_place(mailbox))


def unseal_consent(mailbox: Mailbox) -> str:
    """Return the stored refresh token. Raises OAuthFailure if it cannot be read."""
    try:
        return unseal(mailbox.oauth_secret, place=_place(mailbox))
    except SecretUnreadable as error:
        raise OAuthFailure("withdrawn", "the stored consent cannot be read any more") from error


def move_consent(mailbox: Mailbox, address: str) -> None:
    """Seal the refresh token of a mailbox that is about to have another address for that one."""
    if mailbox.address == address or not mailbox.oauth_secret:
        return
    try:
        token = unseal_consent(mailbox)
    except OAuthFailure:
        # It is of no use under any address: the next attempt says so on the mailbox.
        return
    mailbox.oauth_secret = seal(token, place=_place(mailbox, address))


@command
def consent_works(*, mailbox: Mailbox, tokens: Tokens, now: datetime) -> None:
    """Note that a consent gave a token; a new refresh token is kept at once, for the old one may be void by now.

    `mailbox` is as it was when it was asked for. Nothing is kept if somebody has consented anew meanwhile.
    """
    row = _unchanged(mailbox)
    if row is None:
        return
    was_failing = bool(row.oauth_error)
    row.oauth_refreshed_at, row.oauth_error = now, ""
    if tokens.refresh_token:
        row.oauth_secret = seal_consent(row, tokens.refresh_token)
    if tokens.refresh_lasts is not None:
        row.oauth_expires_at = now + tokens.refresh_lasts
    row.save(update_fields=["oauth_refreshed_at", "oauth_error", "oauth_secret", "oauth_expires_at"])
    if was_failing:
        emit(SYSTEM, MailboxConsentWorks(address=row.address), kind="mailbox", subject=row, now=now)


@command
def consent_failed(*, mailbox: Mailbox, failure: OAuthFailure, now: datetime) -> None:
    """Note why a consent gives no token any more, and tell once; what may pass by itself is not noted."""
    if failure.is_temporary:
        return
    row = _unchanged(mailbox)
    if row is None:
        return
    was_failing = bool(row.oauth_error)
    row.oauth_error = failure.code
    row.save(update_fields=["oauth_error"])
    if not was_failing:
        event = MailboxConsentLost(address=row.address, problem=failure.problem)
        emit(SYSTEM, event, kind="mailbox", subject=row, now=now)


def ends_soon(mailbox: Mailbox, *, now: datetime, within: timedelta) -> bool:
    """Tell whether the consent ends by itself within a time."""
    return mailbox.oauth_expires_at is not None and mailbox.oauth_expires_at < now + within


def _unchanged(mailbox: Mailbox) -> Mailbox | None:
    rows = Mailbox.objects.select_for_update(no_key=True, of=("self",))
    found: Mailbox | None = rows.filter(pk=mailbox.pk, oauth_secret=mailbox.oauth_secret).first()
    return found


def _place(mailbox: Mailbox, address: str = "") -> str:
    return f"{mailbox.workspace_id}|mailbox|oauth|{address or mailbox.address}"

"""Consents do not run out unnoticed: each is used once a day, and what ends soon is told in time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from okno.channels.email.consent_state import ends_soon
from okno.channels.email.events import MailboxConsentEnds, OAuthClientEnds
from okno.channels.email.health import WARN_BEFORE_END
from okno.channels.email.lookups import answers, ask
from okno.channels.email.models import Auth, Mailbox, MailboxLookup, OAuthClient
from okno.channels.email.oauth import OAuthFailure
from okno.channels.email.oauth_clients import ending_clients
from okno.channels.email.tokens import MailboxTokens
from okno.spine.actor import SYSTEM
from okno.spine.nightly import nightly
from okno.spine.unit import command, emit

WARN_OF_SECRET_EVERY = timedelta(days=7)


@nightly("email.keep_consents")
def keep_consents(now: datetime) -> None:
    """Have every consent used by a worker, for one that is not runs out, and tell what will end soon."""
    for mailbox in Mailbox.objects.filter(auth=Auth.OAUTH):
        ask(mailbox, MailboxLookup.Kind.CONSENT)
        if mailbox.oauth_warned_at is None and ends_soon(mailbox, now=now, within=WARN_BEFORE_END):
            _warn_of_consent(mailbox=mailbox, now=now)
    told_after = (now - WARN_OF_SECRET_EVERY).date()
    for client in ending_clients(now=now):
        if client.secret_warned_on is None or client.secret_warned_on <= told_after:
            _warn_of_secret(client=client, now=now)


@answers(MailboxLookup.Kind.CONSENT)
def _use(mailbox: Mailbox, _question: dict[str, Any]) -> dict[str, Any]:
    """Use a consent; what came of it stands on the mailbox."""
    try:
        MailboxTokens(mailbox.workspace_id, mailbox.pk, mailbox.oauth_granted_at).renew()
    except OAuthFailure as failure:
        return {"problem": failure.problem}
    return {"problem": ""}


@command
def _warn_of_consent(*, mailbox: Mailbox, now: datetime) -> None:
    mailbox.oauth_warned_at = now
    mailbox.save(update_fields=["oauth_warned_at"])
    emit(SYSTEM, MailboxConsentEnds(address=mailbox.address), kind="mailbox", subject=mailbox, now=now)


@command
def _warn_of_secret(*, client: OAuthClient, now: datetime) -> None:
    client.secret_warned_on = now.date()
    client.save(update_fields=["secret_warned_on"])
    emit(SYSTEM, OAuthClientEnds(provider=client.provider), kind="oauth_client", subject=client, now=now)

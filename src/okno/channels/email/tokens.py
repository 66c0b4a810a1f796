"""Access tokens of mailboxes: kept in memory while they last, fetched by the stored consent when they don't."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from okno.channels.email.consent_state import consent_failed, consent_works, unseal_consent
from okno.channels.email.models import Auth, Mailbox, Provider
from okno.channels.email.oauth import LOST, OAuthFailure, Tokens, read_code, refresh
from okno.channels.email.oauth_clients import Client, client_for
from okno.lib.clock import current_time
from okno.tenancy.scope import scope

# A token is not used for the last minutes of its life: the server's clock and the way there take their part.
SPARE_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class MailboxTokens:
    """The tokens of one mailbox, by one consent. They are asked for outside any transaction."""

    workspace_id: int
    mailbox_id: int
    granted_at: datetime | None

    def access_token(self, *, refused: str = "") -> str:
        """Return a token that is good now, another one than `refused`. Raises OAuthFailure."""
        with _kept.lock_of(self):
            token = _kept.token(self)
            if token and token != refused:
                return token
            return self._fetch(tries_lost=False)

    def renew(self) -> None:
        """Use the consent, even one that was of no use before, so that it does not run out. Raises OAuthFailure."""
        with _kept.lock_of(self):
            self._fetch(tries_lost=True)

    def _fetch(self, *, tries_lost: bool) -> str:
        mailbox, client = self._stored()
        known = read_code(mailbox.oauth_error)
        if known is not None and known.problem in LOST and not tries_lost:
            raise known
        try:
            tokens = refresh(client, unseal_consent(mailbox))
        except OAuthFailure as failure:
            mailbox, tokens = self._by_newer_consent(mailbox, failure)
        with scope(self.workspace_id):
            consent_works(mailbox=mailbox, tokens=tokens, now=current_time())
        _kept.keep(self, tokens)
        return tokens.access_token

    def _by_newer_consent(self, used: Mailbox, failure: OAuthFailure) -> tuple[Mailbox, Tokens]:
        """Try once more if another process was given a new refresh token meanwhile, which made ours useless."""
        mailbox, client = self._stored()
        if not failure.is_temporary and mailbox.oauth_secret != used.oauth_secret:
            try:
                return mailbox, refresh(client, unseal_consent(mailbox))
            except OAuthFailure as again:
                failure = again
        with scope(self.workspace_id):
            consent_failed(mailbox=mailbox, failure=failure, now=current_time())
        raise failure

    def _stored(self) -> tuple[Mailbox, Client]:
        with scope(self.workspace_id):
            mailbox = Mailbox.objects.filter(pk=self.mailbox_id, auth=Auth.OAUTH).first()
            if mailbox is None or not mailbox.oauth_secret:
                raise OAuthFailure("withdrawn")
            client = client_for(Provider(mailbox.oauth_provider))
            if client is None:
                failure = OAuthFailure("client", "there is none")
                consent_failed(mailbox=mailbox, failure=failure, now=current_time())
        if client is None:
            raise failure
        return mailbox, client


class _KeptTokens:
    """The tokens that this process holds, and a lock for each consent, so that threads do not ask at once."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._locks: defaultdict[MailboxTokens, threading.Lock] = defaultdict(threading.Lock)
        self._tokens: dict[MailboxTokens, tuple[str, float]] = {}

    def lock_of(self, source: MailboxTokens) -> threading.Lock:
        with self._guard:
            return self._locks[source]

    def token(self, source: MailboxTokens) -> str:
        """Return the token if it is good for some minutes yet, else an empty text."""
        token, good_until = self._tokens.get(source, ("", 0.0))
        return token if time.monotonic() < good_until else ""

    def keep(self, source: MailboxTokens, tokens: Tokens) -> None:
        lasts = tokens.lasts.total_seconds()
        # Of one that lasts only minutes at all, half is used.
        self._tokens[source] = (
            tokens.access_token,
            time.monotonic() + max(lasts - SPARE_SECONDS, lasts / 2),
        )


_kept = _KeptTokens()

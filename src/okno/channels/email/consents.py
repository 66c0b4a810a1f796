"""Commands on consents: a mailbox is opened by the consent of an account's owner, or no longer."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Literal

from django.utils.translation import gettext as _

from okno.channels.email.consent_state import seal_consent
from okno.channels.email.events import MailboxConnected, MailboxDisconnected
from okno.channels.email.mailboxes import (
    MailboxSettings,
    create_mailbox,
    locked_mailbox,
    require_mailbox_right,
    update_mailbox,
)
from okno.channels.email.models import Auth, Mailbox, Provider
from okno.channels.email.oauth import Consent
from okno.channels.email.oauth_clients import SERVERS
from okno.lib.addresses import InvalidAddress, normalise_address
from okno.lib.errors import Invalid
from okno.spine.actor import Actor
from okno.spine.unit import command, emit

Relation = Literal["own", "shared", "alias"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be connected: a mailbox that exists, or a new one of a desk and team.

    `relation` says who consents: the mailbox's own account; another that may open it (Microsoft calls that a shared
    mailbox); or the account that the address is only another name of.
    """

    provider: Provider
    relation: Relation = "own"
    mailbox_id: int | None = None
    address: str = ""
    name: str = ""
    desk_id: int | None = None
    team_id: int | None = None


@command
def connect_mailbox(*, actor: Actor, wish: Wish, consent: Consent, now: datetime) -> Mailbox:
    """Open a mailbox by a consent from now on; a new one is made. Raises Denied, NotFound, Invalid, Conflict."""
    require_mailbox_right(actor)
    if wish.mailbox_id is None:
        address = _wished_address(wish, consent)
        typed = MailboxSettings(address=address, name=wish.name, desk_id=wish.desk_id, team_id=wish.team_id)
        mailbox = create_mailbox(actor=actor, settings=_at_provider(typed, wish, consent), now=now)
    else:
        mailbox = locked_mailbox(wish.mailbox_id)
        _refuse_another_account(mailbox, wish, consent)
        # Until it is connected anew, its servers are not tied to the provider of the consent that it had.
        Mailbox.objects.filter(pk=mailbox.pk).update(auth=Auth.PASSWORD)
        typed = _at_provider(_settings_of(mailbox), wish, consent)
        mailbox = update_mailbox(actor=actor, mailbox_id=mailbox.pk, settings=typed, now=now)
    _keep(mailbox, consent, now)
    emit(actor, MailboxConnected(account=consent.account), kind="mailbox", subject=mailbox, now=now)
    return mailbox


@command
def disconnect_mailbox(*, actor: Actor, mailbox_id: int, now: datetime) -> Mailbox:
    """Forget a consent: the mailbox keeps its servers and waits for a password. Raises Denied, NotFound."""
    require_mailbox_right(actor)
    mailbox = locked_mailbox(mailbox_id)
    if mailbox.auth != Auth.OAUTH:
        return mailbox
    mailbox.auth = Auth.PASSWORD
    mailbox.oauth_provider = mailbox.oauth_account = mailbox.oauth_secret = mailbox.oauth_error = ""
    mailbox.oauth_granted_at = mailbox.oauth_refreshed_at = None
    mailbox.oauth_expires_at = mailbox.oauth_warned_at = None
    mailbox.save(update_fields=["auth", *_CONSENT])
    emit(actor, MailboxDisconnected(), kind="mailbox", subject=mailbox, now=now)
    return mailbox


_CONSENT = [field for field in (f.name for f in Mailbox._meta.fields) if field.startswith("oauth_")]


def _keep(mailbox: Mailbox, consent: Consent, now: datetime) -> None:
    tokens = consent.tokens
    mailbox.auth = Auth.OAUTH
    mailbox.oauth_provider = consent.provider
    mailbox.oauth_account = consent.account
    mailbox.oauth_secret = seal_consent(mailbox, tokens.refresh_token)
    mailbox.oauth_granted_at = mailbox.oauth_refreshed_at = now
    mailbox.oauth_expires_at = now + tokens.refresh_lasts if tokens.refresh_lasts is not None else None
    mailbox.oauth_warned_at = None
    mailbox.oauth_error = mailbox.fetch_error = mailbox.send_error = ""
    mailbox.fetch_failing_since = mailbox.send_failing_since = None
    failures = ["fetch_error", "fetch_failing_since", "send_error", "send_failing_since"]
    mailbox.save(update_fields=["auth", *_CONSENT, *failures])


def _at_provider(typed: MailboxSettings, wish: Wish, consent: Consent) -> MailboxSettings:
    """Return settings with the provider's servers, and without passwords."""
    servers = SERVERS[consent.provider]
    user = typed.address if wish.relation == "shared" else consent.account
    if not user.isascii():
        words = _("These providers know only names of Latin letters.")
        raise Invalid(words, fields={"address": [words]})
    known: dict[str, Any] = {field.name: getattr(servers, field.name) for field in fields(servers)}
    return replace(typed, **known, imap_user=user, smtp_user=user, imap_password="", smtp_password="")


def _settings_of(mailbox: Mailbox) -> MailboxSettings:
    names = [field.name for field in fields(MailboxSettings) if not field.name.endswith("_password")]
    return MailboxSettings(**{name: getattr(mailbox, name) for name in names})


def _wished_address(wish: Wish, consent: Consent) -> str:
    if wish.relation == "own":
        return consent.account
    try:
        return normalise_address(wish.address)
    except InvalidAddress as error:
        words = _("This is not a mail address.")
        raise Invalid(words, fields={"address": [words]}) from error


def _refuse_another_account(mailbox: Mailbox, wish: Wish, consent: Consent) -> None:
    """Refuse the consent of an account that the mailbox is not: its mail would become tickets. Raises Invalid."""
    if wish.relation != "own" or consent.account in {mailbox.address, mailbox.oauth_account}:
        return
    raise Invalid(
        _(
            "You signed in as %(account)s, but the mailbox is %(address)s. Sign in as the mailbox, or say that it is a"
            " shared mailbox or another name of that account."
        )
        % {"account": consent.account, "address": mailbox.address}
    )

"""Consents are used every day, and what ends is told in time, to those who can do something about it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from okno.channels.email.consent_upkeep import keep_consents
from okno.channels.email.lookups import lookup_of
from okno.channels.email.models import Mailbox, MailboxLookup, OAuthClient
from okno.reactors.notify.models import Notification
from okno.spine.models import Event, Reaction, Timer
from okno.spine.work import drain
from okno.tenancy.scope import scope
from tests.channels.email.test_oauth import BACK, connected, trust
from tests.conftest import Shop
from tests.servers.identity_provider import IdentityProvider, Refusal


@pytest.fixture
def microsoft(settings: Any) -> Iterator[IdentityProvider]:
    """Give Microsoft."""
    with IdentityProvider("microsoft", redirect_uris={BACK}) as made:
        trust(settings, made)
        yield made


def lookup(mailbox: Mailbox) -> MailboxLookup:
    found = lookup_of(mailbox, MailboxLookup.Kind.CONSENT)
    assert found is not None
    return found


def test_new_workspaces_keep_their_consents(shop: Shop) -> None:
    assert Timer.objects.filter(kind="email.keep_consents").exists()


def test_every_consent_is_used_by_a_worker(open_shop: Shop, microsoft: IdentityProvider) -> None:
    with scope(open_shop.workspace):  # type: ignore[arg-type]
        mailbox = connected(open_shop, microsoft)
        keep_consents(open_shop.now)
    assert len(microsoft.asked) == 1
    drain(MailboxLookup)
    assert [form["grant_type"] for form in microsoft.asked] == ["authorization_code", "refresh_token"]
    with scope(open_shop.workspace):  # type: ignore[arg-type]
        assert lookup(mailbox).answer == {"problem": ""}
        stored = Mailbox.objects.get(pk=mailbox.pk)
        assert stored.oauth_granted_at is not None
        assert stored.oauth_refreshed_at is not None
        assert stored.oauth_refreshed_at > stored.oauth_granted_at


def test_a_lost_consent_rings_the_bell_of_those_who_run_the_desk(
    open_shop: Shop, microsoft: IdentityProvider
) -> None:
    with scope(open_shop.workspace):  # type: ignore[arg-type]
        mailbox = connected(open_shop, microsoft)
        for role in ("configurator", "agent", "supervisor", "support_administrator"):
            open_shop.actor(role)
        keep_consents(open_shop.now)
    microsoft.refusals.append(
        Refusal(description="AADSTS700082: The refresh token has expired due to inactivity.")
    )
    drain(MailboxLookup)
    drain(Reaction)
    with scope(open_shop.workspace):  # type: ignore[arg-type]
        assert lookup(mailbox).answer == {"problem": "inactive"}
        told = Notification.objects.select_related("member", "mailbox").order_by("member__name")
        assert [line.member.name for line in told] == ["Administrator", "Configurator"]
        assert {line.mailbox_id for line in told} == {mailbox.pk}
        assert {line.ticket_id for line in told} == {None}
        keep_consents(open_shop.now)
    # What was lost is tried again each night, and works again if it was a mistake of the provider's.
    drain(MailboxLookup)
    with scope(open_shop.workspace):  # type: ignore[arg-type]
        assert Mailbox.objects.get(pk=mailbox.pk).oauth_error == ""
        assert Event.objects.filter(type="mailbox.consent_works").count() == 1


def test_who_has_muted_it_hears_nothing(open_shop: Shop, microsoft: IdentityProvider) -> None:
    with scope(open_shop.workspace):  # type: ignore[arg-type]
        mailbox = connected(open_shop, microsoft)
        member: Any = open_shop.members["administrator"]
        member.muted = ["mailbox:bell"]
        member.save(update_fields=["muted"])
        Mailbox.objects.filter(pk=mailbox.pk).update(oauth_expires_at=open_shop.now + timedelta(days=1))
        keep_consents(open_shop.now)
    drain(Reaction)
    with scope(open_shop.workspace):  # type: ignore[arg-type]
        assert not Notification.objects.exists()


@pytest.mark.parametrize(("days", "is_told"), [(1, True), (6, False)])
def test_a_consent_that_ends_by_itself_is_told_once(
    shop: Shop, microsoft: IdentityProvider, days: int, is_told: bool
) -> None:
    mailbox = connected(shop, microsoft)
    Mailbox.objects.filter(pk=mailbox.pk).update(oauth_expires_at=shop.now + timedelta(days=days))
    for _ in range(2):
        keep_consents(shop.now)
    assert Event.objects.filter(type="mailbox.consent_ends").count() == is_told


@pytest.mark.parametrize(
    ("days_left", "nights", "told"),
    [(31, 1, 0), (30, 1, 1), (20, 7, 1), (20, 8, 2), (-3, 1, 1)],
)
def test_a_client_secret_that_ends_is_told_every_week(
    shop: Shop, now: datetime, days_left: int, nights: int, told: int
) -> None:
    OAuthClient.objects.create(
        provider="microsoft", client_id="x", secret_expires_on=now.date() + timedelta(days=days_left)
    )
    for night in range(nights):
        keep_consents(now + timedelta(days=night))
    assert Event.objects.filter(type="oauth_client.ends").count() == told


def test_without_consents_nothing_happens(shop: Shop) -> None:
    shop.mailbox()
    OAuthClient.objects.create(provider="google", client_id="x")
    keep_consents(shop.now)
    assert not MailboxLookup.objects.exists()
    assert not Event.objects.filter(type__startswith="oauth_client").exists()

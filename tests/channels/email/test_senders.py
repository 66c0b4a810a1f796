"""Senders by address and domain: how they are written, who may block what, and what must not be blocked."""

from __future__ import annotations

import pytest

from okno.channels.email.models import BlockedSender, TrustedSender
from okno.channels.email.senders import (
    block_sender,
    clean_pattern,
    forget_sender,
    limit_senders,
    patterns_of,
    standing_of,
    trust_sender,
)
from okno.lib.errors import Denied, Invalid, NotFound
from okno.spine.models import Event
from tests.conftest import Shop


@pytest.mark.parametrize(
    ("written", "pattern"),
    [
        ("Someone@Example.ORG", "someone@example.org"),
        ("example.org", "@example.org"),
        ("@example.org", "@example.org"),
        ("*@example.org", "@example.org"),
        ("*.example.org", "@example.org"),
        ("пример.рф", "@xn--e1afmkfd.xn--p1ai"),
        ("  a+b@example.org ", "a+b@example.org"),
    ],
)
def test_a_pattern_is_read_however_it_is_written(written: str, pattern: str) -> None:
    assert clean_pattern(written) == pattern


@pytest.mark.parametrize("written", ["", "@", "*", "two words", "a@b@", "a@-x-.org", "a b@example.org"])
def test_nonsense_is_no_pattern(db: None, written: str) -> None:
    with pytest.raises(Invalid):
        clean_pattern(written)


def test_the_patterns_of_an_address_the_nearest_first() -> None:
    assert patterns_of("a@mail.example.org") == [
        "a@mail.example.org",
        "@mail.example.org",
        "@example.org",
        "@org",
    ]
    assert len(patterns_of("a@" + "x." * 60 + "org")) < 20


def test_free_mail_providers_are_never_blocked_as_a_whole(shop: Shop) -> None:
    administrator = shop.actor("administrator")
    for domain in ("gmail.com", "mail.ru", "yandex.ru", "outlook.com", "com"):
        with pytest.raises(Invalid):
            block_sender(actor=administrator, pattern=domain, now=shop.now)
    block_sender(actor=administrator, pattern="bad@gmail.com", now=shop.now)
    assert standing_of("bad@gmail.com").blocked_by == "bad@gmail.com"
    assert standing_of("good@gmail.com").blocked_by == ""


def test_neither_our_own_addresses_nor_colleagues_are_blocked(shop: Shop) -> None:
    administrator, agent, mailbox = shop.actor("administrator"), shop.member("agent"), shop.mailbox()
    for pattern in (mailbox.address, agent.email, shop.host, f"@{shop.host}"):
        with pytest.raises(Invalid):
            block_sender(actor=administrator, pattern=pattern, now=shop.now)
    assert not BlockedSender.objects.exists()


def test_agents_block_addresses_and_only_who_sets_up_mail_blocks_domains(shop: Shop) -> None:
    for role in ("agent", "supervisor", "support_administrator"):
        block_sender(actor=shop.actor(role), pattern=f"{role}@evil.example", now=shop.now)
        for act in (block_sender, trust_sender):
            with pytest.raises(Denied):
                act(actor=shop.actor(role), pattern="evil.example", now=shop.now)
    with pytest.raises(Denied):
        block_sender(actor=shop.actor("light_agent"), pattern="x@evil.example", now=shop.now)
    for role in ("administrator", "configurator"):
        block_sender(actor=shop.actor(role), pattern=f"{role}.example", now=shop.now)
    with pytest.raises(Denied):
        forget_sender(actor=shop.actor("agent"), pattern="@administrator.example", now=shop.now)
    with pytest.raises(Denied):
        limit_senders(actor=shop.actor("agent"), limits={shop.mailbox().pk: 1}, now=shop.now)
    assert BlockedSender.objects.count() == 5


def test_a_repetition_changes_nothing_and_nobody_is_both(shop: Shop) -> None:
    agent = shop.actor("agent")
    for _twice in range(2):
        block_sender(actor=agent, pattern="eve@evil.example", now=shop.now)
    assert Event.objects.filter(type="sender.changed").count() == 1
    trust_sender(actor=agent, pattern="eve@evil.example", now=shop.now)
    assert not BlockedSender.objects.exists()
    assert standing_of("eve@evil.example").is_trusted
    block_sender(actor=agent, pattern="eve@evil.example", now=shop.now)
    assert not TrustedSender.objects.exists()
    forget_sender(actor=agent, pattern="eve@evil.example", now=shop.now)
    assert standing_of("eve@evil.example").blocked_by == ""
    with pytest.raises(NotFound):
        forget_sender(actor=agent, pattern="eve@evil.example", now=shop.now)


def test_who_it_was_about_is_shredded() -> None:
    from okno.channels.email.events import SenderChanged

    assert SenderChanged.shred({"pattern": "eve@evil.example", "standing": "blocked"})["pattern"] == ""

"""Mailboxes are set up by those who may, tested for real, and their secrets are sealed."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from okno.channels.email import mailboxes
from okno.channels.email.mailboxes import (
    MailboxSettings,
    create_mailbox,
    imap_server,
    smtp_server,
    switch_mailbox,
    try_mailbox,
    update_mailbox,
)
from okno.channels.email.models import Mailbox, MailRoute
from okno.channels.email.store import route_for
from okno.lib.errors import Conflict, Denied, Invalid, NotFound
from okno.spine.models import Event
from okno.tenancy.scope import scope
from tests.conftest import Shop, make_shop
from tests.servers.imap_server import PASSWORD, USER, ImapServer
from tests.servers.smtp_relay import SmtpRelay

GOOD = MailboxSettings(
    address="Help@Shop.example",
    imap_host="imap.shop.example",
    imap_user="help",
    imap_password="first secret",
    smtp_host="smtp.shop.example",
    smtp_user="help",
    smtp_password="second secret",
)


def test_a_mailbox_is_created_with_sealed_secrets_and_a_route(shop: Shop) -> None:
    mailbox = create_mailbox(actor=shop.actor("administrator"), settings=GOOD, now=shop.now)  # type: ignore[arg-type]
    stored = Mailbox.objects.get(pk=mailbox.pk)
    assert stored.address == "help@shop.example"
    assert stored.is_default
    assert "secret" not in stored.imap_secret + stored.smtp_secret
    server, way_out = imap_server(stored), smtp_server(stored)
    assert server is not None
    assert way_out is not None
    assert (server.password, way_out.password) == ("first secret", "second secret")
    assert route_for("HELP+tag@shop.example") == route_for("help@shop.example")
    assert route_for("help@shop.example") is not None
    assert route_for("other@shop.example") is None
    event = Event.objects.get(type="mailbox.created")
    assert "secret" not in str(event.payload)


@pytest.mark.parametrize("role", ["agent", "light_agent", "supervisor"])
def test_others_may_not(shop: Shop, role: str) -> None:
    actor = shop.actor(role)
    with pytest.raises(Denied):
        create_mailbox(actor=actor, settings=GOOD, now=shop.now)  # type: ignore[arg-type]
    assert not Mailbox.objects.exists()
    assert not MailRoute.objects.filter(address="help@shop.example").exists()
    assert not Event.objects.filter(type="mailbox.created").exists()


def test_an_address_belongs_to_one_workspace(db: None, now: datetime) -> None:
    one, two = make_shop(now), make_shop(now)
    MailRoute.objects.create(address="help@shop.example", workspace=one.workspace, mailbox_id=1)
    with scope(two.workspace):  # type: ignore[arg-type]
        actor = two.actor("administrator")
        with pytest.raises(Conflict):
            create_mailbox(actor=actor, settings=GOOD, now=now)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"address": "not an address"}, "address"),
        ({"address": "help+tag@shop.example"}, "address"),
        ({"imap_host": "bad host"}, "imap_host"),
        ({"imap_port": 0}, "imap_port"),
        ({"imap_security": "none"}, "imap_security"),
        ({"smtp_security": "nonsense"}, "smtp_security"),
    ],
)
def test_nonsense_is_refused_by_field(shop: Shop, wrong: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        create_mailbox(
            actor=shop.actor("administrator"),  # type: ignore[arg-type]
            settings=replace(GOOD, **wrong),  # type: ignore[arg-type]
            now=shop.now,
        )
    assert field in refused.value.fields


def test_changing_the_address_keeps_the_passwords_and_moves_the_route(shop: Shop) -> None:
    actor = shop.actor("administrator")
    mailbox = create_mailbox(actor=actor, settings=GOOD, now=shop.now)  # type: ignore[arg-type]
    Mailbox.objects.filter(pk=mailbox.pk).update(uidvalidity=5, last_uid=7)
    moved = replace(GOOD, address="new@shop.example", imap_password=None, smtp_password=None)
    update_mailbox(actor=actor, mailbox_id=mailbox.pk, settings=moved, now=shop.now)  # type: ignore[arg-type]
    stored = Mailbox.objects.get(pk=mailbox.pk)
    server = imap_server(stored)
    assert server is not None
    assert server.password == "first secret"
    assert (stored.uidvalidity, stored.last_uid) == (5, 7)
    assert route_for("help@shop.example") is None
    assert route_for("new@shop.example") is not None


def test_another_server_is_read_from_the_start_and_no_change_says_nothing(shop: Shop) -> None:
    actor = shop.actor("administrator")
    mailbox = create_mailbox(actor=actor, settings=GOOD, now=shop.now)  # type: ignore[arg-type]
    same = replace(GOOD, imap_password=None, smtp_password=None)
    update_mailbox(actor=actor, mailbox_id=mailbox.pk, settings=same, now=shop.now)  # type: ignore[arg-type]
    assert not Event.objects.filter(type="mailbox.changed").exists()
    Mailbox.objects.filter(pk=mailbox.pk).update(uidvalidity=5, last_uid=7)
    other = replace(same, imap_host="imap2.shop.example", imap_password=GOOD.imap_password)
    update_mailbox(actor=actor, mailbox_id=mailbox.pk, settings=other, now=shop.now)  # type: ignore[arg-type]
    assert Mailbox.objects.get(pk=mailbox.pk).uidvalidity is None
    assert Event.objects.get(type="mailbox.changed").payload == {"fields": ["imap_host", "imap_password"]}


@pytest.mark.parametrize(
    "elsewhere", [{"imap_host": "evil.example"}, {"smtp_user": "other"}, {"smtp_port": 2500}]
)
def test_a_stored_password_is_not_told_to_a_server_it_was_not_typed_for(
    shop: Shop, elsewhere: dict[str, Any]
) -> None:
    actor = shop.actor("administrator")
    mailbox = create_mailbox(actor=actor, settings=GOOD, now=shop.now)  # type: ignore[arg-type]
    other = replace(GOOD, imap_password=None, smtp_password=None, **elsewhere)
    with pytest.raises(Invalid):
        try_mailbox(actor=actor, settings=other, mailbox=mailbox)  # type: ignore[arg-type]
    with pytest.raises(Invalid):
        update_mailbox(actor=actor, mailbox_id=mailbox.pk, settings=other, now=shop.now)  # type: ignore[arg-type]


def test_a_mailbox_that_is_off_receives_nothing(shop: Shop) -> None:
    actor = shop.actor("administrator")
    mailbox = create_mailbox(actor=actor, settings=GOOD, now=shop.now)  # type: ignore[arg-type]
    switch_mailbox(actor=actor, mailbox_id=mailbox.pk, is_active=False, now=shop.now)  # type: ignore[arg-type]
    assert route_for("help@shop.example") is None
    switch_mailbox(actor=actor, mailbox_id=mailbox.pk, is_active=True, now=shop.now)  # type: ignore[arg-type]
    assert route_for("help@shop.example") is not None
    assert Event.objects.filter(type="mailbox.switched").count() == 2


def test_a_stranger_finds_no_mailbox(shop: Shop) -> None:
    with pytest.raises(NotFound):
        switch_mailbox(
            actor=shop.actor("administrator"),  # type: ignore[arg-type]
            mailbox_id=987_654,
            is_active=False,
            now=shop.now,
        )


def test_settings_are_tried_for_real(shop: Shop, imap: ImapServer, relay: SmtpRelay) -> None:
    actor = shop.actor("administrator")
    typed = MailboxSettings(
        address="help@shop.example",
        imap_host="127.0.0.1",
        imap_port=imap.port,
        imap_security="none",
        imap_user=USER,
        imap_password=PASSWORD,
        smtp_host="127.0.0.1",
        smtp_port=relay.port,
        smtp_security="none",
    )
    found = try_mailbox(actor=actor, settings=typed)  # type: ignore[arg-type]
    assert found.imap is not None
    assert (found.imap_problem, found.smtp_works, found.smtp_problem) == ("", True, "")
    wrong = replace(typed, imap_password="wrong", smtp_port=1)
    found = try_mailbox(actor=actor, settings=wrong)  # type: ignore[arg-type]
    assert "password" in found.imap_problem
    assert not found.smtp_works
    assert found.smtp_problem
    mailbox = create_mailbox(actor=actor, settings=typed, now=shop.now)  # type: ignore[arg-type]
    again = try_mailbox(actor=actor, settings=replace(typed, imap_password=None), mailbox=mailbox)  # type: ignore[arg-type]
    assert again.imap_problem == ""


def test_the_installation_relay_is_used_where_a_mailbox_has_none(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    from types import SimpleNamespace

    from django.conf import settings

    monkeypatch.setattr(
        mailboxes, "settings", SimpleNamespace(ENVIRONMENT=SimpleNamespace(smtp_url="smtp://127.0.0.1:2500"))
    )
    assert settings.ENVIRONMENT
    server = smtp_server(Mailbox(address="x@shop.example"))
    assert server is not None
    assert server.port == 2500
    assert smtp_server(None) == server


def test_scopes_do_not_see_each_others_mailboxes(db: None, now: datetime) -> None:
    one, two = make_shop(now), make_shop(now)
    with scope(one.workspace):  # type: ignore[arg-type]
        mailbox = create_mailbox(actor=one.actor("administrator"), settings=GOOD, now=now)  # type: ignore[arg-type]
    with scope(two.workspace):  # type: ignore[arg-type]
        assert not Mailbox.objects.filter(pk=mailbox.pk).exists()
        with pytest.raises(NotFound):
            switch_mailbox(actor=two.actor("administrator"), mailbox_id=mailbox.pk, is_active=False, now=now)  # type: ignore[arg-type]

"""Mailboxes are connected in the browser: to the provider, back, and only by whoever began it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from ipaddress import ip_network
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from okno.channels.email.models import Mailbox, OAuthClient
from okno.tenancy.scope import scope, scoped_workspace_id
from tests.console.conftest import Browser, browser_for
from tests.servers.identity_provider import IdentityProvider, Refusal

START, CALLBACK, CLIENTS = (
    "/settings/mailboxes/oauth/start/",
    "/settings/mailboxes/oauth/callback/",
    "/settings/mailboxes/oauth/",
)


@pytest.fixture(params=["microsoft", "google"])
def provider(request: pytest.FixtureRequest, settings: Any) -> Iterator[IdentityProvider]:
    """Give each provider in turn, known to the installation."""
    with IdentityProvider(request.param) as made:
        trust(settings, made)
        yield made


@pytest.fixture
def microsoft(settings: Any) -> Iterator[IdentityProvider]:
    """Give Microsoft, known to the installation."""
    with IdentityProvider("microsoft") as made:
        trust(settings, made)
        yield made


def trust(settings: Any, provider: IdentityProvider) -> None:
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(
        update={
            "outgoing_networks": (ip_network("127.0.0.0/8"),),
            f"{provider.kind}_stand_in": provider.url,
            f"{provider.kind}_client_id": provider.client_id,
            f"{provider.kind}_client_secret": provider.client_secret,
        }
    )


def begin(boss: Client, provider: IdentityProvider, host: str, **wish: Any) -> str:
    """Begin a connection and be sent to the provider; returns the address that it sends back to."""
    provider.redirect_uris = {f"http://{host}{CALLBACK}"}
    page = boss.post(START, {"provider": provider.kind, "relation": "own", **wish})
    assert page.status_code == 200
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page.content.decode())
    assert found is not None
    back = urlsplit(provider.visit(unescape(found[1])))
    return f"{back.path}?{back.query}"


def words(answer: Any) -> str:
    body = answer.getvalue() if answer.streaming else answer.content
    return unescape(body.decode())


@pytest.fixture
def boss(browser: Browser) -> Client:
    """Give an administrator's browser."""
    return browser("administrator")


def test_a_new_mailbox_is_connected(shop: Any, boss: Client, provider: IdentityProvider) -> None:
    assert "Connect " in words(boss.get("/settings/mailboxes/new/"))
    answer = boss.get(begin(boss, provider, shop.host, name="Acme support", relation="own"))
    text = words(answer)
    assert answer.status_code == 200
    assert "support@shop.example</b> is connected" in text
    assert text.rstrip().endswith("</html>")
    mailbox = Mailbox.objects.get()
    assert (mailbox.address, mailbox.name, mailbox.auth) == ("support@shop.example", "Acme support", "oauth")
    page = words(boss.get(f"/settings/mailboxes/{mailbox.pk}/"))
    assert "Connect again" in page
    assert 'name="imap_host"' not in page
    assert 'name="imap_password"' not in page
    saved = boss.post(
        f"/settings/mailboxes/{mailbox.pk}/",
        {"address": mailbox.address, "name": "Renamed", "imap_folder": "INBOX", "team_id": "-"},
    )
    assert saved.status_code == 302, saved.context["form"].errors
    mailbox.refresh_from_db()
    assert (mailbox.name, mailbox.auth) == ("Renamed", "oauth")
    assert mailbox.imap_host


def test_the_provider_is_asked_outside_of_scope_and_transaction(
    open_shop: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from okno.channels.email import oauth

    with scope(open_shop.workspace):
        boss = browser_for(open_shop, "administrator")
    seen: list[tuple[bool, int | None]] = []
    ask = oauth.post_form

    def spy(*args: Any, **options: Any) -> Any:
        seen.append((connection.in_atomic_block, scoped_workspace_id()))
        return ask(*args, **options)

    monkeypatch.setattr(oauth, "post_form", spy)
    with IdentityProvider("microsoft") as provider:
        trust(settings, provider)
        assert "is connected" in words(boss.get(begin(boss, provider, open_shop.host)))
    assert seen == [(False, None)]
    with scope(open_shop.workspace):
        assert Mailbox.objects.get().auth == "oauth"


def test_a_state_is_good_once(shop: Any, boss: Client, microsoft: IdentityProvider) -> None:
    back = begin(boss, microsoft, shop.host)
    words(boss.get(back))
    again = boss.get(back)
    assert again.status_code == 422
    assert "belongs to no connection" in words(again)
    assert len(microsoft.asked) == 1


def test_a_forged_state_is_refused(shop: Any, boss: Client, microsoft: IdentityProvider) -> None:
    """Nobody can slip the consent for his own mailbox into somebody else's desk."""
    code = dict(parse_qsl(urlsplit(begin(boss, microsoft, shop.host)).query))["code"]
    for query in ({"code": code, "state": "forged"}, {"code": code}, {"code": code, "state": ""}, {}):
        answer = boss.get(f"{CALLBACK}?{urlencode(query)}")
        assert answer.status_code == 422
        assert "belongs to no connection" in words(answer)
    assert not microsoft.asked
    assert not Mailbox.objects.exists()


def test_another_browser_is_refused(shop: Any, boss: Client, microsoft: IdentityProvider) -> None:
    back = begin(boss, microsoft, shop.host)
    other = browser_for(shop, "administrator")
    colleague = browser_for(shop, "second", role="administrator")
    for client in (other, colleague):
        assert client.get(back).status_code == 422
    assert not microsoft.asked
    assert "is connected" in words(boss.get(back))


def test_another_person_at_the_same_browser_is_refused(
    shop: Any, boss: Client, microsoft: IdentityProvider
) -> None:
    from okno.console.settings import oauth

    back = begin(boss, microsoft, shop.host)
    session = boss.session
    attempts = session[oauth.SESSION_KEY]
    for kept in attempts.values():
        kept["member_id"] += 1
    session[oauth.SESSION_KEY] = attempts
    session.save()
    assert boss.get(back).status_code == 422
    assert not microsoft.asked


def test_another_workspace_is_refused(shop: Any, boss: Client, microsoft: IdentityProvider) -> None:
    from okno.console.settings import oauth

    back = begin(boss, microsoft, shop.host)
    session = boss.session
    attempts = session[oauth.SESSION_KEY]
    for kept in attempts.values():
        kept["workspace_id"] += 1
    session[oauth.SESSION_KEY] = attempts
    session.save()
    assert boss.get(back).status_code == 422
    assert not microsoft.asked


def test_an_old_attempt_is_refused(
    shop: Any, boss: Client, microsoft: IdentityProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    from okno.console.settings import oauth

    back = begin(boss, microsoft, shop.host)
    later = oauth.current_time() + oauth.GOOD_FOR + timedelta(seconds=1)
    monkeypatch.setattr(oauth, "current_time", lambda: later)
    assert boss.get(back).status_code == 422
    assert not microsoft.asked


def test_few_attempts_are_kept(shop: Any, boss: Client, microsoft: IdentityProvider) -> None:
    from okno.console.settings import oauth

    first = begin(boss, microsoft, shop.host)
    for _ in range(oauth.ATTEMPTS_KEPT):
        last = begin(boss, microsoft, shop.host)
    assert len(boss.session[oauth.SESSION_KEY]) == oauth.ATTEMPTS_KEPT
    assert boss.get(first).status_code == 422
    assert "is connected" in words(boss.get(last))


def test_no_consent_is_told_in_words(shop: Any, boss: Client, microsoft: IdentityProvider) -> None:
    microsoft.declines = "access_denied"
    answer = boss.get(begin(boss, microsoft, shop.host))
    assert answer.status_code == 422
    assert "The consent was not given" in words(answer)
    assert "Begin again" in words(answer)
    assert not Mailbox.objects.exists()


def test_what_the_token_endpoint_refuses_is_told_in_words(
    shop: Any, boss: Client, microsoft: IdentityProvider
) -> None:
    microsoft.refusals.append(Refusal(401, "invalid_client", "AADSTS7000222: expired"))
    text = words(boss.get(begin(boss, microsoft, shop.host)))
    assert "The client secret has expired" in text
    assert "AADSTS7000222" in text
    assert not Mailbox.objects.exists()


def test_markup_from_outside_stays_words(shop: Any, boss: Client, microsoft: IdentityProvider) -> None:
    microsoft.declines = "<script>alert(1)</script>"
    body = boss.get(begin(boss, microsoft, shop.host)).content.decode()
    assert "<script>alert" not in body
    microsoft.declines = ""
    microsoft.refusals.append(Refusal(400, "invalid_grant", "<img src=x onerror=alert(1)>"))
    assert b"<img src=x" not in boss.get(begin(boss, microsoft, shop.host)).getvalue()


def test_an_existing_mailbox_is_connected_and_disconnected(
    shop: Any, boss: Client, provider: IdentityProvider
) -> None:
    box = shop.mailbox("support@shop.example")
    assert "Connect " in words(boss.get(f"/settings/mailboxes/{box.pk}/"))
    provider.account = "somebody@shop.example"
    wrong = words(boss.get(begin(boss, provider, shop.host, mailbox_id=box.pk, relation="own")))
    assert "You signed in as somebody@shop.example" in wrong
    provider.account = "support@shop.example"
    assert "is connected" in words(boss.get(begin(boss, provider, shop.host, mailbox_id=box.pk)))
    box.refresh_from_db()
    assert box.auth == "oauth"
    answer = boss.post(f"/settings/mailboxes/{box.pk}/disconnection/")
    assert answer["Location"] == f"/settings/mailboxes/{box.pk}/"
    box.refresh_from_db()
    assert (box.auth, box.oauth_secret) == ("password", "")
    assert 'name="imap_password"' in words(boss.get(f"/settings/mailboxes/{box.pk}/"))


def test_a_lost_consent_stands_on_the_page(shop: Any, boss: Client, microsoft: IdentityProvider) -> None:
    words(boss.get(begin(boss, microsoft, shop.host)))
    box = Mailbox.objects.get()
    Mailbox.objects.update(oauth_error="password: AADSTS50173")
    page = words(boss.get(f"/settings/mailboxes/{box.pk}/"))
    assert "The password of the account was changed" in page
    assert "The password of the account was changed" in words(boss.get("/settings/mailboxes/"))
    Mailbox.objects.update(oauth_error="", oauth_expires_at=shop.now + timedelta(days=1))
    assert "The consent ends on" in words(boss.get(f"/settings/mailboxes/{box.pk}/"))


@pytest.mark.parametrize(
    "wish",
    [
        {"provider": "yahoo", "relation": "own"},
        {"provider": "microsoft"},
        {},
        {"provider": "microsoft", "relation": "stolen"},
        {"provider": "microsoft", "relation": "shared"},
        {"provider": "microsoft", "relation": "shared", "address": "nonsense"},
        {"provider": "google", "relation": "shared", "address": "help@shop.example"},
        {"provider": "microsoft", "relation": "own", "mailbox_id": "x"},
        {"provider": "microsoft", "relation": "own", "team_id": "999999"},
        {"provider": "google", "relation": "own"},
    ],
)
def test_impossible_connections(boss: Client, microsoft: IdentityProvider, wish: dict[str, str]) -> None:
    assert boss.post(START, wish).status_code == 422


def test_a_mailbox_that_is_not_there(boss: Client, microsoft: IdentityProvider) -> None:
    assert (
        boss.post(START, {"provider": "microsoft", "relation": "own", "mailbox_id": "987654"}).status_code
        == 404
    )
    assert boss.post("/settings/mailboxes/987654/disconnection/").status_code == 404


@pytest.mark.parametrize("role", ["agent", "light_agent", "supervisor", "support_administrator"])
def test_others_are_turned_away(shop: Any, browser: Browser, microsoft: IdentityProvider, role: str) -> None:
    box = shop.mailbox()
    client = browser(role, role=role)
    for path in (CALLBACK, CLIENTS):
        assert client.get(path).status_code == 403
    for path in (START, CLIENTS, f"{CLIENTS}forgetting/", f"/settings/mailboxes/{box.pk}/disconnection/"):
        assert client.post(path, {"provider": "microsoft"}).status_code == 403
    assert not microsoft.asked


def test_a_configurator_connects_but_enters_no_clients(
    shop: Any, browser: Browser, microsoft: IdentityProvider, settings: Any
) -> None:
    client = browser("configurator", role="configurator")
    assert "is connected" in words(client.get(begin(client, microsoft, shop.host)))
    assert client.get(CLIENTS).status_code == 403
    assert client.post(CLIENTS, {"provider": "microsoft"}).status_code == 403
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"microsoft_client_id": None})
    assert "An administrator has to set up" in words(client.get("/settings/mailboxes/new/"))


def test_visitors_are_sent_to_sign_in(shop: Any) -> None:
    visitor = browser_for(shop, None)
    assert "/login/" in visitor.get(f"{CALLBACK}?code=x&state=y")["Location"]


def test_clients_are_entered_once(shop: Any, boss: Client) -> None:
    page = words(boss.get(CLIENTS))
    assert f"http://{shop.host}{CALLBACK}" in page
    assert "IMAP.AccessAsUser.All" in page
    assert "https://mail.google.com/" in page
    assert "begin with https" in page
    form = {
        "provider": "microsoft",
        "client_id": "the id",
        "client_secret": "hush hush",
        "directory": "contoso.example",
        "secret_expires_on": (shop.now + timedelta(days=10)).strftime("%Y-%m-%d"),
    }
    assert boss.post(CLIENTS, form)["Location"] == CLIENTS
    row = OAuthClient.objects.get()
    assert "hush" not in row.client_secret
    page = words(boss.get(CLIENTS))
    assert "hush" not in page
    assert "the id" in page
    assert "The client secret is good until" in page
    assert "The client secret for Microsoft 365 is good until" in words(boss.get("/settings/mailboxes/"))
    sealed = row.client_secret
    boss.post(CLIENTS, {**form, "client_secret": "", "client_id": "another id"})
    row.refresh_from_db()
    assert (row.client_id, row.client_secret) == ("another id", sealed)
    boss.post(f"{CLIENTS}forgetting/", {"provider": "microsoft"})
    assert not OAuthClient.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [("client_id", " "), ("client_secret", ""), ("directory", "a/b"), ("secret_expires_on", "soon")],
)
def test_impossible_clients_are_told_by_field(boss: Client, field: str, value: str) -> None:
    form = {"provider": "microsoft", "client_id": "x", "client_secret": "y", field: value}
    answer = boss.post(CLIENTS, form)
    assert answer.status_code == 422
    [cell] = [cell for cell in answer.context["cells"] if cell.provider.value == "microsoft"]
    assert list(cell.form.errors) == [field]
    assert not OAuthClient.objects.exists()


def test_no_such_provider(boss: Client) -> None:
    assert boss.post(CLIENTS, {"provider": "yahoo"}).status_code == 422
    assert boss.post(f"{CLIENTS}forgetting/", {"provider": "yahoo"}).status_code == 422


def test_the_table_of_mailboxes_costs_the_same_for_many(shop: Any, boss: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert boss.get("/settings/mailboxes/").status_code == 200
        return len(seen)

    shop.mailbox()
    queries()
    few = queries()
    for number in range(20):
        box = shop.mailbox(f"box{number}@shop.example")
        Mailbox.objects.filter(pk=box.pk).update(
            fetch_error="The server is away.", fetch_failing_since=shop.now, imap_host="x"
        )
    assert queries() == few
    page = words(boss.get("/settings/mailboxes/"))
    assert page.count("The server is away.") == 20
    assert "Fails since" in page

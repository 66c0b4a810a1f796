"""The consent of an account's owner opens a mailbox: against a stand-in that speaks as the providers document it."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from okno.channels.base import TemporaryFailure
from okno.channels.email import oauth, tokens
from okno.channels.email.advice import imap_advice, relay_advice
from okno.channels.email.consent_advice import consent_advice
from okno.channels.email.consents import Wish, connect_mailbox, disconnect_mailbox
from okno.channels.email.imap_in import ImapFailure, ImapMailbox
from okno.channels.email.mailboxes import (
    MailboxSettings,
    imap_server,
    smtp_server,
    try_mailbox,
    update_mailbox,
)
from okno.channels.email.models import Mailbox, OAuthClient, Provider
from okno.channels.email.oauth import (
    Consent,
    OAuthFailure,
    Proof,
    Tokens,
    consent_url,
    exchange_code,
    read_code,
)
from okno.channels.email.oauth_clients import (
    Client,
    ClientSettings,
    client_for,
    clients,
    forget_client,
    save_client,
)
from okno.channels.email.relay import ServerSettings
from okno.channels.email.smtp_out import SmtpSender
from okno.channels.email.tokens import MailboxTokens
from okno.channels.email.xoauth2 import Xoauth2, read_reason
from okno.lib.errors import Conflict, Denied, Invalid
from okno.spine.models import Event
from tests.channels.email.mail import simple
from tests.conftest import Shop
from tests.servers.certificates import make_certificate
from tests.servers.identity_provider import IdentityProvider, Refusal
from tests.servers.imap_gate import ImapGate
from tests.servers.imap_server import ImapServer
from tests.servers.smtp_relay import SmtpRelay

BACK = "https://desk.example/settings/mailboxes/oauth/callback/"
KINDS = ["microsoft", "google"]


def trust(settings: Any, provider: IdentityProvider) -> None:
    """Put the stand-in in the provider's place."""
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(
        update={
            "outgoing_networks": (ip_network("127.0.0.0/8"),),
            f"{provider.kind}_stand_in": provider.url,
            f"{provider.kind}_client_id": provider.client_id,
            f"{provider.kind}_client_secret": provider.client_secret,
        }
    )


@pytest.fixture(params=KINDS)
def provider(request: pytest.FixtureRequest, settings: Any) -> Iterator[IdentityProvider]:
    """Give each provider in turn."""
    with IdentityProvider(request.param, redirect_uris={BACK}) as made:
        trust(settings, made)
        yield made


@pytest.fixture
def microsoft(settings: Any) -> Iterator[IdentityProvider]:
    """Give Microsoft."""
    with IdentityProvider("microsoft", redirect_uris={BACK}) as made:
        trust(settings, made)
        yield made


def client_of(provider: IdentityProvider, **values: Any) -> Client:
    known = {"client_id": provider.client_id, "client_secret": provider.client_secret, **values}
    return Client(provider=Provider(provider.kind), **known)


def agree(provider: IdentityProvider, shop: Shop, proof: Proof | None = None, **values: Any) -> Consent:
    """Go through the whole flow as a person who agrees."""
    proof = proof or Proof.make()
    client = client_of(provider, **values)
    back = dict(parse_qsl(urlsplit(provider.visit(consent_url(client, proof, redirect_uri=BACK))).query))
    assert back["state"] == proof.state
    return exchange_code(client, proof, code=back["code"], redirect_uri=BACK, now=shop.now)


def connected(shop: Shop, provider: IdentityProvider, **wish: Any) -> Mailbox:
    """Return a mailbox that was connected by consent."""
    return connect_mailbox(
        actor=shop.actor("administrator"),  # type: ignore[arg-type]
        wish=Wish(provider=Provider(provider.kind), **wish),
        consent=agree(provider, shop),
        now=shop.now,
    )


def source(mailbox: Mailbox) -> MailboxTokens:
    return MailboxTokens(mailbox.workspace_id, mailbox.pk, mailbox.oauth_granted_at)


# --- The flow --------------------------------------------------------------------------------------


def test_a_consent_names_the_account_and_gives_tokens(shop: Shop, provider: IdentityProvider) -> None:
    consent = agree(provider, shop)
    assert consent.account == "support@shop.example"
    assert provider.accepts(consent.account, consent.tokens.access_token)
    assert consent.tokens.refresh_token in provider.refresh_tokens
    assert "tokens" not in repr(consent) or consent.tokens.access_token not in repr(consent)


def test_over_tls_by_the_certificate(
    shop: Shop, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = make_certificate(tmp_path)
    with IdentityProvider("microsoft", tls=certificate.server_context(), redirect_uris={BACK}) as provider:
        trust(settings, provider)
        with pytest.raises(OAuthFailure) as failed:
            agree(provider, shop)
        assert failed.value.problem == "network"
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate.certificate))
        assert agree(provider, shop).account == provider.account


def test_a_code_is_good_once(shop: Shop, provider: IdentityProvider) -> None:
    proof, client = Proof.make(), client_of(provider)
    back = provider.visit(consent_url(client, proof, redirect_uri=BACK))
    code = dict(parse_qsl(urlsplit(back).query))["code"]
    exchange_code(client, proof, code=code, redirect_uri=BACK, now=shop.now)
    with pytest.raises(OAuthFailure) as failed:
        exchange_code(client, proof, code=code, redirect_uri=BACK, now=shop.now)
    assert failed.value.problem == "code"


def test_a_code_is_of_no_use_without_the_verifier(shop: Shop, provider: IdentityProvider) -> None:
    proof, client = Proof.make(), client_of(provider)
    back = provider.visit(consent_url(client, proof, redirect_uri=BACK))
    code = dict(parse_qsl(urlsplit(back).query))["code"]
    with pytest.raises(OAuthFailure) as failed:
        exchange_code(client, Proof.make(), code=code, redirect_uri=BACK, now=shop.now)
    assert failed.value.problem == "code"


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "somebody-else"},
        {"iss": "https://evil.example/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0"},
        {"exp": 1_000_000_000},
        {"exp": "soon"},
        {"nonce": "of another attempt"},
        {"nonce": None},
        {"email": "", "preferred_username": ""},
        {"email": "no address", "preferred_username": "DOMAIN\\user"},
    ],
)
def test_an_identity_that_is_not_sure_is_refused(
    shop: Shop, provider: IdentityProvider, claims: dict[str, Any]
) -> None:
    provider.claims = claims
    with pytest.raises(OAuthFailure) as failed:
        agree(provider, shop)
    assert failed.value.problem == "identity"


def test_another_directory_is_refused(shop: Shop, microsoft: IdentityProvider) -> None:
    with pytest.raises(OAuthFailure) as failed:
        agree(microsoft, shop, directory="11111111-2222-3333-4444-555555555555")
    assert failed.value.problem == "identity"
    assert agree(microsoft, shop, directory="9188040d-6c67-4c5b-b112-36a304b66dad").account


def test_an_unverified_address_of_google_is_refused(shop: Shop, settings: Any) -> None:
    with IdentityProvider("google", redirect_uris={BACK}, claims={"email_verified": False}) as google:
        trust(settings, google)
        with pytest.raises(OAuthFailure) as failed:
            agree(google, shop)
    assert failed.value.problem == "identity"


def test_less_than_is_needed_is_refused(shop: Shop, provider: IdentityProvider) -> None:
    provider.scopes_given = "openid email"
    with pytest.raises(OAuthFailure) as failed:
        agree(provider, shop)
    assert failed.value.problem == "scope"


@pytest.mark.parametrize(
    ("provider", "granted", "expected"),
    [
        (Provider.MICROSOFT, "https://outlook.office365.com/imap.accessasuser.all SMTP.Send", True),
        (Provider.MICROSOFT, "https://outlook.office.com/IMAP.AccessAsUser.All openid", False),
        (
            Provider.GOOGLE,
            "openid https://www.googleapis.com/auth/userinfo.email https://mail.google.com/",
            True,
        ),
        (Provider.GOOGLE, "openid https://www.googleapis.com/auth/gmail.readonly", False),
    ],
)
def test_what_is_enough(provider: Provider, granted: str, expected: bool) -> None:
    assert Client(provider=provider, client_id="x", client_secret="y").is_enough(granted) is expected


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ({"error": "access_denied"}, "declined"),
        ({"error": "consent_required", "error_description": "AADSTS90094: admin"}, "admin"),
        ({"error": "interaction_required"}, "interaction"),
        ({"error": "temporarily_unavailable"}, "busy"),
        ({"error": "server_error"}, "busy"),
        ({"error": "access_denied", "error_description": "AADSTS65004: User declined"}, "declined"),
        ({"error": "admin_policy_enforced"}, "admin"),
        ({"error": "something_new"}, "answer"),
        ({}, "answer"),
    ],
)
def test_what_the_page_says_instead_of_a_code(answer: dict[str, str], problem: str) -> None:
    failure = oauth.read_refusal(answer)
    assert failure.problem == problem
    assert consent_advice(failure)


@pytest.mark.parametrize(
    ("refusal", "problem"),
    [
        (Refusal(description="AADSTS700082: The refresh token has expired due to inactivity."), "inactive"),
        (
            Refusal(description="AADSTS50173: The provided grant has expired due to it being revoked"),
            "password",
        ),
        (Refusal(description="AADSTS65001: The user or administrator has not consented"), "withdrawn"),
        (Refusal(error="interaction_required", description="AADSTS50076: multi-factor"), "interaction"),
        (Refusal(error="interaction_required", description="AADSTS53003: Conditional Access"), "blocked"),
        (Refusal(error="consent_required", description="AADSTS90094: admin consent"), "admin"),
        (Refusal(description="AADSTS50057: The user account is disabled."), "account"),
        (
            Refusal(401, "invalid_client", "AADSTS7000222: The provided client secret keys are expired"),
            "client_secret",
        ),
        (Refusal(401, "invalid_client", "AADSTS7000215: Invalid client secret provided"), "client"),
        (Refusal(401, "unauthorized_client", "AADSTS700016: Application was not found"), "client"),
        (Refusal(description="Token has been expired or revoked."), "withdrawn"),
        (Refusal(error="deleted_client", description="The OAuth client was deleted."), "client"),
        (Refusal(error="temporarily_unavailable"), "busy"),
        (Refusal(503, body="<html>Service unavailable</html>"), "busy"),
        (Refusal(429, error="slow_down"), "busy"),
        (Refusal(200, body="[1, 2]"), "answer"),
        (Refusal(200, body="no json"), "answer"),
        (Refusal(200, body="{}"), "answer"),
        (Refusal(200, body='{"access_token": 5}'), "answer"),
        (Refusal(200, body="x" * 200_000), "network"),
    ],
)
def test_every_refusal_has_its_word(
    shop: Shop, microsoft: IdentityProvider, refusal: Refusal, problem: str
) -> None:
    microsoft.refusals.append(refusal)
    with pytest.raises(OAuthFailure) as failed:
        oauth.refresh(client_of(microsoft), "anything")
    assert failed.value.problem == problem
    assert "Trace ID" not in failed.value.detail
    again = read_code(failed.value.code)
    assert again is not None
    assert (again.problem, again.detail) == (failed.value.problem, failed.value.detail)


def test_nobody_answers(shop: Shop, microsoft: IdentityProvider, settings: Any) -> None:
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(
        update={"microsoft_stand_in": "http://127.0.0.1:1"}
    )
    with pytest.raises(OAuthFailure) as failed:
        oauth.refresh(client_of(microsoft), "anything")
    assert failed.value.problem == "network"
    assert failed.value.is_temporary


def test_an_odd_stored_line_is_read() -> None:
    assert read_code("") is None
    odd = read_code("no such word: x")
    assert odd is not None
    assert odd.problem == "answer"


# --- Clients ---------------------------------------------------------------------------------------


def test_the_own_client_comes_before_the_installations(shop: Shop, microsoft: IdentityProvider) -> None:
    actor: Any = shop.actor("administrator")
    found = client_for(Provider.MICROSOFT)
    assert found is not None
    assert found.is_of_installation
    given = ClientSettings(client_id=" own ", client_secret=" hush ", directory="contoso.example")
    save_client(actor=actor, provider=Provider.MICROSOFT, given=given, now=shop.now)
    row = OAuthClient.objects.get()
    assert "hush" not in row.client_secret
    own = clients()[Provider.MICROSOFT]
    assert (own.client_id, own.client_secret, own.is_of_installation) == ("own", "hush", False)
    assert "/contoso.example/oauth2/v2.0/" in own.authorize_url
    kept = ClientSettings(client_id="own2")
    save_client(actor=actor, provider=Provider.MICROSOFT, given=kept, now=shop.now)
    again = client_for(Provider.MICROSOFT)
    assert again is not None
    assert (again.client_id, again.client_secret) == ("own2", "hush")
    assert "hush" not in str(list(Event.objects.values_list("payload", flat=True)))
    forget_client(actor=actor, provider=Provider.MICROSOFT, now=shop.now)
    forget_client(actor=actor, provider=Provider.MICROSOFT, now=shop.now)
    found = client_for(Provider.MICROSOFT)
    assert found is not None
    assert found.is_of_installation
    assert client_for(Provider.GOOGLE) is None


@pytest.mark.parametrize("role", ["configurator", "support_administrator", "agent", "light_agent"])
def test_only_administrators_enter_a_client(shop: Shop, role: str) -> None:
    given = ClientSettings(client_id="own", client_secret="hush")
    actor: Any = shop.actor(role)
    with pytest.raises(Denied):
        save_client(actor=actor, provider=Provider.GOOGLE, given=given, now=shop.now)
    with pytest.raises(Denied):
        forget_client(actor=actor, provider=Provider.GOOGLE, now=shop.now)
    assert not OAuthClient.objects.exists()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (ClientSettings(client_id=" ", client_secret="x"), "client_id"),
        (ClientSettings(client_id="x"), "client_secret"),
        (ClientSettings(client_id="x", client_secret=" "), "client_secret"),
        (ClientSettings(client_id="x", client_secret="x", directory="../evil"), "directory"),
        (ClientSettings(client_id="x", client_secret="x", directory="a/b?c"), "directory"),
    ],
)
def test_impossible_clients(shop: Shop, given: ClientSettings, field: str) -> None:
    actor: Any = shop.actor("administrator")
    with pytest.raises(Invalid) as refused:
        save_client(actor=actor, provider=Provider.MICROSOFT, given=given, now=shop.now)
    assert list(refused.value.fields) == [field]


# --- Connecting ------------------------------------------------------------------------------------


def test_a_new_mailbox_is_made_of_a_consent(shop: Shop, provider: IdentityProvider) -> None:
    provider.refresh_lasts = 604_799
    mailbox = Mailbox.objects.get(pk=connected(shop, provider, name="Support").pk)
    assert (mailbox.address, mailbox.name, mailbox.auth) == ("support@shop.example", "Support", "oauth")
    assert (mailbox.imap_host, mailbox.smtp_host) == {
        "microsoft": ("outlook.office365.com", "smtp.office365.com"),
        "google": ("imap.gmail.com", "smtp.gmail.com"),
    }[provider.kind]
    assert mailbox.imap_user == mailbox.smtp_user == mailbox.oauth_account == "support@shop.example"
    assert mailbox.oauth_granted_at == shop.now
    assert mailbox.oauth_expires_at == shop.now + timedelta(seconds=604_799)
    assert not mailbox.is_released
    [refresh_token] = provider.refresh_tokens
    assert refresh_token not in mailbox.oauth_secret
    server, way_out = imap_server(mailbox), smtp_server(mailbox)
    assert server is not None
    assert way_out is not None
    assert server.tokens == way_out.tokens == source(mailbox)
    assert server.password == way_out.password == ""
    events = list(Event.objects.filter(subject_kind="mailbox").values_list("type", flat=True))
    assert sorted(events) == ["mailbox.connected", "mailbox.created"]
    assert refresh_token not in str(list(Event.objects.values_list("payload", flat=True)))


def test_a_shared_mailbox_is_signed_in_to_by_its_own_name(shop: Shop, microsoft: IdentityProvider) -> None:
    microsoft.account = "olga@shop.example"
    mailbox = connected(shop, microsoft, relation="shared", address="Help@Shop.example")
    assert (mailbox.address, mailbox.imap_user) == ("help@shop.example", "help@shop.example")
    assert mailbox.oauth_account == "olga@shop.example"


def test_another_name_of_an_account_is_signed_in_to_by_the_account(
    shop: Shop, provider: IdentityProvider
) -> None:
    mailbox = connected(shop, provider, relation="alias", address="help@shop.example")
    assert (mailbox.address, mailbox.imap_user) == ("help@shop.example", "support@shop.example")


def test_a_name_that_cannot_be_shown_is_refused(shop: Shop, microsoft: IdentityProvider) -> None:
    with pytest.raises(Invalid):
        connected(shop, microsoft, relation="shared", address="помощь@shop.example")
    assert not Mailbox.objects.exists()


@pytest.mark.parametrize("role", ["agent", "light_agent", "supervisor", "support_administrator"])
def test_others_may_not_connect(shop: Shop, microsoft: IdentityProvider, role: str) -> None:
    actor: Any = shop.actor(role)
    with pytest.raises(Denied):
        connect_mailbox(
            actor=actor,
            wish=Wish(provider=Provider.MICROSOFT),
            consent=agree(microsoft, shop),
            now=shop.now,
        )
    assert not Mailbox.objects.exists()


def test_a_mailbox_with_a_password_is_connected(shop: Shop, provider: IdentityProvider) -> None:
    box: Any = shop.mailbox("support@shop.example")
    Mailbox.objects.filter(pk=box.pk).update(
        imap_host="imap.old.example", imap_user="x", imap_secret="v1.x", fetch_error="no", name="Old name"
    )
    mailbox = Mailbox.objects.get(pk=connected(shop, provider, mailbox_id=box.pk).pk)
    assert (mailbox.auth, mailbox.imap_secret, mailbox.fetch_error) == ("oauth", "", "")
    assert mailbox.name == "Old name"
    assert Mailbox.objects.count() == 1


def test_the_consent_of_another_account_is_refused(shop: Shop, microsoft: IdentityProvider) -> None:
    """An administrator who is signed in as himself at the provider must not turn his own mail into tickets."""
    box: Any = shop.mailbox("support@shop.example")
    microsoft.account = "boss@shop.example"
    with pytest.raises(Invalid, match=r"boss@shop\.example"):
        connected(shop, microsoft, mailbox_id=box.pk)
    assert Mailbox.objects.get(pk=box.pk).auth == "password"


def test_a_taken_address_is_refused(shop: Shop, microsoft: IdentityProvider) -> None:
    shop.mailbox("support@shop.example")
    with pytest.raises(Conflict):
        connected(shop, microsoft)


def test_a_token_is_never_shown_to_another_server(shop: Shop, microsoft: IdentityProvider) -> None:
    mailbox = connected(shop, microsoft)
    actor: Any = shop.actor("administrator")
    typed = MailboxSettings(
        address="new@shop.example",
        name="Other name",
        imap_host="evil.example",
        imap_user="x",
        imap_password="y",
        smtp_host="127.0.0.1",
        smtp_security="none",
    )
    update_mailbox(actor=actor, mailbox_id=mailbox.pk, settings=typed, now=shop.now)
    stored = Mailbox.objects.get(pk=mailbox.pk)
    assert (stored.address, stored.name) == ("new@shop.example", "Other name")
    assert (stored.imap_host, stored.smtp_host) == ("outlook.office365.com", "smtp.office365.com")
    assert stored.imap_secret == ""
    assert source(stored).access_token() in microsoft.access_tokens


def test_a_consent_is_forgotten(shop: Shop, microsoft: IdentityProvider) -> None:
    mailbox = connected(shop, microsoft)
    actor: Any = shop.actor("administrator")
    disconnect_mailbox(actor=actor, mailbox_id=mailbox.pk, now=shop.now)
    disconnect_mailbox(actor=actor, mailbox_id=mailbox.pk, now=shop.now)
    stored = Mailbox.objects.get(pk=mailbox.pk)
    assert (stored.auth, stored.oauth_secret, stored.oauth_account) == ("password", "", "")
    assert Event.objects.filter(type="mailbox.disconnected").count() == 1
    with pytest.raises(OAuthFailure):
        source(mailbox).access_token()


# --- Tokens ----------------------------------------------------------------------------------------


def test_a_token_is_kept_while_it_lasts(
    shop: Shop, provider: IdentityProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox = connected(shop, provider)
    clock = [1000.0]
    monkeypatch.setattr(tokens.time, "monotonic", lambda: clock[0])
    first = source(mailbox).access_token()
    assert source(mailbox).access_token() == first
    clock[0] += 3600 - tokens.SPARE_SECONDS - 1
    assert source(mailbox).access_token() == first
    clock[0] += 2
    second = source(mailbox).access_token()
    assert second != first
    assert source(mailbox).access_token(refused=second) != second
    assert len([form for form in provider.asked if form["grant_type"] == "refresh_token"]) == 3


def test_a_new_refresh_token_is_kept_at_once(shop: Shop, provider: IdentityProvider) -> None:
    provider.rotates = True
    mailbox = connected(shop, provider)
    for _ in range(3):
        source(mailbox).renew()
    [current] = provider.refresh_tokens
    assert provider.asked[-1]["refresh_token"] != current
    assert Mailbox.objects.get(pk=mailbox.pk).oauth_error == ""


def test_another_process_was_given_a_new_refresh_token(
    shop: Shop, provider: IdentityProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What we had read was void before we used it; what the other process has stored is good."""
    provider.rotates = True
    mailbox = connected(shop, provider)
    ask, is_first = tokens.refresh, [True]

    def overtaken(client: Client, refresh_token: str) -> Tokens:
        if is_first.pop() if is_first else False:
            MailboxTokens(mailbox.workspace_id, mailbox.pk, None).renew()
        return ask(client, refresh_token)

    monkeypatch.setattr(tokens, "refresh", overtaken)
    assert provider.accepts("support@shop.example", source(mailbox).access_token())
    assert Mailbox.objects.get(pk=mailbox.pk).oauth_error == ""
    assert not Event.objects.filter(type="mailbox.consent_lost").exists()


def test_a_consent_that_was_taken_back_is_noted_once_and_not_asked_for_ever(
    shop: Shop, provider: IdentityProvider
) -> None:
    mailbox = connected(shop, provider)
    provider.revoke()
    for _ in range(3):
        with pytest.raises(OAuthFailure):
            source(mailbox).access_token()
    assert len(provider.asked) == 2
    assert Mailbox.objects.get(pk=mailbox.pk).oauth_error.startswith("withdrawn: ")
    assert Event.objects.filter(type="mailbox.consent_lost").count() == 1


def test_a_consent_that_works_again_says_so(shop: Shop, microsoft: IdentityProvider) -> None:
    mailbox = connected(shop, microsoft)
    microsoft.refusals.append(Refusal(error="interaction_required", description="AADSTS50076: sign in"))
    with pytest.raises(OAuthFailure):
        source(mailbox).access_token()
    assert source(mailbox).access_token()
    assert Mailbox.objects.get(pk=mailbox.pk).oauth_error == ""
    assert Event.objects.filter(type="mailbox.consent_works").count() == 1


def test_what_passes_by_itself_is_not_noted(shop: Shop, microsoft: IdentityProvider) -> None:
    mailbox = connected(shop, microsoft)
    microsoft.refusals.append(Refusal(503, body="later"))
    with pytest.raises(OAuthFailure):
        source(mailbox).access_token()
    assert Mailbox.objects.get(pk=mailbox.pk).oauth_error == ""
    assert source(mailbox).access_token()


def test_a_corrected_client_is_tried_again(shop: Shop, microsoft: IdentityProvider, settings: Any) -> None:
    mailbox = connected(shop, microsoft)
    actor: Any = shop.actor("administrator")
    wrong = ClientSettings(client_id=microsoft.client_id, client_secret="wrong")
    save_client(actor=actor, provider=Provider.MICROSOFT, given=wrong, now=shop.now)
    with pytest.raises(OAuthFailure) as failed:
        source(mailbox).access_token()
    assert failed.value.problem == "client"
    assert Mailbox.objects.get(pk=mailbox.pk).oauth_error.startswith("client")
    right = ClientSettings(client_id=microsoft.client_id, client_secret=microsoft.client_secret)
    save_client(actor=actor, provider=Provider.MICROSOFT, given=right, now=shop.now)
    assert Mailbox.objects.get(pk=mailbox.pk).oauth_error == ""
    assert source(mailbox).access_token()


def test_without_a_client_the_mailbox_says_so(shop: Shop, microsoft: IdentityProvider, settings: Any) -> None:
    mailbox = connected(shop, microsoft)
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"microsoft_client_id": None})
    with pytest.raises(OAuthFailure) as failed:
        source(mailbox).access_token()
    assert failed.value.problem == "client"
    assert Mailbox.objects.get(pk=mailbox.pk).oauth_error.startswith("client")


def test_a_sealed_consent_opens_nowhere_else(shop: Shop, microsoft: IdentityProvider) -> None:
    mailbox = connected(shop, microsoft)
    Mailbox.objects.filter(pk=mailbox.pk).update(address="other@shop.example")
    with pytest.raises(OAuthFailure) as failed:
        source(mailbox).access_token()
    assert failed.value.problem == "withdrawn"


# --- XOAUTH2 ---------------------------------------------------------------------------------------


class _Source:
    """Tokens as a test says."""

    def __init__(self, *given: str) -> None:
        self.given = list(given)
        self.refused: list[str] = []

    def access_token(self, *, refused: str = "") -> str:
        if refused:
            self.refused.append(refused)
        return self.given.pop(0)


def test_the_response_is_as_documented() -> None:
    attempt = Xoauth2("someuser@example.com", "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg")
    assert b64encode(attempt.to_imap(b"")).decode() == (
        "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhkSFJoZG1semRHRXVZMjl0"
        "Q2cBAQ=="
    )
    assert attempt.to_imap(b'{"status":"401","schemes":"bearer mac"}') == b""
    assert attempt.reason == "status 401"


def test_a_name_or_token_cannot_be_more(shop: Shop) -> None:
    for user, token in (("a\x01b", "t"), ("a", "t\r\nX")):
        with pytest.raises(ValueError, match="control"):
            Xoauth2(user, token)


@pytest.mark.parametrize("raw", [b"", b"not json", b"\xff\xfe", b"[]", b'{"status": {"a": 1}}'])
def test_odd_reasons(raw: bytes) -> None:
    assert isinstance(read_reason(raw), str)


@pytest.fixture
def gate(imap: ImapServer) -> Iterator[ImapGate]:
    """Give a real server that one comes into with the token `good` only."""
    with ImapGate(imap, lambda user, token: (user, token) == ("support@shop.example", "good")) as gate:
        yield gate


def by_token(port: int, given: _Source) -> ServerSettings:
    return ServerSettings(
        host="127.0.0.1", port=port, security="none", user="support@shop.example", tokens=given
    )


def test_a_mailbox_is_read_by_a_token(gate: ImapGate, imap: ImapServer) -> None:
    imap.deliver(simple("one"))
    with ImapMailbox(by_token(gate.port, _Source("good"))) as mailbox:
        assert mailbox.report().messages == 1


def test_a_refused_token_is_renewed_once(gate: ImapGate) -> None:
    given = _Source("old", "good")
    with ImapMailbox(by_token(gate.port, given)) as mailbox:
        assert mailbox.report().messages == 0
    assert given.refused == ["old"]


def test_a_token_that_is_refused_twice_is_a_failure_with_the_reason(gate: ImapGate) -> None:
    given = _Source("old", "older", "good")
    with pytest.raises(ImapFailure) as failed:
        ImapMailbox(by_token(gate.port, given))
    assert failed.value.problem == "token"
    assert "AUTHENTICATE failed" in failed.value.detail
    assert "status 400" in failed.value.detail
    assert "consent" in imap_advice(failed.value)
    assert len(gate.attempts) == 2


def test_imap_that_is_switched_off_is_told_in_words(gate: ImapGate) -> None:
    gate.refusal = (
        "NO [ALERT] Your account is not enabled for IMAP use. Please visit your Gmail settings page"
    )
    with pytest.raises(ImapFailure) as failed:
        ImapMailbox(by_token(gate.port, _Source("old", "older")))
    assert "switched off" in imap_advice(failed.value)
    exchange = ImapFailure("protocol", "User is authenticated but not connected.")
    assert "switched off" in imap_advice(exchange)


@pytest.fixture
def token_relay() -> Iterator[SmtpRelay]:
    """Give a relay that lets in with the token `good` only."""
    with SmtpRelay(accepts=lambda user, token: (user, token) == ("support@shop.example", "good")) as relay:
        yield relay


def test_mail_is_sent_by_a_token(token_relay: SmtpRelay) -> None:
    given = _Source("old", "good")
    with SmtpSender(by_token(token_relay.port, given)) as sender:
        sender.send(b"Subject: x\r\n\r\nx", envelope_from="support@shop.example", recipients=["a@b.example"])
    assert len(token_relay.delivered) == 1
    assert given.refused == ["old"]


def test_smtp_that_is_switched_off_is_told_in_words(token_relay: SmtpRelay) -> None:
    token_relay.sign_in_refusal = (
        "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant."
    )
    with pytest.raises(TemporaryFailure) as failed:
        SmtpSender(by_token(token_relay.port, _Source("old", "older"))).check()
    assert failed.value.code == 535
    assert "Authenticated SMTP" in relay_advice(failed.value.reason, failed.value.code, by_consent=True)
    refused = relay_advice("5.7.3 Authentication unsuccessful", 535, by_consent=True)
    assert "consent" in refused


def test_no_token_leaves_the_mail_undecided(token_relay: SmtpRelay) -> None:
    class Lost:
        def access_token(self, *, refused: str = "") -> str:
            raise OAuthFailure("withdrawn")

    server = ServerSettings(host="127.0.0.1", port=token_relay.port, security="none", user="x", tokens=Lost())
    with SmtpSender(server) as sender, pytest.raises(OAuthFailure):
        sender.send(b"x", envelope_from="a@b.example", recipients=["a@b.example"])
    assert not token_relay.delivered


def test_a_connected_mailbox_is_tried_with_its_tokens(
    shop: Shop, microsoft: IdentityProvider, imap: ImapServer
) -> None:
    mailbox = connected(shop, microsoft)
    actor: Any = shop.actor("administrator")
    with ImapGate(imap, microsoft.accepts) as gate, SmtpRelay(accepts=microsoft.accepts) as relay:
        here = {
            "imap_host": "127.0.0.1",
            "imap_port": gate.port,
            "imap_security": "none",
            "smtp_host": "127.0.0.1",
            "smtp_port": relay.port,
            "smtp_security": "none",
        }
        Mailbox.objects.filter(pk=mailbox.pk).update(**here)
        typed = MailboxSettings(address=mailbox.address)
        mailbox.refresh_from_db()
        found = try_mailbox(actor=actor, settings=typed, mailbox=mailbox)
        assert (found.imap_problem, found.smtp_problem, found.smtp_works) == ("", "", True)
        assert found.imap is not None
        microsoft.revoke()
        lost = try_mailbox(
            actor=actor, settings=typed, mailbox=Mailbox.objects.get(pk=connected_again(shop, mailbox).pk)
        )
        assert "Connect the mailbox again" in lost.imap_problem
        assert "Connect the mailbox again" in lost.smtp_problem


def connected_again(shop: Shop, mailbox: Mailbox) -> Mailbox:
    """Return the mailbox as another process sees it, which holds no token of it."""
    later = shop.now + timedelta(seconds=1)
    Mailbox.objects.filter(pk=mailbox.pk).update(oauth_granted_at=later)
    return mailbox


def test_secrets_do_not_show_in_what_is_logged(shop: Shop, microsoft: IdentityProvider) -> None:
    consent = agree(microsoft, shop)
    shown = repr(consent) + repr(client_of(microsoft)) + repr(Proof.make()) + repr(Xoauth2("a", "hush"))
    for secret in (
        consent.tokens.access_token,
        consent.tokens.refresh_token,
        microsoft.client_secret,
        "hush",
    ):
        assert secret not in shown
    assert json.dumps([form for form in microsoft.asked if "code_verifier" in form])

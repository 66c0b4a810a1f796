"""Connecting mailboxes by consent: to the provider's page and back, and by what name the desk is known there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings as installation
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from okno.channels.email.consent_advice import consent_advice
from okno.channels.email.consents import Wish, connect_mailbox, disconnect_mailbox
from okno.channels.email.models import Mailbox, OAuthClient, Provider
from okno.channels.email.oauth import OAuthFailure, Proof, consent_url, exchange_code, read_refusal
from okno.channels.email.oauth_clients import (
    GOOGLE_SCOPES,
    MICROSOFT_SCOPES,
    Client,
    client_for,
    clients,
    ending_clients,
    forget_client,
    save_client,
)
from okno.console.errors import add_refusal
from okno.console.freshness import fresh_proof
from okno.console.identity import ConsoleRequest, member_required
from okno.console.settings.frame import settings_page
from okno.console.settings.oauth_forms import ClientForm, ConnectForm
from okno.console.settings.streamed import RESULT_MARK, streamed
from okno.lib.clock import current_time
from okno.lib.errors import DomainError, Invalid, NotFound
from okno.spine.actor import Actor
from okno.team import policy
from okno.tenancy.hosts import public_url
from okno.tenancy.scope import scope

configurators_only = member_required(allowed=policy.can_manage_settings)
administrators_only = member_required(allowed=policy.can_manage_system)

SESSION_KEY = "consents"
GOOD_FOR = timedelta(minutes=15)
ATTEMPTS_KEPT = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What the browser's session keeps of a consent that was asked for, until the browser is back."""

    workspace_id: int
    member_id: int
    began_at: str
    redirect_uri: str
    proof: dict[str, str]
    wish: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderCell:
    """One provider on the page of clients."""

    provider: Provider
    form: ClientForm
    scopes: tuple[str, ...]
    is_own: bool
    is_of_installation: bool
    is_ending: bool
    mailboxes: int


# --- To the provider and back ----------------------------------------------------------------------


@require_POST
@configurators_only
def start(request: ConsoleRequest) -> HttpResponse:
    """Send the browser to the provider's page.

    By a page of ours and not by a redirect: our policy lets forms lead to no other site.
    """
    form = ConnectForm(request.POST)
    if not form.is_valid():
        details = [str(words) for many in form.errors.values() for words in many]
        raise Invalid(_("The mailbox cannot be connected like this."), fields={"form": details})
    wish = form.wish()
    client = client_for(wish.provider)
    if client is None:
        raise Invalid(
            _("An administrator has to enter by what name this desk is known to the provider first.")
        )
    mailbox = _mailbox(wish.mailbox_id) if wish.mailbox_id is not None else None
    proof, back = Proof.make(), callback_address(request)
    _remember(request, proof, wish, redirect_uri=back)
    hint = _account_hint(wish, mailbox)
    url = consent_url(client, proof, redirect_uri=back, account_hint=hint)
    return settings_page(request, "oauth_leaving.html", {"url": url, "provider": client.provider.label})


@require_safe
@configurators_only
def callback(request: ConsoleRequest) -> HttpResponseBase:
    """Take the browser back from the provider: turn the code into a consent, and the consent into a mailbox.

    The attempt is forgotten before the provider is asked, in the transaction that ends before: it is good once.
    """
    attempt = _recall(request, request.GET.get("state", ""), now=current_time())
    if attempt is None:
        words = _(
            "This page belongs to no connection that was begun in this browser, or it was used or is too old."
            " Nothing was changed. Begin again from the mailbox."
        )
        return _page(request, _result(problem=words), status=422)
    wish = Wish(**{**attempt.wish, "provider": Provider(attempt.wish["provider"])})
    client = client_for(wish.provider)
    if "code" not in request.GET or client is None:
        failure = read_refusal(request.GET.dict()) if client is not None else OAuthFailure("client")
        return _page(request, _result(problem=consent_advice(failure), wish=wish), status=422)
    code, actor = request.GET["code"], request.actor
    before, _mark, after = _page(request).content.decode().partition(RESULT_MARK)
    return streamed(before, lambda: _connect(actor, client, attempt, wish, code=code), after)


@require_POST
@configurators_only
def disconnection(request: ConsoleRequest, mailbox_id: int) -> HttpResponse:
    """Forget a consent; the mailbox waits for a password."""
    disconnect_mailbox(actor=request.actor, mailbox_id=mailbox_id, now=current_time())
    words = _(
        "The consent is forgotten here; its owner can also take it back at the provider."
        " Enter a password, or connect the mailbox again."
    )
    messages.success(request, words)
    return redirect("console:mailbox", mailbox_id)


def callback_address(request: ConsoleRequest) -> str:
    """Return the address that providers send browsers back to; it must be entered there exactly."""
    path = reverse("console:oauth_callback")
    if installation.PUBLIC_URL is None:
        return request.build_absolute_uri(path)
    return public_url(request.workspace, path)


def _connect(actor: Actor, client: Client, attempt: Attempt, wish: Wish, *, code: str) -> str:
    """Talk to the provider, then connect; called outside of the request's scope. Returns what to show."""
    now = current_time()
    try:
        consent = exchange_code(
            client, Proof(**attempt.proof), code=code, redirect_uri=attempt.redirect_uri, now=now
        )
        with scope(attempt.workspace_id):
            mailbox = connect_mailbox(actor=actor, wish=wish, consent=consent, now=now)
            return _result(mailbox=mailbox, wish=wish)
    except OAuthFailure as failure:
        return _result(problem=consent_advice(failure), wish=wish)
    except DomainError as error:
        return _result(problem=str(error.message), wish=wish)


def _result(**words: Any) -> str:
    return render_to_string("console/settings/oauth_result.html", words)


def _page(request: ConsoleRequest, result: str = "", *, status: int = 200) -> HttpResponse:
    return settings_page(request, "oauth_back.html", {"result": result}, status=status)


def _remember(request: ConsoleRequest, proof: Proof, wish: Wish, *, redirect_uri: str) -> None:
    attempt = Attempt(
        workspace_id=request.workspace.pk,
        member_id=request.member.pk,
        began_at=current_time().isoformat(),
        redirect_uri=redirect_uri,
        proof=asdict(proof),
        wish=asdict(wish),
    )
    kept: dict[str, Any] = request.session.get(SESSION_KEY, {})
    newest = dict(list(kept.items())[-(ATTEMPTS_KEPT - 1) :])
    request.session[SESSION_KEY] = {**newest, proof.state: asdict(attempt)}


def _recall(request: ConsoleRequest, state: str, *, now: datetime) -> Attempt | None:
    """Return and forget what was begun under a state; None if it was not here, not by him, or too long ago."""
    kept: dict[str, Any] = dict(request.session.get(SESSION_KEY, {}))
    found = kept.pop(state, None)
    if found is None:
        return None
    request.session[SESSION_KEY] = kept
    attempt = Attempt(**found)
    is_his = (attempt.workspace_id, attempt.member_id) == (request.workspace.pk, request.member.pk)
    is_fresh = now - datetime.fromisoformat(attempt.began_at) <= GOOD_FOR
    return attempt if is_his and is_fresh else None


def _account_hint(wish: Wish, mailbox: Mailbox | None) -> str:
    if mailbox is None:
        return ""
    return mailbox.oauth_account or (mailbox.address if wish.relation == "own" else "")


def _mailbox(mailbox_id: int) -> Mailbox:
    found: Mailbox | None = Mailbox.objects.filter(pk=mailbox_id).first()
    if found is None:
        raise NotFound(_("There is no such mailbox."))
    return found


# --- By what name the desk is known ----------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@administrators_only
@fresh_proof
def client_list(request: ConsoleRequest) -> HttpResponse:
    """Show and change by what name the desk is known to each provider."""
    if request.method == "GET":
        return _clients_page(request)
    provider = _provider(request.POST)
    form = ClientForm(request.POST, provider=provider, has_secret=_has_secret(provider))
    if form.is_valid():
        try:
            save_client(
                actor=request.actor, provider=provider, given=form.client_settings(), now=current_time()
            )
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("console:oauth_clients")
    return _clients_page(request, {provider: form}, status=422)


@require_POST
@administrators_only
@fresh_proof
def client_forgetting(request: ConsoleRequest) -> HttpResponse:
    """Forget the workspace's own client of a provider."""
    forget_client(actor=request.actor, provider=_provider(request.POST), now=current_time())
    messages.success(request, _("Forgotten."))
    return redirect("console:oauth_clients")


def _clients_page(
    request: ConsoleRequest, typed: Mapping[Provider, ClientForm] | None = None, *, status: int = 200
) -> HttpResponse:
    rows = {Provider(row.provider): row for row in OAuthClient.objects.all()}
    known, used, ending = clients(), _used(), ending_clients(now=current_time())
    back = callback_address(request)
    cells = []
    for provider in Provider:
        row, client = rows.get(provider), known.get(provider)
        form = (typed or {}).get(provider) or ClientForm.of(row, provider)
        cells.append(
            ProviderCell(
                provider=provider,
                form=form,
                scopes=MICROSOFT_SCOPES if provider is Provider.MICROSOFT else GOOGLE_SCOPES,
                is_own=row is not None,
                is_of_installation=client is not None and client.is_of_installation,
                is_ending=row in ending,
                mailboxes=used.get(provider, 0),
            )
        )
    context = {"cells": cells, "callback": back, "is_secure": _is_accepted(back)}
    return settings_page(request, "oauth_clients.html", context, status=status)


def _used() -> dict[str, int]:
    used: dict[str, int] = {}
    for provider in Mailbox.objects.exclude(oauth_provider="").values_list("oauth_provider", flat=True):
        used[provider] = used.get(provider, 0) + 1
    return used


def _is_accepted(address: str) -> bool:
    """Tell whether providers take an address to come back to: https, or plain on the same machine."""
    return address.startswith(("https://", "http://localhost:", "http://localhost/"))


def _has_secret(provider: Provider) -> bool:
    return OAuthClient.objects.filter(provider=provider).exclude(client_secret="").exists()


def _provider(data: Mapping[str, Any]) -> Provider:
    try:
        return Provider(data.get("provider", ""))
    except ValueError as error:
        raise Invalid(_("There is no such provider.")) from error

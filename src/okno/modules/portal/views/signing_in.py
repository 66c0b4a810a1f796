"""Signing in and out, and choosing a language before that."""

from __future__ import annotations

import secrets

from allauth.core.ratelimit import consume_or_429
from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from okno.accounts.forms import MailAddressField
from okno.accounts.views import workspace_of
from okno.lib.clock import current_time
from okno.modules.portal.entrance.links import ask_for_link, find_link, is_of_browser, use_link
from okno.modules.portal.entrance.sessions import COOKIE, end_session, remember, session_of, start_session
from okno.modules.portal.entrance.visitors import visitor_of
from okno.modules.portal.setup import portal_setup
from okno.people.commands.own_card import change_own_card
from okno.tenancy.queries import requester_languages

BROWSER_COOKIE = "okno_portal_asks"
NEXT_COOKIE = "okno_portal_next"
BROWSER_SECONDS = 15 * 60


class AddressForm(forms.Form):
    """Where the link goes."""

    email = MailAddressField(label=_("Your mail address"))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """Ask for the address, and have a link sent there: with the same answer whoever's it is."""
    if request.method != "POST" and session_of(request, now=current_time()) is not None:
        return redirect("my:requests")
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        address = form.cleaned_data["email"]
        too_many: HttpResponse | None = consume_or_429(request, action="portal_sign_in", key=address)
        if too_many is not None:
            return too_many
        return _send(request, address)
    context = {"form": form, "setup": portal_setup()}
    response = render(request, "my/sign_in.html", context, status=422 if form.errors else 200)
    _keep_next(request, response)
    return response


@require_safe
@never_cache
def sent(request: HttpRequest) -> HttpResponse:
    """Say that a mail is on its way, to be opened here."""
    return render(request, "my/sent.html")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("key")
def link(request: HttpRequest) -> HttpResponse:
    """Show the button that signs in; only pressing it uses the link up, and only in the browser that asked."""
    now = current_time()
    secret = request.POST.get("key", "") if request.method == "POST" else request.GET.get("key", "")
    found = find_link(secret, now=now)
    browser = request.COOKIES.get(BROWSER_COOKIE, "")
    if found is None:
        return render(request, "my/dead_link.html", {"is_elsewhere": False}, status=404)
    if not is_of_browser(found, browser):
        return render(request, "my/dead_link.html", {"is_elsewhere": True}, status=403)
    if request.method != "POST":
        return render(request, "my/link.html", {"key": secret, "address": found.address})
    address = use_link(link=found, now=now)
    if address is None:
        return render(request, "my/dead_link.html", {"is_elsewhere": False}, status=404)
    response = redirect(_next(request))
    remember(request, response, start_session(address=address, now=now))
    for name in (BROWSER_COOKIE, NEXT_COOKIE):
        response.delete_cookie(name, path="/my/")
    return response


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session of this browser."""
    session = session_of(request, now=current_time())
    if session is not None:
        end_session(session)
    response = redirect("my:sign_in")
    response.delete_cookie(COOKIE, path="/my/")
    return response


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Choose the language of the pages: of the person who is signed in, or of this browser."""
    chosen = request.POST.get("language", "")
    there = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(there, allowed_hosts=None) and there.startswith("/my/")
    response = redirect(there if is_ours else "my:requests")
    if chosen in dict(requester_languages(workspace_of(request))):
        session = session_of(request, now=current_time())
        if session is not None:
            visitor = visitor_of(session)
            change_own_card(actor=visitor.actor, contact=visitor.contact, language=chosen, now=current_time())
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, chosen, samesite="Lax")
    return response


def _send(request: HttpRequest, address: str) -> HttpResponse:
    browser = secrets.token_urlsafe(32)
    ask_for_link(address=address, browser=browser, language=get_language() or "en", now=current_time())
    response = redirect("my:link_sent")
    # Lax, not strict: the link comes from a mail program, and is followed with this cookie.
    _set(request, response, BROWSER_COOKIE, browser)
    return response


def _keep_next(request: HttpRequest, response: HttpResponse) -> None:
    there = request.GET.get("next", "")
    if there.startswith("/my/") and url_has_allowed_host_and_scheme(there, allowed_hosts=None):
        _set(request, response, NEXT_COOKIE, there[:500])


def _next(request: HttpRequest) -> str:
    there = request.COOKIES.get(NEXT_COOKIE, "")
    is_ours = there.startswith("/my/") and url_has_allowed_host_and_scheme(there, allowed_hosts=None)
    return there if is_ours else "/my/"


def _set(request: HttpRequest, response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name,
        value,
        max_age=BROWSER_SECONDS,
        path="/my/",
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )

"""As whom a person uses the console: his member and actor, his language, the workspace's zone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from urllib.parse import urlencode
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from okno.accounts.sessions import note_seen
from okno.console.errors import answer_refusal
from okno.lib.clock import current_time
from okno.lib.errors import Denied, DomainError
from okno.reactors.live.follower import here
from okno.spine.actor import Actor
from okno.team.factors import lacks_factor
from okno.team.models import Member
from okno.team.policy import is_granted, is_granted_everywhere
from okno.team.queries import actor_for, member_of
from okno.tenancy.models import Workspace

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
P = ParamSpec("P")


class ConsoleRequest(HttpRequest):
    """A request as the console's views get it, behind `member_required`."""

    workspace: Workspace
    member: Member
    actor: Actor
    htmx: HtmxDetails
    cursor: str
    """The place in the stream of events before the page was read, so that the page misses nothing."""


View = Callable[Concatenate[ConsoleRequest, P], HttpResponseBase]
Allowed = Callable[[Actor], bool]


class MemberMiddleware:
    """Set `request.member` and `request.actor`, None for everybody else; speak his language, tell his times.

    Costs nothing without a session. Stands behind authentication and the browser's language.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        known = cast("ConsoleRequest", request)
        workspace: Workspace | None = getattr(request, "workspace", None)
        if workspace is not None and request.user.is_authenticated:
            note_seen(request, now=current_time())
        member = member_of(request.user) if workspace is not None and request.user.is_authenticated else None
        # Both are None until proven otherwise; views behind `member_required` never see that.
        known.member = cast("Member", member)
        known.actor = cast("Actor", actor_for(member) if member else None)
        with ExitStack() as settings:
            if workspace is not None:
                settings.enter_context(timezone.override(zone_of(workspace)))
            if member is not None and member.language:
                settings.enter_context(translation.override(member.language))
                request.LANGUAGE_CODE = member.language
            return self.get_response(request)


def zone_of(workspace: Workspace) -> ZoneInfo:
    """Return the zone in which a workspace tells times; UTC if this machine does not know it."""
    try:
        return ZoneInfo(workspace.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def member_required(
    view: View[P] | None = None, *, allowed: Allowed | None = None, without_factor: bool = False
) -> Callable[..., Any]:
    """Let only members in, and of them only whom `allowed` accepts.

    Whoever is not signed in is sent to the sign-in, a stranger gets 404. Whose role needs a second factor sets one
    up first, except on pages `without_factor`. Refusals of commands become a toast or a page, and nothing of what
    the view had written stays. Nothing of it is kept in caches.
    """

    def decorate(view: View[P]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def run(request: ConsoleRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            away = _turned_away(request, without_factor=without_factor)
            response = away or _answer(request, view, allowed, *args, **kwargs)
            response.headers.setdefault("Cache-Control", "no-store")
            return response

        return run

    return decorate(view) if view is not None else decorate


def holds(permission: str, *, everywhere: bool = False) -> Allowed:
    """Return the test for `allowed`: the permission is held somewhere, or in the whole workspace."""
    granted = is_granted_everywhere if everywhere else is_granted
    return lambda actor: granted(actor, permission)


def _turned_away(request: ConsoleRequest, *, without_factor: bool) -> HttpResponse | None:
    if not request.user.is_authenticated:
        return _to_sign_in(request)
    if getattr(request, "member", None) is None:
        return render(request, "console/errors/no_member.html", status=404)
    if not without_factor and lacks_factor(request.workspace, request.user, request.actor):
        return _to_second_factor(request)
    return None


def _answer(
    request: ConsoleRequest,
    view: View[P],
    allowed: Allowed | None,
    *args: P.args,
    **kwargs: P.kwargs,
) -> HttpResponseBase:
    request.cursor = str(here()) if _wants_page(request) else ""
    try:
        if allowed is not None and not allowed(request.actor):
            raise Denied(_("Your role does not include this page. Ask an administrator."))
        if request.method in SAFE_METHODS:
            return view(request, *args, **kwargs)
        with transaction.atomic():
            return view(request, *args, **kwargs)
    except DomainError as error:
        return answer_refusal(request, error)


def _to_second_factor(request: ConsoleRequest) -> HttpResponse:
    """Send to where a second factor is set up; nothing else is done before."""
    url = reverse("console:second_factor")
    if request.method in SAFE_METHODS and _wants_page(request):
        return redirect(url)
    response = HttpResponse(status=403)
    if request.htmx:
        response["HX-Redirect"] = url
    return response


def _wants_page(request: ConsoleRequest) -> bool:
    return not request.htmx and "text/html" in request.headers.get("Accept", "")


def _to_sign_in(request: ConsoleRequest) -> HttpResponse:
    """Send to the sign-in; parts of a page are told to send the whole page there."""
    if request.htmx:
        back = request.htmx.current_url_abs_path or "/"
        response = HttpResponse(status=401)
        response["HX-Redirect"] = f"{reverse('account_login')}?{urlencode({'next': back})}"
        return response
    if request.method not in SAFE_METHODS or not _wants_page(request):
        return HttpResponse(status=401)
    return redirect_to_login(request.get_full_path())

"""The pages of the entrance that are ours: sign-in with a first-start hint, links, a forgotten password."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.views import LoginView as AllauthLoginView
from allauth.core.ratelimit import consume_or_429
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from okno.accounts import commands
from okno.accounts.forms import NewPasswordForm, ResetRequestForm
from okno.accounts.keys import find_key
from okno.accounts.models import KeyHash, User
from okno.accounts.sessions import begin_session
from okno.lib.clock import current_time
from okno.lib.errors import DomainError, NotFound
from okno.tenancy.models import Workspace

RETRY_AFTER_SECONDS = 60


class LoginView(AllauthLoginView):  # type: ignore[misc]  # allauth has no types
    """Sign-in. While nobody has an account, it says where the first one is made."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add whether anybody could sign in at all."""
        return {**super().get_context_data(**kwargs), "is_empty": not User.objects.exists()}


@require_GET
@never_cache
def login_by_link(request: HttpRequest) -> HttpResponse:
    """Sign in by a one-time link from the terminal; whoever can print one owns the machine, so no code is asked."""
    try:
        user = commands.use_login_link(
            request.GET.get("key", ""), workspace=workspace_of(request), now=current_time()
        )
    except NotFound as error:
        return dead_link(request, error)
    if not user.is_active:
        return redirect("account_inactive")
    sign_in(request, user, method="login_link")
    return redirect(settings.LOGIN_REDIRECT_URL)


@require_http_methods(["GET", "POST"])
@never_cache
def password_reset(request: HttpRequest) -> HttpResponseBase:
    """Ask for the letter that lets one choose a new password; the answer never tells whether an account exists."""
    form = ResetRequestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        too_many: HttpResponse | None = consume_or_429(request, action="reset_password", key=email)
        if too_many is not None:
            return too_many
        commands.request_password_reset(email=email, language=get_language() or "en", now=current_time())
        return render(request, "account/password_reset_done.html", {"email": email})
    return render(request, "account/password_reset.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@never_cache
@sensitive_post_parameters("password")
def password_reset_by_key(request: HttpRequest) -> HttpResponseBase:
    """Choose a new password by the link of the letter. Looking at the page uses nothing up: mail scanners look too."""
    too_many: HttpResponse | None = consume_or_429(request, action="reset_password_from_key")
    if too_many is not None:
        return too_many
    secret, now, workspace = request.GET.get("key", ""), current_time(), workspace_of(request)
    form = NewPasswordForm(request.POST or None)
    try:
        find_key(secret, purpose=KeyHash.Purpose.PASSWORD_RESET, workspace=workspace, now=now)
        if request.method == "POST" and form.is_valid():
            commands.reset_password(
                secret, password=form.cleaned_data["password"], workspace=workspace, now=now
            )
            messages.success(request, _("The new password is set. Please sign in with it."))
            return redirect("account_login")
    except NotFound as error:
        return dead_link(request, error)
    except DomainError as error:
        for words in error.fields.get("password", [error.message]):
            form.add_error("password", str(words))
    return render(
        request, "account/password_reset_from_key.html", {"form": form}, status=422 if form.errors else 200
    )


def too_many_requests(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer somebody who tries too often."""
    response = render(request, "429.html", status=429)
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def dead_link(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Show that a one-time link does not work (any more)."""
    return render(request, "account/dead_link.html", {"words": error.message}, status=404)


def sign_in(request: HttpRequest, user: User, *, method: str) -> None:
    """Begin a session of a user, under a new id, and remember how he came in."""
    get_adapter(request).login(request, user)
    record_authentication(request, user, method=method)
    begin_session(request, user, now=current_time())


def workspace_of(request: HttpRequest) -> Workspace:
    """Return the workspace that the middleware found by the host."""
    workspace: Workspace = request.workspace  # type: ignore[attr-defined]
    return workspace

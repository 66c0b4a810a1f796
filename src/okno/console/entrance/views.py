"""The pages behind one-time links that make members. Looking at them uses nothing up: only the form's sending does."""

from __future__ import annotations

from allauth.core.ratelimit import consume_or_429
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from okno.accounts.keys import find_key
from okno.accounts.models import KeyHash, User
from okno.accounts.views import dead_link, sign_in, workspace_of
from okno.console.entrance.forms import PersonForm, first_form
from okno.console.errors import add_refusal
from okno.lib.clock import current_time
from okno.lib.errors import DomainError, NotFound
from okno.team.commands.first import FirstWords, create_first_administrator
from okno.team.commands.invite import accept_invitation, has_account, invited_member, join_by_invitation
from okno.team.commands.setup import finish_step
from okno.team.models import Member
from okno.team.queries import actor_for

FIRST_METHOD = "first_link"
INVITATION_METHOD = "invitation"


@require_http_methods(["GET", "POST"])
@never_cache
@sensitive_post_parameters("password")
def first_administrator(request: HttpRequest) -> HttpResponseBase:
    """Make the first administrator by the link from the terminal."""
    too_many: HttpResponse | None = consume_or_429(request, action="first_administrator")
    if too_many is not None:
        return too_many
    secret, workspace, now = request.GET.get("key", ""), workspace_of(request), current_time()
    user = _signed_in(request)
    form = first_form(
        is_signed_in=user is not None,
        data=request.POST or None,
        initial={"language": get_language(), "timezone": workspace.timezone},
    )
    try:
        find_key(secret, purpose=KeyHash.Purpose.FIRST_ADMIN, workspace=workspace, now=now)
        if request.method == "POST" and form.is_valid():
            given = dict(form.cleaned_data)
            words = FirstWords(
                workspace_name=given.pop("workspace_name"),
                language=given.pop("language"),
                timezone=given.pop("timezone"),
            )
            member = create_first_administrator(
                secret=secret,
                workspace=workspace,
                host=request.get_host(),
                words=words,
                now=now,
                user=user,
                **given,
            )
            # The first page has asked for it; the guide begins behind it.
            finish_step(actor=actor_for(member), workspace=workspace, step="language")
            return _welcome(request, member, method=FIRST_METHOD, to="console:setup")
    except NotFound as error:
        return dead_link(request, error)
    except DomainError as error:
        add_refusal(form, error)
    status = 422 if form.errors else 200
    return render(request, "console/entrance/first_administrator.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
@never_cache
@sensitive_post_parameters("password")
def invitation(request: HttpRequest) -> HttpResponseBase:
    """Let an invited person in: with a new account, or as the user that he is elsewhere already."""
    too_many: HttpResponse | None = consume_or_429(request, action="invitation")
    if too_many is not None:
        return too_many
    secret, workspace, now = request.GET.get("key", ""), workspace_of(request), current_time()
    try:
        member = invited_member(secret, workspace=workspace, now=now)
        if has_account(member):
            return _join(request, member, secret=secret)
        form = PersonForm(request.POST or None, initial={"name": member.name})
        if request.method == "POST" and form.is_valid():
            return _accept(request, form, secret=secret)
    except NotFound as error:
        return dead_link(request, error)
    context = {"form": form, "invited": member}
    return render(request, "console/entrance/invitation.html", context, status=422 if form.errors else 200)


def _accept(request: HttpRequest, form: PersonForm, *, secret: str) -> HttpResponseBase:
    try:
        member = accept_invitation(
            secret=secret, workspace=workspace_of(request), now=current_time(), **form.cleaned_data
        )
    except NotFound:
        raise
    except DomainError as error:
        add_refusal(form, error)
        return render(request, "console/entrance/invitation.html", {"form": form}, status=422)
    return _welcome(request, member, method=INVITATION_METHOD)


def _join(request: HttpRequest, member: Member, *, secret: str) -> HttpResponseBase:
    user = _signed_in(request)
    if user is None:
        return redirect_to_login(request.get_full_path())
    if user.email != member.email:
        return render(request, "console/entrance/other_account.html", {"invited": member}, status=403)
    if request.method == "POST":
        join_by_invitation(secret=secret, workspace=workspace_of(request), user=user, now=current_time())
        messages.success(request, _("Welcome!"))
        return redirect("console:home")
    return render(request, "console/entrance/join.html", {"invited": member})


def _signed_in(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def _welcome(request: HttpRequest, member: Member, *, method: str, to: str = "console:home") -> HttpResponse:
    """Sign a new member in, unless he has signed in already, and show him the desk, or where he is to begin."""
    if _signed_in(request) is None and member.user is not None:
        sign_in(request, member.user, method=method)
    messages.success(request, _("Welcome!"))
    return redirect(to)

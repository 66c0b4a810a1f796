"""One's own settings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_http_methods, require_POST

from okno.accounts.models import User
from okno.accounts.sessions import current_session_id
from okno.console.errors import add_refusal
from okno.console.identity import ConsoleRequest, member_required
from okno.console.settings.choices import ChoiceOrNone
from okno.console.settings.frame import settings_page
from okno.console.settings.session_cells import session_cells
from okno.lib.clock import current_time
from okno.lib.errors import DomainError
from okno.reactors.notify.mailboxes import BELL_ONLY
from okno.reactors.notify.models import NotificationKind
from okno.team.commands.members import change_preferences
from okno.team.commands.sessions import end_other_sessions, end_own_session
from okno.team.models import Member
from okno.ui.context import THEME_COOKIE

YEAR_SECONDS = 60 * 60 * 24 * 365
WAYS = ("bell", "mail")


class ProfileForm(forms.Form):
    """Who one is here, and how one likes it."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=200,
        help_text=gettext_lazy("Clients see it on your answers."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = ChoiceOrNone(
        label=gettext_lazy("Language"),
        none_label=gettext_lazy("As the browser says"),
        choices=settings.LANGUAGES,
    )
    theme = ChoiceOrNone(
        label=gettext_lazy("Appearance"),
        none_label=gettext_lazy("As the system"),
        choices=[("light", gettext_lazy("Light")), ("dark", gettext_lazy("Dark"))],
    )
    signature = forms.CharField(
        label=gettext_lazy("Signature"),
        max_length=2000,
        required=False,
        help_text=gettext_lazy("It ends every answer that you write."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    undo_seconds = forms.IntegerField(
        label=gettext_lazy("Seconds to take an answer back"),
        min_value=0,
        max_value=Member.UNDO_SECONDS_LIMIT,
        help_text=gettext_lazy("An answer waits this long before it leaves. With 0 it leaves at once."),
    )
    has_shortcuts = forms.BooleanField(
        label=gettext_lazy("Single keys do things, such as “a” to assign"), required=False
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationRow:
    """One kind of notification, with the ways it may come."""

    kind: str
    label: str
    ways: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class PasskeyCell:
    """A passkey as its list shows it."""

    id: int
    name: str
    created_at: datetime
    last_used_at: datetime | None


@require_http_methods(["GET", "POST"])
@member_required
def profile(request: ConsoleRequest) -> HttpResponse:
    """Show and change one's own settings."""
    form = ProfileForm(request.POST or None, initial=_initial(request.member))
    if request.method == "POST" and form.is_valid():
        try:
            changed = change_preferences(actor=request.actor, changes=form.cleaned_data, now=current_time())
        except DomainError as error:
            add_refusal(form, error)
        else:
            return _saved(request, changed)
    status = 422 if form.errors else 200
    return settings_page(request, "profile.html", {"form": form, **_context(request)}, status=status)


@require_POST
@member_required
def notifications(request: ConsoleRequest) -> HttpResponse:
    """Change what one is told of, and how."""
    wanted = set(request.POST.getlist("on"))
    muted = [key for key in _keys() if key not in wanted]
    change_preferences(actor=request.actor, changes={"muted": muted}, now=current_time())
    messages.success(request, _("Saved."))
    return redirect("console:profile")


@require_POST
@member_required
def session_end(request: ConsoleRequest, session_id: int) -> HttpResponse:
    """Sign out somewhere else."""
    end_own_session(
        actor=request.actor, workspace=request.workspace, session_id=session_id, now=current_time()
    )
    messages.success(request, _("Signed out there."))
    return redirect(reverse("console:profile") + "#sessions")


@require_POST
@member_required
def sessions_end(request: ConsoleRequest) -> HttpResponse:
    """Sign out everywhere else."""
    end_other_sessions(
        actor=request.actor, workspace=request.workspace, keep=current_session_id(request), now=current_time()
    )
    messages.success(request, _("Signed out everywhere but here."))
    return redirect(reverse("console:profile") + "#sessions")


def _saved(request: ConsoleRequest, changed: Member) -> HttpResponse:
    with override(changed.language or request.LANGUAGE_CODE):
        messages.success(request, _("Saved."))
    response = redirect("console:profile")
    response.set_cookie(
        THEME_COOKIE,
        changed.theme or "system",
        max_age=YEAR_SECONDS,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


def _initial(member: Member) -> dict[str, Any]:
    return {name: getattr(member, name) for name in ProfileForm.base_fields}


def _context(request: ConsoleRequest) -> dict[str, Any]:
    user = request.member.user
    return {
        "notifications": list(_rows(request.member)),
        **_factors(user),
        "has_password": user is not None and user.has_usable_password(),
        "sessions": session_cells(user, request.workspace, current=current_session_id(request)),
        "now": current_time(),
    }


def _factors(user: User | None) -> dict[str, Any]:
    """Return what protects the sign-in besides the password (one query)."""
    rows = list(Authenticator.objects.filter(user=user).order_by("created_at", "pk"))
    kinds = {row.type for row in rows}
    passkeys = [row for row in rows if row.type == Authenticator.Type.WEBAUTHN]
    return {
        "has_totp": Authenticator.Type.TOTP in kinds,
        "has_recovery_codes": Authenticator.Type.RECOVERY_CODES in kinds,
        "passkeys": [
            PasskeyCell(row.pk, row.data["name"], row.created_at, row.last_used_at) for row in passkeys
        ],
    }


def _rows(member: Member) -> Iterable[NotificationRow]:
    for kind in NotificationKind:
        ways = tuple(
            (f"{kind.value}:{way}", f"{kind.value}:{way}" not in member.muted) for way in _ways(kind)
        )
        yield NotificationRow(kind=kind.value, label=str(kind.label), ways=ways)


def _keys() -> list[str]:
    return [f"{kind.value}:{way}" for kind in NotificationKind for way in _ways(kind)]


def _ways(kind: NotificationKind) -> tuple[str, ...]:
    return WAYS[:1] if kind in BELL_ONLY else WAYS

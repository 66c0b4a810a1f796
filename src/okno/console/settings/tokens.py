"""API tokens: one's own; whoever may change the system sees everybody's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from okno.console.errors import add_refusal
from okno.console.freshness import fresh_proof
from okno.console.identity import ConsoleRequest, member_required
from okno.console.settings.frame import settings_page
from okno.lib.clock import current_time
from okno.lib.errors import DomainError
from okno.team.commands.tokens import create_token, revoke_token
from okno.team.models import ApiToken
from okno.team.networks import networks_from_words
from okno.team.policy import TOKEN_SCOPES, can_manage_system
from okno.team.queries import active_members

TOKENS_SHOWN = 200
SCOPE_WORDS = {
    "tickets:read": gettext_lazy("Read tickets"),
    "tickets:write": gettext_lazy("Read and change tickets"),
    "people:read": gettext_lazy("Read contacts"),
    "people:write": gettext_lazy("Read and change contacts"),
    "settings:read": gettext_lazy("Read settings"),
    "settings:write": gettext_lazy("Read and change settings"),
    "*": gettext_lazy("Everything that the member may"),
}


class TokenForm(forms.Form):
    """A new token."""

    name = forms.CharField(
        label=gettext_lazy("What for"),
        max_length=100,
        help_text=gettext_lazy("For example: the shop's order form"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do"),
        choices=[(scope, SCOPE_WORDS.get(scope, scope)) for scope in TOKEN_SCOPES],
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("How long"),
        coerce=int,
        choices=[
            (30, gettext_lazy("A month")),
            (90, gettext_lazy("Three months")),
            (365, gettext_lazy("A year")),
        ],
        initial=90,
    )
    networks = forms.CharField(
        label=gettext_lazy("From where"),
        required=False,
        max_length=2000,
        help_text=gettext_lazy(
            "Addresses or networks, such as 203.0.113.7 or 203.0.113.0/24, with commas. Empty: from everywhere."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class AnybodysTokenForm(TokenForm):
    """A new token, in the name of any member."""

    member = forms.TypedChoiceField(
        label=gettext_lazy("In whose name"),
        coerce=int,
        help_text=gettext_lazy("It can never do more than that person."),
    )

    field_order = ("name", "member", "scopes", "days", "networks")


@require_http_methods(["GET", "POST"])
@member_required
@fresh_proof
def token_list(request: ConsoleRequest) -> HttpResponse:
    """Show tokens and make new ones; a secret is shown in the answer to its making and never again."""
    form = _form(request)
    secret = None
    if request.method == "POST" and form.is_valid():
        now, given = current_time(), form.cleaned_data
        owners = {member.pk: member for member in active_members()} if "member" in given else {}
        try:
            secret = create_token(
                actor=request.actor,
                member=owners.get(given.get("member", 0), request.member),
                name=given["name"],
                scopes=given["scopes"],
                networks=networks_from_words(given["networks"]),
                expires_at=now + timedelta(days=given["days"]),
                now=now,
            )
        except DomainError as error:
            add_refusal(form, error)
        else:
            form = _form(request, is_fresh=True)
    context = {
        "form": form,
        "secret": secret,
        "tokens": _tokens(request),
        "shows_owner": "member" in form.fields,
    }
    return settings_page(request, "tokens.html", context, status=422 if form.errors else 200)


@require_POST
@member_required
def revocation(request: ConsoleRequest, token_id: int) -> HttpResponse:
    """End a token at once."""
    revoke_token(actor=request.actor, token_id=token_id, now=current_time())
    messages.success(request, _("The token no longer works."))
    return redirect("console:tokens")


def _form(request: ConsoleRequest, *, is_fresh: bool = False) -> TokenForm:
    data = None if is_fresh else request.POST or None
    if not can_manage_system(request.actor):
        return TokenForm(data)
    form = AnybodysTokenForm(data, initial={"member": request.member.pk, "days": 90})
    form.fields["member"].choices = [(member.pk, member.name) for member in active_members()]  # type: ignore[attr-defined]
    return form


def _tokens(request: ConsoleRequest) -> list[dict[str, Any]]:
    rows = ApiToken.objects.select_related("member").filter(revoked_at=None).order_by("-id")
    if not can_manage_system(request.actor):
        rows = rows.filter(member=request.member)
    now = current_time()
    return [
        {
            "token": token,
            "scopes": ", ".join(str(SCOPE_WORDS.get(scope, scope)) for scope in token.scopes),
            "networks": ", ".join(token.networks),
            "is_over": token.expires_at is not None and token.expires_at <= now,
        }
        for token in rows[:TOKENS_SHOWN]
    ]

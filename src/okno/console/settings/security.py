"""Security of the workspace: which roles need a second factor; and the page of whoever has to set one up."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from okno.console.errors import add_refusal
from okno.console.freshness import fresh_proof
from okno.console.identity import ConsoleRequest, member_required
from okno.console.settings.frame import settings_page
from okno.lib.clock import current_time
from okno.lib.errors import DomainError
from okno.team import policy
from okno.team.commands.factors import require_factors
from okno.team.factors import FACTORS, lacks_factor
from okno.team.models import Role, RoleGrant

administrators_only = member_required(allowed=policy.can_manage_system)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleCell:
    """How many members of a role are protected by a second factor."""

    label: str
    members: int
    protected: int


class SecurityForm(forms.Form):
    """The roles that need a second factor."""

    roles = forms.MultipleChoiceField(
        label=gettext_lazy("A second factor is needed by"),
        choices=Role.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "Whoever has one of these roles and no second factor sets one up before anything else."
        ),
    )


@require_http_methods(["GET", "POST"])
@administrators_only
@fresh_proof
def security(request: ConsoleRequest) -> HttpResponse:
    """Show and change which roles need a second factor, and who has one."""
    form = SecurityForm(request.POST or None, initial={"roles": request.workspace.second_factor_roles})
    if request.method == "POST":
        form = SecurityForm(request.POST)
        if form.is_valid():
            try:
                require_factors(
                    actor=request.actor,
                    workspace=request.workspace,
                    roles=form.cleaned_data["roles"],
                    now=current_time(),
                )
            except DomainError as error:
                add_refusal(form, error)
            else:
                messages.success(request, _("Saved."))
                return redirect("console:security")
    context = {"form": form, "roles": _roles()}
    return settings_page(request, "security.html", context, status=422 if form.errors else 200)


@require_safe
@member_required(without_factor=True)
def second_factor(request: ConsoleRequest) -> HttpResponse:
    """Lead somebody whose role needs a second factor to set one up."""
    if not lacks_factor(request.workspace, request.member.user, request.actor):
        return redirect("console:home")
    return render(request, "console/entrance/second_factor.html")


def _roles() -> list[RoleCell]:
    """Return the roles that somebody has, with who of them has a second factor (two queries)."""
    held: dict[str, dict[int, int | None]] = defaultdict(dict)
    grants = RoleGrant.objects.filter(member__is_active=True).select_related("member")
    for grant in grants:
        held[grant.role][grant.member_id] = grant.member.user_id
    users = {user for members in held.values() for user in members.values() if user is not None}
    protected = set(
        Authenticator.objects.filter(user__in=users, type__in=FACTORS).values_list("user_id", flat=True)
    )
    return [
        RoleCell(
            label=str(role.label),
            members=len(held[role]),
            protected=sum(user in protected for user in held[role].values()),
        )
        for role in Role
        if held.get(role)
    ]

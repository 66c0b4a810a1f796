"""Somebody no longer works here: what he leaves behind, who gets it, how far that has come, and his return."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from okno.accounts.sessions import sessions_of
from okno.console.errors import add_refusal
from okno.console.identity import ConsoleRequest
from okno.console.settings.frame import settings_page
from okno.console.settings.member_forms import SuccessorForm
from okno.console.settings.members import managers_only, require_changeable
from okno.lib.clock import current_time
from okno.lib.errors import DomainError
from okno.team.commands.members import activate_member, deactivate_member
from okno.team.models import ApiToken, Member
from okno.tickets.queries.estate import estate_of, left_to_hand_over


@require_http_methods(["GET", "POST"])
@managers_only
def deactivation(request: ConsoleRequest, member_id: int) -> HttpResponse:
    """Show what a member leaves behind, and switch him off."""
    shown = require_changeable(request, member_id)
    form = SuccessorForm(request.POST or None, member=shown)
    if request.method == "POST":
        form = SuccessorForm(request.POST, member=shown)
        if form.is_valid() and _switched_off(request, form, member_id):
            messages.success(request, _("%(name)s can no longer sign in.") % {"name": shown.name})
            return redirect("console:member", member_id)
    if not shown.is_active:
        return redirect("console:member", member_id)
    context = {
        "shown": shown,
        "form": form,
        "estate": estate_of(shown),
        "tokens": ApiToken.objects.filter(member=shown, revoked_at=None).count(),
        "sessions": _sessions(request, shown),
        "is_oneself": shown.pk == request.member.pk,
    }
    return settings_page(request, "member_leaving.html", context, status=422 if form.errors else 200)


@require_POST
@managers_only
def activation(request: ConsoleRequest, member_id: int) -> HttpResponse:
    """Switch a member on again."""
    activate_member(actor=request.actor, member_id=member_id, now=current_time())
    return redirect("console:member", member_id)


@require_safe
@managers_only
def handover(request: ConsoleRequest, member_id: int) -> HttpResponse:
    """Answer how many tickets are still to be handed over, for the part of the page that asks."""
    shown = require_changeable(request, member_id)
    context = {"shown": shown, "left": left_to_hand_over(shown)}
    return render(request, "console/settings/member_handover.html", context)


def _switched_off(request: ConsoleRequest, form: SuccessorForm, member_id: int) -> bool:
    try:
        deactivate_member(
            actor=request.actor,
            workspace=request.workspace,
            member_id=member_id,
            successor_id=form.cleaned_data["successor"],
            now=current_time(),
        )
    except DomainError as error:
        add_refusal(form, error)
        return False
    return True


def _sessions(request: ConsoleRequest, member: Member) -> int:
    return 0 if member.user is None else sessions_of(member.user, request.workspace).count()

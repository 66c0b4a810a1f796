"""Members: who works here, what they may do, who comes and goes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from okno.accounts.sessions import current_session_id
from okno.console.errors import add_refusal
from okno.console.freshness import confirm_url, fresh_proof, is_fresh
from okno.console.identity import ConsoleRequest, member_required
from okno.console.settings.frame import settings_page
from okno.console.settings.member_forms import InviteForm, MemberForm, RoleForm
from okno.console.settings.member_rows import grant_cells, member_rows
from okno.console.settings.session_cells import session_cells
from okno.lib.clock import current_time
from okno.lib.errors import Denied, DomainError, NotFound
from okno.team import policy
from okno.team.commands.factors import reset_factors
from okno.team.commands.invite import Invitation, invite_member, renew_invitation
from okno.team.commands.members import change_member
from okno.team.commands.roles import grant_role, revoke_role
from okno.team.commands.sessions import end_member_sessions
from okno.team.factors import has_factor
from okno.team.models import Member, RoleGrant, Team
from okno.tickets.queries.estate import left_to_hand_over

managers_only = member_required(allowed=policy.can_manage_team)


@require_safe
@managers_only
def member_list(request: ConsoleRequest) -> HttpResponse:
    """Show everybody who works here, was invited, or worked here."""
    return settings_page(request, "members.html", {"rows": member_rows()})


@require_http_methods(["GET", "POST"])
@managers_only
@fresh_proof
def invite(request: ConsoleRequest) -> HttpResponse:
    """Invite somebody; the answer shows the link."""
    form = InviteForm(request.POST or None, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            invitation = invite_member(
                actor=request.actor,
                workspace=request.workspace,
                email=given["email"],
                name=given["name"],
                role=form.role_in_scope(),
                team_ids=given["teams"],
                now=current_time(),
            )
        except DomainError as error:
            add_refusal(form, error)
        else:
            return _invited(request, invitation)
    return settings_page(request, "member_new.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@managers_only
def member(request: ConsoleRequest, member_id: int) -> HttpResponse:
    """Show a member with his roles, and change his name, title and language."""
    shown = _member(member_id)
    form = MemberForm(
        request.POST or None, initial={name: getattr(shown, name) for name in MemberForm.base_fields}
    )
    if request.method == "POST" and form.is_valid():
        try:
            change_member(
                actor=request.actor, member_id=member_id, changes=form.cleaned_data, now=current_time()
            )
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("console:member", member_id)
    return _member_page(request, shown, form=form)


@require_POST
@managers_only
def invitation_again(request: ConsoleRequest, member_id: int) -> HttpResponse:
    """Make a new link for somebody who has not come yet."""
    return _invited(
        request,
        renew_invitation(
            actor=request.actor, workspace=request.workspace, member_id=member_id, now=current_time()
        ),
    )


@require_POST
@managers_only
@fresh_proof
def role_given(request: ConsoleRequest, member_id: int) -> HttpResponse:
    """Give a member one more role."""
    shown = _member(member_id)
    form = RoleForm(request.POST, actor=request.actor)
    if form.is_valid():
        try:
            grant_role(
                actor=request.actor, member_id=member_id, role=form.role_in_scope(), now=current_time()
            )
        except DomainError as error:
            add_refusal(form, error)
        else:
            return redirect("console:member", member_id)
    return _member_page(request, shown, role_form=form)


@require_POST
@managers_only
@fresh_proof
def role_taken(request: ConsoleRequest, member_id: int, grant_id: int) -> HttpResponse:
    """Take a role from a member."""
    revoke_role(actor=request.actor, member_id=member_id, grant_id=grant_id, now=current_time())
    return redirect("console:member", member_id)


@require_POST
@managers_only
def sessions_end(request: ConsoleRequest, member_id: int) -> HttpResponse:
    """Sign a member out everywhere."""
    end_member_sessions(
        actor=request.actor, workspace=request.workspace, member_id=member_id, now=current_time()
    )
    messages.success(request, _("Signed out everywhere."))
    return redirect("console:member", member_id)


@require_POST
@managers_only
@fresh_proof
def factors_reset(request: ConsoleRequest, member_id: int) -> HttpResponse:
    """Take the second factors from a member who has lost them."""
    reset_factors(actor=request.actor, workspace=request.workspace, member_id=member_id, now=current_time())
    messages.success(request, _("The second factors are gone. The member was told by mail."))
    return redirect("console:member", member_id)


def require_changeable(request: ConsoleRequest, member_id: int) -> Member:
    """Return a member whom the actor may change. Raises NotFound, Denied for somebody mightier."""
    shown = _member(member_id)
    roles = RoleGrant.objects.filter(member=shown).values_list("role", flat=True)
    if not policy.can_manage_member(request.actor, roles):
        raise Denied(_("You may not change somebody with more rights than your own."))
    return shown


def _member(member_id: int) -> Member:
    found: Member | None = Member.objects.select_related("user").filter(pk=member_id).first()
    if found is None:
        raise NotFound(_("There is no such member."))
    return found


def _member_page(
    request: ConsoleRequest,
    shown: Member,
    *,
    form: MemberForm | None = None,
    role_form: RoleForm | None = None,
) -> HttpResponse:
    form = form or MemberForm(initial={name: getattr(shown, name) for name in MemberForm.base_fields})
    grants = grant_cells(shown)
    context: dict[str, Any] = {
        "shown": shown,
        "form": form,
        "role_form": role_form or RoleForm(actor=request.actor),
        "left": 0 if shown.is_active else left_to_hand_over(shown),
        "grants": grants,
        "teams": Team.objects.filter(memberships__member=shown).order_by("position", "name"),
        "may_change": policy.can_manage_member(request.actor, [grant.role for grant in grants]),
        "is_oneself": shown.pk == request.member.pk,
        "sessions": session_cells(shown.user, request.workspace, current=current_session_id(request)),
        "now": current_time(),
        "has_factor": has_factor(shown.user),
        "is_fresh": is_fresh(request),
        "reads_audit": policy.can_read_audit(request.actor),
        "confirm_url": confirm_url(reverse("console:member", args=[shown.pk])),
    }
    has_errors = any(one is not None and one.errors for one in (form, role_form))
    return settings_page(request, "member.html", context, status=422 if has_errors else 200)


def _invited(request: ConsoleRequest, invitation: Invitation) -> HttpResponse:
    return settings_page(request, "member_invited.html", {"invitation": invitation})

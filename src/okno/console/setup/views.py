"""The pages of the guide. Each does its one thing by the ordinary command, or is skipped; then comes the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.db import transaction
from django.forms.formsets import BaseFormSet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from okno.channels.email.mailboxes import MailboxSettings, create_mailbox
from okno.channels.email.models import Mailbox
from okno.console.errors import add_refusal
from okno.console.freshness import fresh_proof
from okno.console.identity import ConsoleRequest, member_required
from okno.console.settings.frame import SETUP_RETURN
from okno.console.setup.forms import (
    ColoursForm,
    CompanyForm,
    InvitationsForm,
    LanguageForm,
    MailForm,
    TeamLines,
)
from okno.console.setup.progress import sample_part, setup_progress
from okno.console.setup.steps import LABELS, first_open_url, step_cells, url_after
from okno.lib.clock import current_time
from okno.lib.errors import DomainError, NotFound
from okno.reactors.delivery.release import release_mailbox
from okno.team.commands.invite import invite_member
from okno.team.commands.roles import RoleInScope
from okno.team.commands.setup import DISMISSED, STEPS, finish_step
from okno.team.commands.teams import change_team, create_team
from okno.team.commands.workspace import change_workspace
from okno.team.models import GrantScope, Team
from okno.team.policy import can_manage_system
from okno.team.queries import active_teams

administrators_only = member_required(allowed=can_manage_system)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitedCell:
    """What became of one address."""

    address: str
    url: str
    was_sent: bool
    refusal: str


@require_safe
@administrators_only
def index(request: ConsoleRequest) -> HttpResponse:
    """Go to where one has come."""
    return redirect(first_open_url(request.workspace))


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def language(request: ConsoleRequest) -> HttpResponse:
    """Ask for language and time zone."""
    workspace = request.workspace
    initial = {"language": workspace.language, "timezone": workspace.timezone}
    return _workspace_step(request, "language", LanguageForm(request.POST or None, initial=initial))


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def company(request: ConsoleRequest) -> HttpResponse:
    """Ask for the name."""
    initial = {"name": request.workspace.name}
    return _workspace_step(request, "company", CompanyForm(request.POST or None, initial=initial))


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def colours(request: ConsoleRequest) -> HttpResponse:
    """Ask for the colour."""
    hue = request.workspace.accent_hue
    form = ColoursForm(request.POST or None, initial={"accent_hue": hue}, hue=hue)
    return _workspace_step(request, "colours", form)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def team(request: ConsoleRequest) -> HttpResponse:
    """Ask for the teams."""
    present = active_teams()
    initial = [{"id": one.pk, "name": one.name, "line": one.line} for one in present]
    lines = TeamLines(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and lines.is_valid():
        try:
            with transaction.atomic():
                _save_teams(request, {one.pk: one for one in present}, lines)
        except DomainError as error:
            return _page(request, "team", {"lines": lines, "refusal": error.message}, status=422)
        return _on(request, "team")
    return _page(request, "team", {"lines": lines}, status=422 if lines.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def mail(request: ConsoleRequest) -> HttpResponse:
    """Ask how mail comes in: to Okno itself, or from a mailbox that is connected."""
    takes_mail = bool(settings.ENVIRONMENT.mail_listen or settings.ENVIRONMENT.lmtp)
    form = MailForm(request.POST or None, initial={"name": request.workspace.name})
    if request.method == "POST" and form.is_valid():
        try:
            create_mailbox(actor=request.actor, settings=_mailbox(form), now=current_time())
        except DomainError as error:
            add_refusal(form, error)
        else:
            finish_step(actor=request.actor, workspace=request.workspace, step="mail")
            return redirect("console:setup_mail")
    request.session[SETUP_RETURN] = True
    context = {
        "form": form,
        "takes_mail": takes_mail,
        "listen": settings.ENVIRONMENT.mail_listen or settings.ENVIRONMENT.lmtp,
        "mailboxes": Mailbox.objects.order_by("-is_default", "address")[:20],
    }
    return _page(request, "mail", context, status=422 if form.errors else 200)


@require_POST
@administrators_only
def mail_release(request: ConsoleRequest, mailbox_id: int) -> HttpResponse:
    """Let mail leave by a mailbox."""
    release_mailbox(actor=request.actor, mailbox_id=mailbox_id, waiting="send", now=current_time())
    return redirect("console:setup_mail")


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
@fresh_proof
def invite(request: ConsoleRequest) -> HttpResponse:
    """Invite several people at once; the answer says what became of each."""
    form = InvitationsForm(request.POST or None, actor=request.actor)
    invited: list[InvitedCell] = []
    if request.method == "POST" and form.is_valid():
        invited = [_invited(request, address, form) for address in form.cleaned_data["addresses"]]
        if not any(cell.refusal for cell in invited):
            finish_step(actor=request.actor, workspace=request.workspace, step="invite")
        form = InvitationsForm(actor=request.actor)
    return _page(request, "invite", {"form": form, "invited": invited}, status=422 if form.errors else 200)


@require_safe
@administrators_only
def end(request: ConsoleRequest) -> HttpResponse:
    """Tell that all is said, and what may come next."""
    request.session.pop(SETUP_RETURN, None)
    progress = setup_progress(request.actor, request.workspace)
    return _page(request, "end", {"setup": progress, **sample_part(request.actor)})


@require_POST
@administrators_only
def skip(request: ConsoleRequest) -> HttpResponse:
    """Go on from a step without it; what it had asked stays as it was."""
    step = request.POST.get("step", "")
    if step not in STEPS:
        raise NotFound(_("There is no such step."))
    finish_step(actor=request.actor, workspace=request.workspace, step=step)
    return redirect(url_after(step))


@require_POST
@administrators_only
def dismiss(request: ConsoleRequest) -> HttpResponse:
    """Show the guide's progress no more."""
    finish_step(actor=request.actor, workspace=request.workspace, step=DISMISSED)
    return redirect("console:home")


def _workspace_step(request: ConsoleRequest, step: str, form: forms.Form) -> HttpResponse:
    workspace = request.workspace
    if request.method == "POST" and form.is_valid():
        values = {
            "name": workspace.name,
            "language": workspace.language,
            "timezone": workspace.timezone,
            "accent_hue": workspace.accent_hue,
            **form.cleaned_data,
        }
        try:
            change_workspace(actor=request.actor, workspace=workspace, now=current_time(), **values)
        except DomainError as error:
            add_refusal(form, error)
        else:
            return _on(request, step)
    return _page(request, step, {"form": form}, status=422 if form.errors else 200)


def _save_teams(request: ConsoleRequest, present: dict[int, Team], lines: BaseFormSet[Any]) -> None:
    now, default = current_time(), next(iter(present.values()))
    for given in lines.cleaned_data:
        if not given:
            continue
        name, line = given["name"], given["line"]
        known = present.get(given["id"] or 0)
        if known is not None:
            change_team(
                actor=request.actor,
                team_id=known.pk,
                name=name,
                line=line,
                desk_id=known.desk_id,
                member_ids=list(known.memberships.values_list("member_id", flat=True)),
                is_active=True,
                now=now,
            )
        else:
            create_team(
                actor=request.actor,
                name=name,
                line=line,
                desk_id=default.desk_id,
                member_ids=[request.member.pk],
                now=now,
            )


def _mailbox(form: MailForm) -> MailboxSettings:
    return MailboxSettings(
        address=form.cleaned_data["address"],
        name=form.cleaned_data["name"],
        team_id=active_teams()[0].pk,
        is_default=not Mailbox.objects.exists(),
    )


def _invited(request: ConsoleRequest, address: str, form: InvitationsForm) -> InvitedCell:
    try:
        invitation = invite_member(
            actor=request.actor,
            workspace=request.workspace,
            email=address,
            role=RoleInScope(role=form.cleaned_data["role"], scope=GrantScope.WORKSPACE),
            team_ids=form.cleaned_data["teams"],
            now=current_time(),
        )
    except DomainError as error:
        words = next((str(one) for many in error.fields.values() for one in many), str(error.message))
        return InvitedCell(address=address, url="", was_sent=False, refusal=words)
    return InvitedCell(
        address=invitation.member.email, url=invitation.url, was_sent=invitation.was_sent, refusal=""
    )


def _on(request: ConsoleRequest, step: str) -> HttpResponse:
    finish_step(actor=request.actor, workspace=request.workspace, step=step)
    return redirect(url_after(step))


def _page(request: ConsoleRequest, step: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    cells = step_cells(request.workspace, current=step)
    number = STEPS.index(step) + 1 if step in STEPS else 0
    frame = {
        "steps": cells,
        "step": step,
        "step_number": number,
        "step_count": len(STEPS),
        "heading": LABELS.get(step, _("All set")),
        "next_url": url_after(step) if step in STEPS else "",
        **context,
    }
    return render(request, f"console/setup/{step}.html", frame, status=status)

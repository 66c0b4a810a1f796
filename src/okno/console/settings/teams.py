"""Teams, and desks as soon as somebody wants a second one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from okno.console.errors import add_refusal
from okno.console.identity import ConsoleRequest, member_required
from okno.console.settings.frame import settings_page
from okno.lib.clock import current_time
from okno.lib.errors import DomainError, NotFound
from okno.team import policy
from okno.team.commands.teams import change_desk, change_team, create_desk, create_team
from okno.team.models import Desk, Team, TeamMembership
from okno.team.queries import active_desks, active_members

managers_only = member_required(allowed=policy.can_manage_team)


class TeamForm(forms.Form):
    """A team and who is in it."""

    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=200)
    line = forms.IntegerField(
        label=gettext_lazy("Line of support"),
        min_value=1,
        max_value=9,
        help_text=gettext_lazy("1 answers first; what it cannot solve goes to 2."),
    )
    desk = forms.TypedChoiceField(label=gettext_lazy("Desk"), coerce=int)
    members = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Members"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    is_active = forms.BooleanField(label=gettext_lazy("Open for new tickets"), required=False, initial=True)

    def __init__(self, *args: Any, desks: list[Desk], is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.only_desk = desks[0].pk if len(desks) == 1 else None
        if self.only_desk is not None:
            del self.fields["desk"]
        else:
            self.fields["desk"].choices = [(desk.pk, desk.name) for desk in desks]  # type: ignore[attr-defined]
        if is_new:
            del self.fields["is_active"]
        self.fields["members"].choices = [(one.pk, one.name) for one in active_members()]  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """Return the arguments of the command."""
        given = dict(self.cleaned_data)
        return {"member_ids": given.pop("members"), "desk_id": given.pop("desk", self.only_desk), **given}


class DeskForm(forms.Form):
    """A desk: a department that serves its own clients."""

    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=200)
    is_active = forms.BooleanField(label=pgettext_lazy("of a desk", "Open"), required=False, initial=True)


@require_safe
@managers_only
def team_list(request: ConsoleRequest) -> HttpResponse:
    """Show teams by desk and line."""
    working = Count("memberships", filter=Q(memberships__member__is_active=True))
    teams = Team.objects.select_related("desk").annotate(people=working)
    context = {
        "teams": teams.order_by("-is_active", "desk__position", "line", "position", "name"),
        "desks": Desk.objects.order_by("-is_active", "position", "name"),
    }
    return settings_page(request, "teams.html", context)


@require_http_methods(["GET", "POST"])
@managers_only
def team_new(request: ConsoleRequest) -> HttpResponse:
    """Make a team."""
    form = TeamForm(request.POST or None, desks=active_desks(), is_new=True, initial={"line": 1})
    if request.method == "POST" and form.is_valid():
        try:
            create_team(actor=request.actor, now=current_time(), **form.values())
        except DomainError as error:
            add_refusal(form, error)
        else:
            return redirect("console:teams")
    return settings_page(request, "team.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@managers_only
def team(request: ConsoleRequest, team_id: int) -> HttpResponse:
    """Show and change a team."""
    shown: Team | None = Team.objects.select_related("desk").filter(pk=team_id).first()
    if shown is None:
        raise NotFound(_("There is no such team."))
    desks = list(dict.fromkeys([*active_desks(), shown.desk]))
    people = list(TeamMembership.objects.filter(team=shown).values_list("member_id", flat=True))
    initial = {
        "name": shown.name,
        "line": shown.line,
        "desk": shown.desk_id,
        "members": people,
        "is_active": shown.is_active,
    }
    form = TeamForm(request.POST or None, desks=desks, is_new=False, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            change_team(actor=request.actor, team_id=team_id, now=current_time(), **form.values())
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("console:teams")
    context = {"form": form, "shown": shown}
    return settings_page(request, "team.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@managers_only
def desk_new(request: ConsoleRequest) -> HttpResponse:
    """Make another desk."""
    form = DeskForm(request.POST or None)
    del form.fields["is_active"]
    if request.method == "POST" and form.is_valid():
        try:
            create_desk(actor=request.actor, name=form.cleaned_data["name"], now=current_time())
        except DomainError as error:
            add_refusal(form, error)
        else:
            return redirect("console:teams")
    return settings_page(request, "desk.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@managers_only
def desk(request: ConsoleRequest, desk_id: int) -> HttpResponse:
    """Rename a desk, close it or open it again."""
    shown: Desk | None = Desk.objects.filter(pk=desk_id).first()
    if shown is None:
        raise NotFound(_("There is no such desk."))
    form = DeskForm(request.POST or None, initial={"name": shown.name, "is_active": shown.is_active})
    if request.method == "POST" and form.is_valid():
        try:
            change_desk(actor=request.actor, desk_id=desk_id, now=current_time(), **form.cleaned_data)
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("console:teams")
    context = {"form": form, "shown": shown}
    return settings_page(request, "desk.html", context, status=422 if form.errors else 200)

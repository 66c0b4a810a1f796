"""The host names that the workspace answers on."""

from __future__ import annotations

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
from okno.lib.errors import Conflict, DomainError
from okno.team import policy
from okno.team.commands.hosts import add_host, make_host_primary, remove_host
from okno.tenancy.models import WorkspaceHost

administrators_only = member_required(allowed=policy.can_manage_system)


class HostForm(forms.Form):
    """One more host."""

    host = forms.CharField(
        label=gettext_lazy("Host name"),
        max_length=253,
        help_text=gettext_lazy("For example: help.example.org. Its DNS record has to lead to this server."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


@require_http_methods(["GET", "POST"])
@administrators_only
@fresh_proof
def hosts(request: ConsoleRequest) -> HttpResponse:
    """List the hosts, and add one."""
    form = HostForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            add_host(
                actor=request.actor, workspace=request.workspace, now=current_time(), **form.cleaned_data
            )
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Added. The desk answers there from now on."))
            return redirect("console:hosts")
    rows = WorkspaceHost.objects.filter(workspace=request.workspace).order_by("-is_primary", "host")
    context = {"form": form, "hosts": rows, "here": request.get_host()}
    return settings_page(request, "hosts.html", context, status=422 if form.errors else 200)


@require_POST
@administrators_only
@fresh_proof
def host(request: ConsoleRequest, host_id: int) -> HttpResponse:
    """Make a host the main one, or remove it."""
    act = remove_host if "remove" in request.POST else make_host_primary
    try:
        act(actor=request.actor, workspace=request.workspace, host_id=host_id, now=current_time())
    except Conflict as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("Saved."))
    return redirect("console:hosts")

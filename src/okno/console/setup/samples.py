"""The buttons of the sample data, and how far it is."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from okno.console.identity import ConsoleRequest
from okno.console.setup.progress import sample_part
from okno.console.setup.views import administrators_only
from okno.lib.clock import current_time
from okno.lib.errors import NotFound
from okno.reactors.samples.commands import load_samples, remove_samples

_COMMANDS = {"load": load_samples, "remove": remove_samples}


@require_POST
@administrators_only
def ask(request: ConsoleRequest) -> HttpResponse:
    """Let sample data come or go."""
    command = _COMMANDS.get(request.POST.get("what", ""))
    if command is None:
        raise NotFound(_("There is no such step."))
    command(actor=request.actor, member=request.member, workspace=request.workspace, now=current_time())
    return redirect("console:setup_end")


@require_safe
@administrators_only
def state(request: ConsoleRequest) -> HttpResponse:
    """Answer the part of the page that shows how far it is; it asks again by itself."""
    return render(request, "console/setup/samples.html", sample_part(request.actor))

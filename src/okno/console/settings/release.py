"""Releasing a restored copy, from the banner that stands on every page until then."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from okno.console.identity import ConsoleRequest, member_required
from okno.lib.clock import current_time
from okno.team import policy
from okno.team.commands.release import release_workspace


@require_POST
@member_required(allowed=policy.can_manage_system)
def release(request: ConsoleRequest) -> HttpResponse:
    """Let it send and fetch."""
    release_workspace(actor=request.actor, workspace=request.workspace, now=current_time())
    messages.success(request, _("Released. Mail leaves and mailboxes are read from now on."))
    return redirect("console:settings")

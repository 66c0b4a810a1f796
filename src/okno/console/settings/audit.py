"""The audit of the workspace: who did what when, from which value to which. It can only be read."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from okno.console.audit.export import csv_response
from okno.console.audit.filters import AuditForm
from okno.console.audit.page import audit_page
from okno.console.freshness import confirm_url, fresh_proof, is_fresh
from okno.console.identity import ConsoleRequest, member_required
from okno.console.settings.frame import settings_page
from okno.lib.clock import current_time
from okno.team import policy
from okno.team.commands.audit import note_export

audit_readers_only = member_required(allowed=policy.can_read_audit)


@require_safe
@audit_readers_only
def audit(request: ConsoleRequest) -> HttpResponse:
    """Show everything that happened, the newest first, as far as the filters ask for it."""
    form = AuditForm(request.GET, actor=request.actor)
    page = audit_page(request, form.condition())
    if page is None:
        return redirect(reverse("console:audit") + form.query())
    context = {
        **page,
        "form": form,
        "first_fields": [form["who"], form["what"]],
        "second_fields": [form["since"], form["until"], form["ticket"]],
        "is_narrowed": bool(form.words()),
        "export_url": reverse("console:audit_export") + form.query(),
        "next_url": form.query(cursor=page["next"]) if page["next"] else "",
        "previous_url": form.query(cursor=page["previous"]) if page["previous"] else "",
        "is_fresh": is_fresh(request),
        "confirm_url": confirm_url(request.get_full_path()),
        "now": current_time(),
    }
    return settings_page(request, "audit.html", context)


@require_POST
@audit_readers_only
@fresh_proof
def export(request: ConsoleRequest) -> HttpResponseBase:
    """Answer with what the filters ask for as a file, and write down that it was taken out."""
    form = AuditForm(request.GET, actor=request.actor)
    if not form.is_valid():
        return redirect(reverse("console:audit") + form.query())
    now = current_time()
    note_export(actor=request.actor, workspace=request.workspace, filters=form.words(), now=now)
    return csv_response(request.workspace, form.condition(), name=f"audit-{now:%Y-%m-%d}")

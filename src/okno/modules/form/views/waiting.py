"""What was sent by forms and waits: agents look at it, let it in or keep it out."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from okno.channels.email.senders import block_sender
from okno.console.identity import ConsoleRequest, holds, member_required
from okno.lib.clock import current_time
from okno.lib.errors import NotFound
from okno.modules.form.commands.deciding import call_spam, can_see, let_in
from okno.modules.form.models import Submission, SubmissionFile
from okno.modules.form.queries import WaitingPage, waiting_page
from okno.team.policy import TICKETS_READ
from okno.ui.answers import StoredFile, file_answer

readers_only = member_required(allowed=holds(TICKETS_READ))


@require_safe
@readers_only
def waiting(request: ConsoleRequest) -> HttpResponse:
    """Show what waits, or what was called spam."""
    is_spam = request.GET.get("state") == Submission.State.SPAM
    state = Submission.State.SPAM if is_spam else Submission.State.WAITING
    cursor = request.GET.get("before", "")
    page = waiting_page(request.actor, state=state, before=int(cursor) if cursor.isdecimal() else None)
    return render(request, "form/waiting.html", _context(request, page, is_spam=is_spam))


@require_POST
@readers_only
def decide(request: ConsoleRequest, submission_id: int) -> HttpResponse:
    """Let a request in, or call it spam."""
    now = current_time()
    if request.POST.get("decision") == Submission.State.SPAM:
        submission = call_spam(actor=request.actor, submission_id=submission_id, now=now)
        if "block" in request.POST:
            block_sender(actor=request.actor, pattern=submission.address, now=now)
        messages.success(
            request, _("Kept out. It can be let in from the list of spam until it is forgotten.")
        )
    else:
        ticket = let_in(actor=request.actor, submission_id=submission_id, now=now)
        messages.success(request, _("Let in as %(number)d.") % {"number": ticket.number})
    return redirect("form:waiting")


@require_safe
@readers_only
def file(request: ConsoleRequest, submission_id: int, submission_file_id: int) -> HttpResponseBase:
    """Answer a file of what waits, to be saved and never shown: nobody has let it in."""
    found = (
        SubmissionFile.objects.select_related("submission__form")
        .filter(pk=submission_file_id, submission_id=submission_id)
        .first()
    )
    if found is None or not can_see(request.actor, found.submission.form):
        raise NotFound(_("There is no such file."))
    stored = StoredFile(
        sha256=found.sha256, filename=found.filename, content_type=found.content_type, size=found.size
    )
    return file_answer(request, stored, workspace_id=found.workspace_id, as_attachment=True)


def _context(request: ConsoleRequest, page: WaitingPage, *, is_spam: bool) -> dict[str, Any]:
    return {
        "page": page,
        "rows": [(row, row.form_id in page.decidable) for row in page.rows],
        "is_spam": is_spam,
        "next_url": f"?{'state=spam&' if is_spam else ''}before={page.after}" if page.after else "",
        "now": current_time(),
    }

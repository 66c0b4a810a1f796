"""The page behind the link in the mail to a sender. Following it changes nothing; its button lets the request in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from okno.lib.clock import current_time
from okno.lib.errors import DomainError
from okno.modules.form.commands.deciding import confirm_request
from okno.modules.form.guard.tokens import read_confirming_word
from okno.modules.form.models import Submission
from okno.modules.form.views.by_key import Place, by_key
from okno.ui.linkify import linked


# Whoever holds the link may press the button and do nothing else, so the link is all the proof there is.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@by_key
def confirm(request: HttpRequest, place: Place, confirm_word: str) -> HttpResponse:
    """Ask whether the request was his, and let it in when he says so."""
    submission = _submission(place, confirm_word)
    if submission is None:
        return render(request, "form/gone.html", status=404)
    if submission.ticket is not None:
        return _confirmed(request, place, submission.ticket.number)
    if request.method != "POST":
        return render(request, "form/confirm.html", place.context(submission=submission, now=current_time()))
    try:
        ticket = confirm_request(form=place.form, submission_id=submission.pk, now=current_time())
    except DomainError as error:
        context = place.context(submission=submission, message=error.message, now=current_time())
        return render(request, "form/confirm.html", context, status=error.status)
    return _confirmed(request, place, ticket.number)


def _submission(place: Place, word: str) -> Submission | None:
    submission_id = read_confirming_word(place.form, word)
    if submission_id is None:
        return None
    found: Submission | None = (
        Submission.objects.select_related("ticket").filter(form=place.form, pk=submission_id).first()
    )
    return found


def _confirmed(request: HttpRequest, place: Place, number: int) -> HttpResponse:
    context = place.context(how="ticket", number=number, thanks=linked(place.form.thanks_text))
    return render(request, "form/thanks.html", context)

"""The form itself, on its own page or in a frame on somebody's site, with and without scripts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from okno.lib.clock import current_time
from okno.lib.errors import DomainError
from okno.modules.form.commands.submissions import Sent, Taken, consent_numbered, take_request
from okno.modules.form.guard.proof import bits_for
from okno.modules.form.guard.rates import count_sending, sent_lately
from okno.modules.form.guard.tokens import (
    FormToken,
    issue_token,
    read_thanking_word,
    read_token,
    thanking_word,
)
from okno.modules.form.guard.verdict import FASTEST, Signs, reason_to_hold
from okno.modules.form.queries import types_of
from okno.modules.form.views.by_key import Place, by_key
from okno.modules.form.views.forms import TRAP, SendForm
from okno.portal.asking.types import chosen_type, type_cells
from okno.portal.asking.uploads import STRANGER, is_readable, takes_files
from okno.tickets.models import RequestType
from okno.ui.linkify import linked

TICKET, MAILED, WAITING = "ticket", "mailed", "waiting"
SNIPPET = Path(__file__).parents[1] / "snippet" / "okno.js"
SNIPPET_SECONDS = 300


class TooMany(DomainError):
    """More is sent than may be."""

    code = "too_many"
    status = HTTPStatus.TOO_MANY_REQUESTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Somebody before the form."""

    request: HttpRequest
    place: Place
    types: list[RequestType]
    now: datetime

    @property
    def remote(self) -> str:
        """Return the IP address that it comes from."""
        return str(self.request.META.get("REMOTE_ADDR", ""))

    @property
    def wants_json(self) -> bool:
        """Tell whether an island asks, which keeps the page as it is."""
        return self.request.headers.get("Accept") == "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the sender gets instead of thanks: the form again, with all that he has typed."""

    message: str = ""
    status: int = HTTPStatus.UNPROCESSABLE_ENTITY
    is_stale: bool = False
    """The token can be used no more; the form gets a fresh one."""


@require_http_methods(["GET", "HEAD", "POST"])
@takes_files(STRANGER, has_csrf=False)
@by_key
def send(request: HttpRequest, place: Place) -> HttpResponse:
    """Show the form, or take what was sent by it.

    The signed token in it stands for the proof of origin that other pages have by a cookie.
    """
    visit = Visit(request=request, place=place, types=types_of(place.form), now=current_time())
    if request.method == "POST" and not is_readable(request, STRANGER):
        return _unreadable(visit)
    named = request.POST.get("type") if request.method == "POST" else request.GET.get("type")
    chosen = chosen_type(visit.types, named)
    if chosen is None:
        return render(request, "form/closed.html", place.context())
    if request.method == "POST":
        return _sent(visit, chosen)
    consent = consent_numbered(place.form, place.form.consent_number)
    form = SendForm(request_type=chosen, consent_text=consent)
    return _show(visit, form, None, Answer(status=HTTPStatus.OK))


@require_safe
@by_key
def thanks(request: HttpRequest, place: Place, thanks_word: str) -> HttpResponse:
    """Say what became of it, and the number: nobody has proven yet that more of the ticket is his to see."""
    said = read_thanking_word(place.form, thanks_word)
    if said is None:
        return render(request, "form/gone.html", status=404)
    how, number = said
    return render(
        request,
        "form/thanks.html",
        place.context(how=how, number=number, thanks=linked(place.form.thanks_text)),
    )


@require_safe
@by_key
def snippet(request: HttpRequest, place: Place) -> HttpResponse:
    """Answer the script that a site includes: it puts the form's frame where it stands."""
    response = HttpResponse(_script(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = f"public, max-age={SNIPPET_SECONDS}"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@cache
def _script() -> str:
    return SNIPPET.read_text(encoding="utf-8")


def _sent(visit: Visit, chosen: RequestType) -> HttpResponse:
    request, place = visit.request, visit.place
    token = read_token(place.form, request.POST.get("token", ""))
    consent = consent_numbered(place.form, token.consent_number if token else place.form.consent_number)
    if "show" in request.POST:
        # Another type was chosen without scripts: the same words with its fields, and no complaints yet.
        form = SendForm(initial=request.POST.dict(), request_type=chosen, consent_text=consent)
        return _again(visit, form, token, Answer(status=HTTPStatus.OK))
    form = SendForm(request.POST, request.FILES, request_type=chosen, consent_text=consent)
    if token is None or not token.is_good(visit.now):
        stale = _("The page was open for too long. Nothing is lost: press the button once more.")
        return _again(visit, form, token, Answer(message=stale, is_stale=True))
    if not form.is_valid():
        return _again(visit, form, token, Answer())
    try:
        taken = _take(visit, form, token)
    except DomainError as error:
        return _refused(visit, form, token, error)
    return _thank(visit, taken)


def _take(visit: Visit, form: SendForm, token: FormToken) -> Taken:
    request, address = visit.request, form.cleaned_data["email"]
    rate = count_sending(remote=visit.remote, address=address, now=visit.now)
    if rate.is_too_much:
        raise TooMany(
            _(
                "Very many forms have come from your network within this hour. Nothing is lost: try again later."
            )
        )
    signs = Signs(
        token=token, proof=request.POST.get("proof", ""), trap=request.POST.get(TRAP, ""), rate=rate
    )
    sent = Sent(
        key=token.key,
        type=form.request_type,
        name=form.cleaned_data["name"],
        address=address,
        subject=form.cleaned_data["subject"],
        text=form.cleaned_data["text"],
        language=visit.place.language,
        values=form.values(),
        files=form.kept_files(),
        consent_number=form.consent_text.number if form.consent_text else 0,
    )
    reason = reason_to_hold(address, signs, now=visit.now)
    return take_request(form=visit.place.form, sent=sent, reason=reason, now=visit.now)


def _thank(visit: Visit, taken: Taken) -> HttpResponse:
    form = visit.place.form
    if taken.ticket is not None:
        word = thanking_word(form, how=TICKET, number=taken.ticket.number)
    else:
        is_mailed = taken.submission is not None and taken.submission.is_mailed
        word = thanking_word(form, how=MAILED if is_mailed else WAITING, number=None)
    url = visit.place.url("thanks", word)
    return JsonResponse({"url": url}) if visit.wants_json else redirect(url)


def _refused(visit: Visit, form: SendForm, token: FormToken, error: DomainError) -> HttpResponse:
    """Put the words of a refusal to their fields, the others above the form."""
    placed = [(name, words) for name, words in error.fields.items() if name in form.fields]
    for name, words in placed:
        form.add_error(name, [str(one) for one in words])
    message = "" if placed else str(error.message)
    is_stale = error.code == "denied"
    return _again(visit, form, token, Answer(message=message, status=error.status, is_stale=is_stale))


def _again(visit: Visit, form: SendForm, token: FormToken | None, answer: Answer) -> HttpResponse:
    if not visit.wants_json:
        return _show(visit, form, token, answer)
    body: dict[str, Any] = {"message": answer.message, "fields": form.errors}
    if answer.is_stale:
        body |= _fresh(visit, token)
    return JsonResponse(body, status=answer.status)


def _show(visit: Visit, form: SendForm, token: FormToken | None, answer: Answer) -> HttpResponse:
    if token is None or answer.is_stale:
        proof = _fresh(visit, token)
    else:
        proof = {"token": visit.request.POST["token"], "key": token.key.hex, "bits": token.bits}
    context = visit.place.context(
        form=form,
        intro=linked(visit.place.form.intro),
        types=type_cells(visit.types, form.request_type),
        proof=proof,
        message=answer.message,
        trap=TRAP,
        limits=STRANGER,
        soonest=int(FASTEST.total_seconds()),
        action=visit.place.url("send"),
    )
    return render(visit.request, "form/form.html", context, status=answer.status)


def _fresh(visit: Visit, old: FormToken | None) -> dict[str, Any]:
    """Return a new token, in the place of one that was used up or too old: the words of consent stay as they stand."""
    bits = bits_for(sent_lately(remote=visit.remote, now=visit.now))
    number = old.consent_number if old else None
    word, token = issue_token(visit.place.form, bits=bits, now=visit.now, consent_number=number)
    return {"token": word, "key": token.key.hex, "bits": bits}


def _unreadable(visit: Visit) -> HttpResponse:
    """Answer what is too large to be read; the browser still has it."""
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    if visit.wants_json:
        words = _(
            "This is too much to send at once. Take some files out, and send them as an answer to our mail."
        )
        return JsonResponse({"message": words, "fields": {}}, status=status)
    return render(visit.request, "form/too_large.html", visit.place.context(), status=status)

"""The two pages that *Solved* and *Still a problem* in a mail lead to: each with the button that says it.

Following a link changes nothing: mail servers and programs follow all of them, to see whether they are safe.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from okno.lib.clock import current_time
from okno.people.commands import verify_address
from okno.portal.links import by_link, token_of
from okno.tickets.commands.requester import answer_whether_solved
from okno.tickets.links import RequesterLink
from okno.tickets.models import StatusCategory, Ticket
from okno.tickets.queries.answers import Answer, answer_given

WORDS_LENGTH = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What one of the pages asks, or why there is nothing to ask."""

    is_solved: bool
    """Which of the two links was followed."""
    title: str
    words: str
    can_answer: bool
    can_say_other: bool
    answer: Answer | None


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def solved(request: HttpRequest, link: RequesterLink) -> HttpResponse:
    """Ask for the click that says that it is solved, and take it."""
    return _answered(request, link, is_solved=True)


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def problem(request: HttpRequest, link: RequesterLink) -> HttpResponse:
    """Ask what is still wrong, which may stay unsaid, and open the ticket again."""
    return _answered(request, link, is_solved=False)


@require_POST
@by_link
def answer(request: HttpRequest, link: RequesterLink) -> HttpResponse:
    """Take an answer that was given on the ticket's own page."""
    said = request.POST.get("solved")
    if said not in ("yes", "no"):
        return redirect("portal:ticket", token=token_of(request))
    return _take(request, link, is_solved=said == "yes")


def _answered(request: HttpRequest, link: RequesterLink, *, is_solved: bool) -> HttpResponse:
    if request.method == "POST":
        return _take(request, link, is_solved=is_solved)
    context = {
        "ticket": link.ticket,
        "ticket_url": reverse("portal:ticket", args=[token_of(request)]),
        "solved_url": reverse("portal:solved", args=[token_of(request)]),
        "problem_url": reverse("portal:problem", args=[token_of(request)]),
        "question": question_of(link.ticket, is_solved=is_solved),
        "words_length": WORDS_LENGTH,
        "now": current_time(),
    }
    return render(request, "portal/question.html", context)


def _take(request: HttpRequest, link: RequesterLink, *, is_solved: bool) -> HttpResponse:
    """Write the answer down. Following the link and pressing the button proves that he reads the address."""
    now = current_time()
    verify_address(contact=link.contact, address=link.address.value, now=now)
    answer_whether_solved(
        contact=link.contact,
        address=link.address.value,
        ticket_id=link.ticket.pk,
        is_solved=is_solved,
        words=request.POST.get("words", "")[:WORDS_LENGTH],
        now=now,
    )
    response = redirect("portal:ticket", token=token_of(request))
    response["Location"] += "?answered=1"
    return response


def question_of(ticket: Ticket, *, is_solved: bool) -> Question:
    """Return what is asked of the requester, by where the ticket stands and what he has said before."""
    category = StatusCategory(ticket.category)
    given = answer_given(ticket)
    is_asked = category is StatusCategory.RESOLVED
    if is_asked:
        title = _("Is it solved?") if is_solved else _("Is it still a problem?")
        words = (
            _("Press the button, and we close the request.")
            if is_solved
            else _("Press the button, and the request is open again, with the same people.")
        )
    elif given is not None:
        title = _("You have answered already")
        words = (
            _("You said that it is solved, and the request is closed.")
            if given.is_solved
            else _("You said that it is still a problem. We are working on it.")
        )
    elif category.is_active:
        title = _("We are working on it")
        words = _(
            "The request is open, so there is nothing to answer now. We will ask again when it is solved."
        )
    else:
        title, words = ticket.status.public_name, _("This request is closed.")
    return Question(
        is_solved=is_solved,
        title=title,
        words=words,
        # What is over may be a problem still; what is open needs no button for that.
        can_answer=is_asked or (not is_solved and not category.is_active),
        can_say_other=is_asked or (is_solved and not category.is_active),
        answer=None if is_asked else given,
    )

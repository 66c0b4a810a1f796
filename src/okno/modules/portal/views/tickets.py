"""The requester's tickets: the list, one of them, what he writes there."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from okno.lib.clock import current_time
from okno.lib.errors import Denied
from okno.modules.portal.entrance.visitors import PortalPlace, Visitor, visitors_only
from okno.portal.asking.uploads import KNOWN, takes_files
from okno.portal.cells import turn_of
from okno.portal.question import WORDS_LENGTH, question_of
from okno.portal.replying import ReplyForm, new_reply_form, take_reply
from okno.portal.views import attachment_answer, body_answer, ticket_context
from okno.tickets.commands.requester import answer_whether_solved
from okno.tickets.models import Ticket
from okno.tickets.queries.public import (
    Whose,
    public_file,
    public_message,
    public_ticket,
    public_tickets,
)
from okno.ui.linkify import linked

LAYOUT = "my/layout.html"
LARGEST_ID = 2**63 - 1


@require_safe
@visitors_only
def ticket_list(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """List what is open or done, one's own or the organization's."""
    whose = _whose(request, visitor)
    is_open = request.GET.get("state") != "done"
    words = request.GET.get("q", "")[:200]
    page = public_tickets(
        visitor.actor,
        whose=whose,
        is_open=is_open,
        words=words,
        before=_before(request.GET.get("before", "")),
    )
    here = {"whose": whose, "state": "open" if is_open else "done", "q": words}
    context = visitor.context(
        rows=[{"ticket": ticket, "turn": turn_of(ticket)} for ticket in page.tickets],
        welcome=linked(visitor.setup.welcome),
        whose=whose,
        is_open=is_open,
        words=words,
        open_url=_url(here, state="open"),
        done_url=_url(here, state="done"),
        own_url=_url(here, whose=Whose.OWN),
        organization_url=_url(here, whose=Whose.ORGANIZATION) if visitor.actor.organization_id else "",
        next_url=_url(here, before=page.next_before) if page.next_before else "",
        is_first="before" not in request.GET,
    )
    return render(request, "my/requests.html", context)


@require_safe
@visitors_only
def ticket_page(request: HttpRequest, visitor: Visitor, number: int) -> HttpResponse:
    """Show one."""
    return _show(request, visitor, public_ticket(visitor.actor, number), new_reply_form())


@require_POST
@takes_files(KNOWN)
@visitors_only
def reply(request: HttpRequest, visitor: Visitor, number: int) -> HttpResponse:
    """Take what he writes."""
    ticket = _own(visitor, number)
    refused = take_reply(
        request, ticket=ticket, contact=visitor.contact, address=visitor.address, now=current_time()
    )
    if refused is not None:
        return _show(request, visitor, ticket, refused, status=422)
    return _back(number)


@require_POST
@visitors_only
def answer(request: HttpRequest, visitor: Visitor, number: int) -> HttpResponse:
    """Take the answer that it is solved."""
    if request.POST.get("solved") == "yes":
        _answer(visitor, _own(visitor, number), is_solved=True)
    return _back(number)


@require_http_methods(["GET", "HEAD", "POST"])
@visitors_only
def problem(request: HttpRequest, visitor: Visitor, number: int) -> HttpResponse:
    """Ask what is still wrong, and open it again."""
    ticket = _own(visitor, number)
    if request.method == "POST":
        _answer(visitor, ticket, is_solved=False, words=request.POST.get("words", "")[:WORDS_LENGTH])
        return _back(number)
    there = reverse("my:request", args=[number])
    context = visitor.context(
        ticket=ticket,
        ticket_url=there,
        solved_url=there,
        problem_url=reverse("my:problem", args=[number]),
        question=question_of(ticket, is_solved=False),
        words_length=WORDS_LENGTH,
        layout=LAYOUT,
    )
    return render(request, "portal/question.html", context)


@require_safe
@visitors_only
def message_body(request: HttpRequest, visitor: Visitor, number: int, message_id: int) -> HttpResponse:
    """Answer a public message as the document of a sandboxed frame."""
    ticket = public_ticket(visitor.actor, number)
    message = public_message(ticket, message_id, now=current_time())
    return body_answer(message, _place(visitor, ticket))


@require_safe
@visitors_only
def file(request: HttpRequest, visitor: Visitor, number: int, key: UUID, name: str) -> HttpResponseBase:
    """Answer a file of a public message."""
    ticket = public_ticket(visitor.actor, number)
    return attachment_answer(request, public_file(ticket, key, now=current_time()))


def _show(
    request: HttpRequest, visitor: Visitor, ticket: Ticket, reply_form: ReplyForm, *, status: int = 200
) -> HttpResponse:
    number = ticket.number
    is_own = ticket.requester_id == visitor.contact.pk
    context = visitor.context(
        **ticket_context(ticket, _place(visitor, ticket), reply_form)
        | {
            "answer_url": reverse("my:answer", args=[number]),
            "problem_url": reverse("my:problem", args=[number]),
            "reply_url": reverse("my:reply", args=[number]),
            "asked_by": "" if is_own or ticket.requester is None else ticket.requester.name,
            "is_answered": request.GET.get("answered") == "1",
            "layout": LAYOUT,
        }
    )
    return render(request, "portal/ticket.html", context, status=status)


def _place(visitor: Visitor, ticket: Ticket) -> PortalPlace:
    return PortalPlace(contact_id=visitor.contact.pk, ticket=ticket)


def _own(visitor: Visitor, number: int) -> Ticket:
    """Return a ticket that the visitor may write on. Raises NotFound, and Denied for a colleague's."""
    ticket = public_ticket(visitor.actor, number)
    if ticket.requester_id != visitor.contact.pk:
        raise Denied(_("Only the person who asked can write here."))
    return ticket


def _answer(visitor: Visitor, ticket: Ticket, *, is_solved: bool, words: str = "") -> None:
    answer_whether_solved(
        contact=visitor.contact,
        address=visitor.address,
        ticket_id=ticket.pk,
        is_solved=is_solved,
        words=words,
        now=current_time(),
    )


def _back(number: int) -> HttpResponse:
    response = redirect("my:request", number=number)
    response["Location"] += "?answered=1#newest"
    return response


def _whose(request: HttpRequest, visitor: Visitor) -> Whose:
    is_asked = request.GET.get("whose") == Whose.ORGANIZATION
    return Whose.ORGANIZATION if is_asked and visitor.actor.organization_id is not None else Whose.OWN


def _before(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and int(text) <= LARGEST_ID else None


def _url(here: dict[str, Any], **change: Any) -> str:
    return "?" + urlencode({name: value for name, value in {**here, **change}.items() if value})

"""The requester's page of one ticket, by a link. Looking changes nothing, so link scanners change nothing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from okno.lib.clock import current_time
from okno.people.commands import verify_address
from okno.portal.asking.uploads import KNOWN, takes_files
from okno.portal.cells import Place, message_cell, picture_urls, turn_of
from okno.portal.links import by_link, place_of, token_of
from okno.portal.replying import ReplyForm, new_reply_form, take_reply
from okno.tickets.links import RequesterLink
from okno.tickets.models import Attachment, Message, Ticket
from okno.tickets.queries.files import pictures_of
from okno.tickets.queries.public import public_conversation, public_file, public_message
from okno.ui.answers import StoredFile, file_answer, foreign_html_answer, foreign_text_answer


@require_safe
@by_link
def ticket_page(request: HttpRequest, link: RequesterLink) -> HttpResponse:
    """Show a ticket to its requester."""
    return _show(request, link, new_reply_form())


@require_POST
@takes_files(KNOWN)
@by_link
def reply(request: HttpRequest, link: RequesterLink) -> HttpResponse:
    """Take what the requester writes. Whoever followed the link and presses a button reads the address."""
    now = current_time()
    refused = take_reply(
        request, ticket=link.ticket, contact=link.contact, address=link.address.value, now=now
    )
    if refused is not None:
        return _show(request, link, refused, status=422)
    verify_address(contact=link.contact, address=link.address.value, now=now)
    response = redirect("portal:ticket", token=token_of(request))
    response["Location"] += "?answered=1#newest"
    return response


def _show(
    request: HttpRequest, link: RequesterLink, reply_form: ReplyForm, *, status: int = 200
) -> HttpResponse:
    token = token_of(request)
    context = ticket_context(link.ticket, place_of(request, link), reply_form)
    context |= {
        "answer_url": reverse("portal:answer", args=[token]),
        "problem_url": reverse("portal:problem", args=[token]),
        "reply_url": reverse("portal:reply", args=[token]),
        "is_answered": request.GET.get("answered") == "1",
    }
    return render(request, "portal/ticket.html", context, status=status)


def ticket_context(ticket: Ticket, place: Place, reply_form: ReplyForm) -> dict[str, Any]:
    """Return what `portal/ticket.html` shows of a ticket, but for the addresses that its forms go to."""
    now = current_time()
    return {
        "ticket": ticket,
        "turn": turn_of(ticket),
        "solution": ticket.solution if not ticket.is_open else "",
        "conversation": [message_cell(public, place) for public in public_conversation(ticket, now=now)],
        "reply_form": reply_form,
        "may_write": ticket.requester_id == place.contact_id,
        "now": now,
    }


@require_safe
@by_link
def message_body(request: HttpRequest, link: RequesterLink, message_id: int) -> HttpResponse:
    """Answer a public message as the document of a sandboxed frame."""
    return body_answer(public_message(link.ticket, message_id, now=current_time()), place_of(request, link))


def body_answer(message: Message, place: Place) -> HttpResponse:
    """Answer a message that its reader may see as the document of a sandboxed frame."""
    if not message.html:
        return foreign_text_answer(message.text, is_large=True)
    pictures = picture_urls(list(pictures_of(message).values()), place)
    return foreign_html_answer(message.html, picture_url=pictures.get, is_large=True)


@require_safe
@by_link
def file(request: HttpRequest, link: RequesterLink, key: UUID, name: str) -> HttpResponseBase:
    """Answer a file of a public message."""
    return attachment_answer(request, public_file(link.ticket, key, now=current_time()))


def attachment_answer(request: HttpRequest, found: Attachment) -> HttpResponseBase:
    """Answer a file that its reader may have."""
    stored = StoredFile(
        sha256=found.sha256, filename=found.filename, content_type=found.content_type, size=found.size
    )
    return file_answer(request, stored, workspace_id=found.workspace_id)

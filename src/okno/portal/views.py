"""The requester's page of one ticket. Looking changes nothing, so link scanners change nothing."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from okno.lib.clock import current_time
from okno.portal.cells import message_cell, picture_urls, turn_of
from okno.portal.links import by_link, token_of
from okno.tickets.links import RequesterLink
from okno.tickets.queries.files import pictures_of
from okno.tickets.queries.public import public_conversation, public_file, public_message
from okno.ui.answers import StoredFile, file_answer, foreign_html_answer, foreign_text_answer


@require_safe
@by_link
def ticket_page(request: HttpRequest, link: RequesterLink) -> HttpResponse:
    """Show a ticket to its requester."""
    now = current_time()
    token = token_of(request)
    ticket = link.ticket
    conversation = public_conversation(ticket, now=now)
    context = {
        "ticket": ticket,
        "turn": turn_of(ticket),
        "solution": ticket.solution if not ticket.is_open else "",
        "conversation": [message_cell(public, link, token) for public in conversation],
        "token": token,
        "is_answered": request.GET.get("answered") == "1",
        "now": now,
    }
    return render(request, "portal/ticket.html", context)


@require_safe
@by_link
def message_body(request: HttpRequest, link: RequesterLink, message_id: int) -> HttpResponse:
    """Answer a public message as the document of a sandboxed frame."""
    message = public_message(link.ticket, message_id, now=current_time())
    if not message.html:
        return foreign_text_answer(message.text, is_large=True)
    pictures = picture_urls(list(pictures_of(message).values()), token_of(request))
    return foreign_html_answer(message.html, picture_url=pictures.get, is_large=True)


@require_safe
@by_link
def file(request: HttpRequest, link: RequesterLink, key: UUID, name: str) -> HttpResponseBase:
    """Answer a file of a public message."""
    found = public_file(link.ticket, key, now=current_time())
    stored = StoredFile(
        sha256=found.sha256, filename=found.filename, content_type=found.content_type, size=found.size
    )
    return file_answer(request, stored, workspace_id=found.workspace_id)

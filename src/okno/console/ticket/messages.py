"""One message by itself: its foreign HTML for the frame, the mail as it came, and the mail's headers."""

from __future__ import annotations

from email.message import Message as Mail
from email.parser import BytesParser
from email.policy import compat32

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from okno.channels.email.models import RawMail
from okno.channels.email.words import decode_words
from okno.console.addresses import file_url, ticket_url
from okno.console.identity import ConsoleRequest, member_required
from okno.lib.blobs import BlobMissing
from okno.lib.clock import current_time
from okno.lib.errors import NotFound
from okno.lib.stores import raw_store
from okno.tickets.queries.files import find_held, find_message, pictures_of
from okno.ui.answers import StoredFile, file_answer, foreign_html_answer, foreign_text_answer

HEADERS_BYTES = 256 * 1024


@require_safe
@member_required
def body(request: ConsoleRequest, number: int, message_id: int) -> HttpResponse:
    """Answer a message (or what it quotes) as the document of a sandboxed frame."""
    message = find_message(request.actor, number=number, message_id=message_id)
    is_quoted = request.GET.get("part") == "quoted"
    html = message.quoted_html if is_quoted else message.html
    if not html:
        return foreign_text_answer(message.quoted_text if is_quoted else message.text)
    pictures = pictures_of(message)

    def address(content_id: str) -> str | None:
        file = pictures.get(content_id)
        return file_url(file) if file else None

    with_remote = request.GET.get("images") == "1"
    return foreign_html_answer(html, picture_url=address, with_remote=with_remote)


@require_safe
@member_required
def raw(request: ConsoleRequest, number: int, message_id: int) -> HttpResponseBase:
    """Answer the mail of a message as it came, to be saved."""
    message = find_message(request.actor, number=number, message_id=message_id)
    return _raw_answer(request, message.raw, number)


@require_safe
@member_required
def headers(request: ConsoleRequest, number: int, message_id: int) -> HttpResponse:
    """Show the headers of the mail of a message."""
    message = find_message(request.actor, number=number, message_id=message_id)
    return _headers_answer(request, message.raw, number)


@require_safe
@member_required
def held_raw(request: ConsoleRequest, number: int, held_id: int) -> HttpResponseBase:
    """Answer a held mail as it came, to be saved."""
    return _raw_answer(request, find_held(request.actor, number=number, held_id=held_id).raw, number)


@require_safe
@member_required
def held_headers(request: ConsoleRequest, number: int, held_id: int) -> HttpResponse:
    """Show the headers of a held mail."""
    return _headers_answer(request, find_held(request.actor, number=number, held_id=held_id).raw, number)


def _raw_answer(request: ConsoleRequest, mail: RawMail | None, number: int) -> HttpResponseBase:
    if mail is None:
        raise NotFound(_("This message did not come by mail."))
    name = f"{number}-{mail.pk}.eml"
    file = StoredFile(sha256=mail.sha256, filename=name, content_type="message/rfc822", size=mail.size)
    return file_answer(
        request, file, workspace_id=request.workspace.pk, store=raw_store(), as_attachment=True
    )


def _headers_answer(request: ConsoleRequest, mail: RawMail | None, number: int) -> HttpResponse:
    if mail is None:
        raise NotFound(_("This message did not come by mail."))
    try:
        with raw_store().open(request.workspace.pk, mail.sha256) as content:
            head = BytesParser(policy=compat32).parsebytes(
                _head(content.read(HEADERS_BYTES)), headersonly=True
            )
    except BlobMissing as error:
        raise NotFound(_("This file is no longer in the store.")) from error
    context = {"headers": _shown(head), "number": number, "back": ticket_url(number), "now": current_time()}
    return render(request, "console/ticket/headers.html", context)


def _head(start: bytes) -> bytes:
    """Return what of the beginning of a mail stands before the first empty line."""
    ends = [place for mark in (b"\r\n\r\n", b"\n\n") if (place := start.find(mark)) >= 0]
    return start[: min(ends)] if ends else start


def _shown(head: Mail) -> list[tuple[str, str]]:
    return [(name, " ".join(decode_words(str(value)).split())) for name, value in head.items()]

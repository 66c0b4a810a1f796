"""What an agent writes on a ticket: replies, notes, taking a reply back, drafts and their files."""

from __future__ import annotations

import json
from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from okno.console.addresses import ticket_url
from okno.console.errors import toast, trigger
from okno.console.identity import ConsoleRequest, member_required
from okno.console.ticket.composer_cells import (
    Unsent,
    recipient_cell,
    suggested_recipients,
    uploaded_json,
    warnings_of,
)
from okno.console.ticket.page import show_page
from okno.console.ticket.pictures import as_edited, as_stored
from okno.console.ticket.uploads import keys_in, register
from okno.lib.clock import current_time
from okno.lib.errors import Conflict, DomainError, Invalid
from okno.lib.html_text import HtmlTooDeep
from okno.reactors.delivery.again import resend_message
from okno.spine.actor import Actor
from okno.tickets.access import find_ticket
from okno.tickets.commands.attachments import keep_upload
from okno.tickets.commands.drafts import discard_draft, save_draft
from okno.tickets.commands.reply import add_note, cancel_reply, reply_to_ticket
from okno.tickets.models import Attachment, Message, MessageKind, StatusCategory, Ticket
from okno.tickets.queries.files import own_uploads
from okno.ui.answers import is_picture

_THEN = {"resolve": StatusCategory.RESOLVED, "wait": StatusCategory.WAITING}
DRAFT_BYTES = 2 * 1024 * 1024


@require_POST
@member_required
def send(request: ConsoleRequest, number: int) -> HttpResponse:
    """Send a reply or write a note; what cannot be sent comes back with the reason, nothing typed is lost."""
    ticket = find_ticket(request.actor, number=number)
    try:
        message = _write(request, ticket, now=current_time())
    except (Conflict, Invalid) as error:
        return _stopped(request, ticket, error)
    if not request.htmx:
        return redirect(f"{ticket_url(number)}#message-{message.pk}")
    response = HttpResponse(status=HTTPStatus.NO_CONTENT)
    trigger(response, "okno:composer", {"key": str(uuid4()), "after": message.pk})
    trigger(response, "okno:refresh", {})
    return _with_undo(response, request, ticket, message)


@require_POST
@member_required
def send_again(request: ConsoleRequest, number: int, delivery_id: int) -> HttpResponse:
    """Send a message again to a recipient who did not get it, to the same address or to another one."""
    ticket = find_ticket(request.actor, number=number)
    again = resend_message(
        actor=request.actor,
        ticket_id=ticket.pk,
        delivery_id=delivery_id,
        address=request.POST.get("address", "").strip(),
        corrects_card="card" in request.POST,
        now=current_time(),
    )
    if not request.htmx:
        return redirect(f"{ticket_url(number)}#message-{again.message_id}")
    response = trigger(HttpResponse(status=HTTPStatus.NO_CONTENT), "okno:refresh", {})
    return toast(response, _("The message is being sent to %(address)s") % {"address": again.address})


@require_POST
@member_required
def cancel(request: ConsoleRequest, number: int, message_id: int) -> HttpResponse:
    """Take a reply back; its words and files are in the composer again."""
    now = current_time()
    ticket = find_ticket(request.actor, number=number)
    message = cancel_reply(actor=request.actor, ticket_id=ticket.pk, message_id=message_id, now=now)
    html, files = _back_in_composer(request.actor, ticket, message, now=now)
    if not request.htmx:
        return redirect(f"{ticket_url(number)}#composer")
    response = HttpResponse(status=HTTPStatus.NO_CONTENT)
    words: dict[str, Any] = {
        "kind": MessageKind.REPLY.value,
        "key": str(uuid4()),
        "html": as_edited(html, files),
        "text": message.text,
        "files": [
            uploaded_json(file, is_image=False) for file in files if f"cid:{file.content_id}" not in html
        ],
    }
    trigger(response, "okno:composer", words)
    trigger(response, "okno:refresh", {})
    return toast(response, _("The reply was taken back. Its words are in the composer."))


@require_http_methods(["PUT", "DELETE"])
@member_required
def draft(request: ConsoleRequest, number: int) -> HttpResponse:
    """Keep what is in the composer, or throw it away."""
    ticket = find_ticket(request.actor, number=number)
    body = _draft_body(request)
    stored = as_stored(request.actor, body["html"])
    if request.method == "DELETE" or not (stored.html or body["attachments"]):
        discard_draft(actor=request.actor, ticket_id=ticket.pk)
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    try:
        save_draft(
            actor=request.actor,
            ticket_id=ticket.pk,
            kind=body["kind"],
            html=stored.html,
            recipients={"to": body["to"], "cc": body["cc"]},
            attachment_keys=[str(key) for key in [*keys_in(body["attachments"]), *stored.keys]],
            now=current_time(),
        )
    except HtmlTooDeep as error:
        raise Invalid(_("The text is nested too deep."), code="too_deep") from error
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@require_POST
@member_required
def upload(request: ConsoleRequest, number: int) -> HttpResponse:
    """Take one file for the composer; a picture goes into the text."""
    find_ticket(request.actor, number=number)
    return take_upload(request)


def take_upload(request: ConsoleRequest) -> HttpResponse:
    """Register the one file of a request and say what is known of it."""
    sent = request.FILES.get("file")
    try:
        if sent is None:
            raise Invalid(_("No file came with the request."), code="no_file")
        file = register(request, sent, is_inline=True, now=current_time())
    except DomainError as error:
        return JsonResponse({"code": error.code, "detail": str(error.message)}, status=error.status)
    return JsonResponse(
        uploaded_json(file, is_image=is_picture(file.content_type)), status=HTTPStatus.CREATED
    )


@require_safe
@member_required
def recipients(request: ConsoleRequest, number: int) -> HttpResponse:
    """Suggest contacts for To and Cc."""
    find_ticket(request.actor, number=number)
    found = suggested_recipients(request.GET.get("q", ""))
    warnings = warnings_of(address for address, _contact in found)
    context = {"people": [recipient_cell(address, contact, warnings) for address, contact in found]}
    return HttpResponse(render_to_string("ui/ticket/recipient_options.html", context))


def _write(request: ConsoleRequest, ticket: Ticket, *, now: datetime) -> Message:
    form = request.POST
    stored = as_stored(request.actor, form.get("html", ""))
    keys = [*keys_in(form.getlist("attachment")), *stored.keys]
    keys += [register(request, sent, now=now).key for sent in request.FILES.getlist("files") if sent]
    status = _THEN.get(form.get("then", ""))
    common: dict[str, Any] = {
        "actor": request.actor,
        "ticket_id": ticket.pk,
        "text": "" if stored.html else form.get("body", ""),
        "html": stored.html,
        "attachment_keys": keys,
        "status": status,
        "client_key": _key(form.get("key", "")),
        "now": now,
    }
    if form.get("kind") == MessageKind.NOTE:
        return add_note(**common)
    after = form.get("after", "")
    return reply_to_ticket(
        **common,
        to=_addresses(form.get("to", "")),
        cc=_addresses(form.get("cc", "")),
        seen_message_id=int(after) if after.isdecimal() and len(after) < 19 else None,
    )


def _stopped(request: ConsoleRequest, ticket: Ticket, error: DomainError) -> HttpResponse:
    """Answer that nothing was sent and why; the page keeps or gets back what was typed."""
    details = [
        str(words) for many in error.fields.values() for words in many if str(words) != str(error.message)
    ]
    if request.htmx:
        context = {"message": error.message, "details": details}
        html = render_to_string("console/ticket/stopped.html", context, request=request)
        response = HttpResponse(html, status=error.status)
        response["HX-Retarget"] = "#composer-notice"
        response["HX-Reswap"] = "innerHTML"
        if error.code == "answered_meanwhile":
            # What came meanwhile is on the page in a moment; sending again then means that it was read.
            newest = (
                Message.objects.filter(ticket=ticket).order_by("-id").values_list("pk", flat=True).first()
            )
            trigger(response, "okno:composer", {"after": newest})
            trigger(response, "okno:refresh", {})
        return response
    form = request.POST
    unsent = Unsent(
        kind=form.get("kind", ""),
        to=_addresses(form.get("to", "")),
        cc=_addresses(form.get("cc", "")),
        text=form.get("body", ""),
        html=as_stored(request.actor, form.get("html", "")).html,
        key=form.get("key", ""),
        files=own_uploads(request.actor, keys_in(form.getlist("attachment"))),
    )
    return show_page(
        request,
        ticket.number,
        unsent=unsent,
        notice=" ".join([str(error.message), *details]),
        status=error.status,
    )


def _with_undo(
    response: HttpResponse, request: ConsoleRequest, ticket: Ticket, message: Message
) -> HttpResponse:
    seconds = request.member.undo_seconds
    if message.kind == MessageKind.NOTE or not seconds:
        return response
    url = f"{ticket_url(ticket.number)}messages/{message.pk}/cancel/"
    return toast(
        response,
        _("The reply leaves in a moment"),
        seconds=seconds,
        action={"label": _("Undo"), "url": url, "method": "post"},
    )


def _back_in_composer(
    actor: Actor, ticket: Ticket, message: Message, *, now: datetime
) -> tuple[str, list[Attachment]]:
    """Make a draft of a cancelled reply, its files uploaded anew; returns stored HTML and the files.

    The old files stay with the cancelled message, which is history.
    """
    html = message.html
    files = []
    for old in Attachment.objects.filter(message=message).order_by("id"):
        new = keep_upload(
            actor=actor,
            filename=old.filename,
            content_type=old.content_type,
            sha256=old.sha256,
            size=old.size,
            is_inline=old.is_inline,
            now=now,
        )
        if old.content_id:
            html = html.replace(f"cid:{old.content_id}", f"cid:{new.content_id}")
        files.append(new)
    recipients = {
        role: [delivery.address for delivery in message.deliveries.all() if delivery.role == role]
        for role in ("to", "cc")
    }
    save_draft(
        actor=actor,
        ticket_id=ticket.pk,
        kind=MessageKind.REPLY,
        html=html or _as_paragraphs(message.text),
        recipients=recipients,
        attachment_keys=[str(file.key) for file in files],
        now=now,
    )
    return html, files


def _as_paragraphs(text: str) -> str:
    return render_to_string("console/ticket/paragraphs.html", {"text": text})


def _draft_body(request: ConsoleRequest) -> dict[str, Any]:
    """Return the JSON of a draft with every part of the right shape. Raises Invalid."""
    if len(request.body) > DRAFT_BYTES:
        raise Invalid(_("The text is too long."), code="too_large")
    try:
        said = json.loads(request.body or b"{}")
    except ValueError as error:
        raise Invalid(_("This is no draft."), code="not_json") from error
    if not isinstance(said, dict):
        raise Invalid(_("This is no draft."), code="not_json")
    texts = {name: str(said.get(name) or "") for name in ("kind", "html")}
    lists = {
        name: [str(item) for item in said.get(name) or []] if isinstance(said.get(name) or [], list) else []
        for name in ("to", "cc", "attachments")
    }
    return texts | lists


def _addresses(text: str) -> list[str]:
    return [part for part in (piece.strip() for piece in text.replace(";", ",").split(",")) if part]


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None

"""Mail that waits for a decision: who wrote, why it is held, and what becomes of it by one click."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from okno.channels.email.senders import block_sender
from okno.console.addresses import is_number, ticket_url
from okno.console.errors import toast
from okno.console.held_words import belonging_to, decided_words, held_reason
from okno.console.identity import ConsoleRequest, holds, member_required
from okno.lib.clock import current_time
from okno.lib.errors import DomainError, Invalid
from okno.lib.stores import raw_store
from okno.reactors.intake.held import settle_held, take_back
from okno.spine.actor import Actor
from okno.spine.unit import unit_of_work
from okno.team.policy import TICKETS_READ, TICKETS_WRITE
from okno.tickets import policy
from okno.tickets.models import HeldMessage, Ticket
from okno.tickets.queries.held import find_waiting, held_count, held_page
from okno.ui.answers import StoredFile, file_answer

PAGE_SIZE = 50
WORDS_SHOWN = 160
TEXT_SHOWN = 20_000
REFUSALS_TOLD = 3
Decision = HeldMessage.Decision

readers_only = member_required(allowed=holds(TICKETS_READ))
deciders_only = member_required(allowed=holds(TICKETS_WRITE))


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRow:
    """One mail that waits."""

    id: int
    author: str
    address: str
    mailbox: str
    subject: str
    words: str
    text: str
    """All of it, if there is more than `words`."""
    reason: str
    ticket_number: int | None
    ticket_subject: str
    ticket_url: str
    requester: str
    """Whose other address it may be; empty where that is not asked."""
    created_at: datetime
    can_decide: bool


@require_safe
@readers_only
def held_list(request: ConsoleRequest) -> HttpResponse:
    """Show the mails that wait, oldest first."""
    try:
        page = held_page(request.actor, cursor=request.GET.get("cursor"), size=PAGE_SIZE)
    except Invalid:
        return redirect("console:held")
    here = reverse("console:held")
    rows = _rows(request.actor, page.rows)
    context = {
        "rows": rows,
        "can_decide": any(row.can_decide for row in rows),
        "shown": ",".join(str(row.id) for row in rows if row.can_decide),
        "next_url": f"{here}?cursor={page.next}" if page.next else "",
        "previous_url": f"{here}?cursor={page.previous}" if page.previous else "",
        "now": current_time(),
    }
    return render(request, "console/held/list.html", context)


@require_POST
@deciders_only
def decide(request: ConsoleRequest, held_id: int) -> HttpResponse:
    """Decide on one mail."""
    now = current_time()
    decision = request.POST.get("decision", "")
    held = settle_held(
        actor=request.actor,
        held_id=held_id,
        decision=decision,
        is_requester="is_requester" in request.POST,
        now=now,
    )
    if decision == Decision.SPAM and "block" in request.POST and held.from_address:
        block_sender(actor=request.actor, pattern=held.from_address, now=now)
    words = decided_words(held)
    if not request.htmx:
        messages.info(request, words)
        return redirect("console:held")
    response = HttpResponse()
    if not held_count(request.actor):
        response["HX-Refresh"] = "true"
    action = None
    if decision == Decision.SPAM:
        undo = reverse("console:held_undo", args=[held.pk])
        action = {"label": _("Undo"), "url": undo, "method": "post"}
    return toast(response, words, seconds=10, action=action)


@require_POST
@deciders_only
def undo(request: ConsoleRequest, held_id: int) -> HttpResponse:
    """Hold a mail again that was called spam."""
    take_back(actor=request.actor, held_id=held_id, now=current_time())
    if not request.htmx:
        return redirect("console:held")
    response = HttpResponse(status=204)
    response["HX-Refresh"] = "true"
    return response


@require_POST
@deciders_only
def decide_many(request: ConsoleRequest) -> HttpResponse:
    """Decide on the chosen mails, each by itself, so that a refusal of one leaves the others decided."""
    now = current_time()
    decision = request.POST.get("decision", "")
    done, refusals = 0, []
    for held_id in _chosen(request):
        try:
            with unit_of_work():
                settle_held(actor=request.actor, held_id=held_id, decision=decision, now=now)
            done += 1
        except DomainError as error:
            refusals.append(str(error.message))
    words = ngettext("%(count)d mail decided.", "%(count)d mails decided.", done) % {"count": done}
    if refusals:
        words = " ".join([words, _("Not decided:"), "; ".join(dict.fromkeys(refusals[:REFUSALS_TOLD]))])
    messages.info(request, words)
    return redirect("console:held")


@require_safe
@readers_only
def raw(request: ConsoleRequest, held_id: int) -> HttpResponseBase:
    """Answer a held mail as it came, to be saved."""
    mail = find_waiting(request.actor, held_id=held_id).raw
    file = StoredFile(
        sha256=mail.sha256, filename=f"mail-{mail.pk}.eml", content_type="message/rfc822", size=mail.size
    )
    return file_answer(
        request, file, workspace_id=request.workspace.pk, store=raw_store(), as_attachment=True
    )


def _chosen(request: ConsoleRequest) -> list[int]:
    """Return the ids that a form chose, or all that its page showed. Raises Invalid for none."""
    said = request.POST.getlist("held")
    if "all" in request.POST:
        said = request.POST.get("shown", "").split(",")
    ids = [int(one) for one in said if is_number(one)][:PAGE_SIZE]
    if not ids:
        raise Invalid(_("Choose some mails first."))
    return ids


def _rows(actor: Actor, waiting: Collection[HeldMessage]) -> list[HeldRow]:
    tickets = [held.ticket_id for held in waiting if held.ticket_id is not None]
    changeable = set(
        Ticket.objects.filter(policy.changeable_by(actor), pk__in=tickets).values_list("pk", flat=True)
    )
    requesters = belonging_to(waiting, actor)
    return [
        _row(actor, held, changeable=changeable, requester=requesters.get(held.pk, "")) for held in waiting
    ]


def _row(actor: Actor, held: HeldMessage, *, changeable: Collection[int], requester: str) -> HeldRow:
    text = held.text.strip()
    words = " ".join(text[: WORDS_SHOWN * 2].split())[:WORDS_SHOWN]
    ticket: Any = held.ticket
    return HeldRow(
        id=held.pk,
        author=held.from_name or held.from_address or _("(no sender)"),
        address=held.from_address,
        mailbox=held.raw.mailbox.address,
        subject=held.subject or _("(no subject)"),
        words=words,
        text=text[:TEXT_SHOWN] if len(text) > len(words) else "",
        reason=held_reason(held),
        ticket_number=ticket.number if ticket else None,
        ticket_subject=ticket.subject if ticket else "",
        ticket_url=ticket_url(ticket.number) if ticket else "",
        requester=requester,
        created_at=held.created_at,
        can_decide=ticket.pk in changeable if ticket else policy.can_decide_mail(actor, held.raw),
    )
